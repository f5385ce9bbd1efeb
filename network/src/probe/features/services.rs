//! What every proxy has to do: cluster IPs, node ports, UDP, affinity, named ports.

use conform_suite::Area;
use serde_json::{Value, json};

use super::{
    super::{
        feature::{Feature, Moment, anywhere, on_two_nodes},
        objects::FIRST,
        patience::TIMEOUT,
    },
    is, service, without,
};

/// A proxy that does not know Services at all.
fn no_services(object: &mut Value) -> bool {
    is(object, "Service")
}

pub const FEATURES: [Feature; 7] = [
    Feature {
        id: "cluster-ip",
        source: "Services",
        title: "cluster IPs, TCP and UDP",
        area: Area::ServiceProxy,
        fit: anywhere,
        objects: |_| {
            let ports = json!([
                { "name": "http", "port": 80, "targetPort": FIRST, "protocol": "TCP" },
                { "name": "datagrams", "port": 80, "targetPort": FIRST, "protocol": "UDP" },
            ]);
            vec![
                service("cluster-ip", &json!({ "ports": ports })),
                service(
                    "nobody",
                    &json!({ "selector": { "conform.dev/probe-role": "nobody" } }),
                ),
            ]
        },
        moment: Moment::Calm,
        unaware: no_services,
    },
    Feature {
        id: "node-port",
        source: "Services",
        title: "node ports, on every node",
        area: Area::ServiceProxy,
        fit: anywhere,
        objects: |_| vec![service("node-port", &json!({ "type": "NodePort" }))],
        moment: Moment::Calm,
        unaware: |object| {
            for port in ports(object) {
                port.remove("nodePort");
            }
            false
        },
    },
    Feature {
        id: "session-affinity",
        source: "Services",
        title: "session affinity by client address",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| vec![service("affinity", &json!({ "sessionAffinity": "ClientIP" }))],
        moment: Moment::Calm,
        unaware: |object| {
            without(object, "sessionAffinity");
            without(object, "sessionAffinityConfig");
            false
        },
    },
    Feature {
        id: "session-affinity-timeout",
        source: "k/k#112806",
        title: "session affinity ends after its time-out",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| {
            let config = json!({ "clientIP": { "timeoutSeconds": TIMEOUT } });
            let spec = json!({ "sessionAffinity": "ClientIP", "sessionAffinityConfig": config });
            vec![service("affinity-timeout", &spec)]
        },
        moment: Moment::Patient,
        unaware: |object| {
            without(object, "sessionAffinityConfig");
            false
        },
    },
    Feature {
        id: "named-target-ports",
        source: "k/k#132954",
        title: "named targetPorts with other numbers on other endpoints",
        area: Area::ServiceProxy,
        fit: on_two_nodes,
        objects: |_| {
            let ports = json!([{ "name": "http", "port": 80, "targetPort": "mutable", "protocol": "TCP" }]);
            vec![service("named-port", &json!({ "ports": ports }))]
        },
        moment: Moment::Calm,
        unaware: |object| {
            // One number for all, as of a proxy that looks at the first endpoint.
            if is(object, "EndpointSlice") {
                for port in ports_of_slice(object) {
                    port.insert("port".to_owned(), json!(FIRST));
                }
            }
            false
        },
    },
    Feature {
        id: "service-proxy-name",
        source: "KEP-2447",
        title: "Services of another proxy are left alone",
        area: Area::ServiceProxy,
        fit: anywhere,
        objects: |_| {
            let mut object = service("other-proxy", &json!({}));
            if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                let labels = json!({ "service.kubernetes.io/service-proxy-name": "conform-nobody" });
                metadata.insert("labels".to_owned(), labels);
            }
            vec![object]
        },
        moment: Moment::Calm,
        unaware: |object| {
            let labels = object
                .pointer_mut("/metadata/labels")
                .and_then(Value::as_object_mut);
            if let Some(labels) = labels {
                labels.remove("service.kubernetes.io/service-proxy-name");
            }
            false
        },
    },
    Feature {
        id: "mixed-protocols",
        source: "KEP-1435",
        title: "TCP and UDP on one port of a Service of type LoadBalancer",
        area: Area::ServiceProxy,
        fit: anywhere,
        objects: |_| {
            let ports = json!([
                { "name": "http", "port": 80, "targetPort": FIRST, "protocol": "TCP" },
                { "name": "datagrams", "port": 80, "targetPort": FIRST, "protocol": "UDP" },
            ]);
            // Of a class that no load balancer serves: the proxy's part is what is probed.
            let spec =
                json!({ "type": "LoadBalancer", "loadBalancerClass": "conform.dev/nobody", "ports": ports });
            vec![service("mixed", &spec)]
        },
        moment: Moment::Calm,
        unaware: |object| {
            if is(object, "Service")
                && let Some(ports) = object.pointer_mut("/spec/ports").and_then(Value::as_array_mut)
            {
                ports.truncate(1);
            }
            false
        },
    },
];

fn ports(object: &mut Value) -> impl Iterator<Item = &mut serde_json::Map<String, Value>> {
    let ports = object.pointer_mut("/spec/ports").and_then(Value::as_array_mut);
    ports.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn ports_of_slice(object: &mut Value) -> impl Iterator<Item = &mut serde_json::Map<String, Value>> {
    let ports = object.get_mut("ports").and_then(Value::as_array_mut);
    ports.into_iter().flatten().filter_map(Value::as_object_mut)
}
