//! Small states of a cluster.

#![allow(dead_code, reason = "each test program uses a part")]

use std::net::IpAddr;

use conform_service_proxy::{
    Decision, Flow, NodeProxy, PortAnswer, Settings, State,
    object::{Kind, Object, Protocol},
};
use serde_json::{Value, json};

/// A state and a proxy on `node-a`.
pub struct World {
    pub state: State,
    settings: Settings,
    local_ips: Option<Vec<IpAddr>>,
}

impl World {
    pub fn of(objects: impl IntoIterator<Item = Value>) -> Self {
        Self::of_minor(36, objects)
    }

    pub fn of_minor(minor: u16, objects: impl IntoIterator<Item = Value>) -> Self {
        Self::configured(minor, json!({}), objects)
    }

    pub fn configured(minor: u16, mut config: Value, objects: impl IntoIterator<Item = Value>) -> Self {
        config["apiVersion"] = json!("kubeproxy.config.k8s.io/v1alpha1");
        config["kind"] = json!("KubeProxyConfiguration");
        let settings = Settings::read(config).unwrap();
        let mut state = State::new(settings.gates(minor));
        let objects: Vec<Object> = objects.into_iter().map(read).collect();
        state.apply(&objects);
        Self {
            state,
            settings,
            local_ips: None,
        }
    }

    pub fn with_local_ips(mut self, ips: &[&str]) -> Self {
        self.local_ips = Some(ips.iter().map(|ip| ip.parse().unwrap()).collect());
        self
    }

    pub fn answers(&self, node: &str) -> Vec<PortAnswer> {
        self.state.view(node).iter().map(PortAnswer::from).collect()
    }

    pub fn decide(&self, source: &str, destination: &str, port: u16) -> Decision {
        self.ask(source, destination, port, Protocol::Tcp)
    }

    pub fn decide_udp(&self, source: &str, destination: &str, port: u16) -> Decision {
        self.ask(source, destination, port, Protocol::Udp)
    }

    fn ask(&self, source: &str, destination: &str, port: u16, protocol: Protocol) -> Decision {
        let flow = Flow {
            source: source.parse().unwrap(),
            destination: destination.parse().unwrap(),
            port,
            protocol,
        };
        let proxy = NodeProxy::new(&self.state, "node-a", &self.settings, self.local_ips.clone());
        let decision = proxy.decide(&flow);
        let (explained, steps) = proxy.explain(&flow);
        assert_eq!(explained, decision);
        let decided: Vec<_> = steps
            .iter()
            .filter(|step| step.decided)
            .map(|step| step.rule)
            .collect();
        assert_eq!(decided, [decision.rule]);
        decision
    }
}

/// Reads an object that says its kind.
pub fn read(value: Value) -> Object {
    let kind = Kind::of(
        value["apiVersion"].as_str().unwrap(),
        value["kind"].as_str().unwrap(),
    );
    Object::read(kind.unwrap(), value).unwrap()
}

/// ClusterIP Service `default/web` at 172.30.0.1:80.
pub fn service() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"clusterIP": "172.30.0.1", "ports": [{"name": "http", "port": 80}]},
    })
}

/// Its slice `web-1`.
pub fn slice(endpoints: Vec<Value>) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4", "ports": [{"name": "http", "port": 8080}], "endpoints": endpoints,
    })
}

/// A ready endpoint.
pub fn endpoint(ip: &str, node: &str) -> Value {
    json!({"addresses": [ip], "nodeName": node, "conditions": {"ready": true}})
}

/// A node.
pub fn node(name: &str, zone: &str, ip: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone}},
        "status": {"addresses": [{"type": "InternalIP", "address": ip}]},
    })
}

/// An address outside the cluster.
pub const OUTSIDE: &str = "203.0.113.9";
/// A pod.
pub const POD: &str = "10.0.0.2";
/// Node a.
pub const NODE: &str = "192.168.0.2";

/// A change of a Service, an EndpointSlice or an endpoint for a test.
pub fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    value.pointer_mut(parent).unwrap()[field] = new;
    value
}

/// A ready endpoint on each of two nodes.
pub fn two_nodes() -> Vec<Value> {
    vec![endpoint("10.1.0.1", "node-a"), endpoint("10.1.0.2", "node-b")]
}

/// ready, serving, terminating of one endpoint on each of two nodes.
pub fn conditions(list: [(bool, bool, bool); 2]) -> Value {
    let endpoints = list.into_iter().zip(["node-a", "node-b"]).zip(1..);
    slice(
        endpoints
            .map(|(((ready, serving, terminating), node), at)| {
                let mut endpoint = endpoint(&format!("10.1.0.{at}"), node);
                endpoint["conditions"] =
                    json!({"ready": ready, "serving": serving, "terminating": terminating});
                endpoint
            })
            .collect(),
    )
}
