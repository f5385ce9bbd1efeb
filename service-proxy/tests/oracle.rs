//! The model beside the real kube-proxy 1.36.3.
//!
//! `data/oracle.jsonl.gz` is written by `go run . FILE 100` in `oracle/`: a line each for the tables of kube-proxy's own
//! packet tests and for random states, with what CategorizeEndpoints says of each service port and what the rules that
//! kube-proxy writes do to packets.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too, and rstest gives cases by value"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    net::IpAddr,
};

use conform_service_proxy::{
    Family, Flow, Mode, NodeProxy, PortAnswer, Settings, State, Verdict,
    object::{Kind, Object, Protocol},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    test: String,
    mode: String,
    family: String,
    masquerade_all: bool,
    localhost_node_ports: bool,
    #[serde(rename = "clusterCIDR")]
    cluster_cidr: String,
    node_port_addresses: Vec<String>,
    #[serde(rename = "serviceCIDR")]
    service_cidr: String,
    node: String,
    zone: String,
    #[serde(rename = "localIPs")]
    local_ips: Vec<IpAddr>,
    objects: Vec<Value>,
    flows: Vec<Expected>,
    #[serde(default)]
    ports: Vec<Port>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    name: String,
    #[serde(rename = "sourceIP")]
    source: IpAddr,
    #[serde(rename = "destinationIP")]
    destination: IpAddr,
    port: u16,
    protocol: String,
    output: String,
    masquerade: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Port {
    service: String,
    name: String,
    protocol: String,
    cluster: Vec<String>,
    local: Vec<String>,
    reachable: Vec<String>,
    has_any: bool,
}

fn cases() -> Vec<Case> {
    let packed: &[u8] = include_bytes!("data/oracle.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

impl Case {
    fn settings(&self) -> Settings {
        Settings::read(json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": self.mode,
            "clusterCIDR": self.cluster_cidr,
            "nodePortAddresses": self.node_port_addresses,
            "iptables": {"masqueradeAll": self.masquerade_all, "localhostNodePorts": self.localhost_node_ports},
            "nftables": {"masqueradeAll": self.masquerade_all},
        }))
        .unwrap()
    }

    fn state(&self) -> State {
        let mut objects = vec![
            Object::read(
                Kind::Node,
                json!({
                    "metadata": {"name": self.node, "labels": {"topology.kubernetes.io/zone": self.zone}},
                    "status": {"addresses": self.local_ips.iter().map(|ip| json!({"type": "InternalIP", "address": ip})).collect::<Vec<_>>()},
                }),
            )
            .unwrap(),
        ];
        if !self.service_cidr.is_empty() {
            let value = json!({"metadata": {"name": "kubernetes"}, "spec": {"cidrs": [self.service_cidr]}});
            objects.push(Object::read(Kind::ServiceCidr, value).unwrap());
        }
        for object in &self.objects {
            let word = |key: &str| object[key].as_str().unwrap();
            let kind = Kind::of(word("apiVersion"), word("kind")).unwrap();
            objects.push(Object::read(kind, object.clone()).unwrap());
        }
        let mut state = State::new(self.settings().gates(36));
        state.apply(&objects);
        state
    }
}

#[test]
fn endpoints_are_those_of_categorize_endpoints() {
    let mut count = 0;
    for case in cases() {
        let state = case.state();
        let family = Family::ALL
            .into_iter()
            .find(|family| family.word() == case.family)
            .unwrap();
        let views = state.view(&case.node);
        let mut seen: BTreeMap<(String, String, String), PortAnswer> = BTreeMap::new();
        for view in views.iter().filter(|view| view.frontend.family == family) {
            let key = (
                view.service.to_owned(),
                view.port.name.to_string(),
                view.port.protocol.word().to_owned(),
            );
            seen.insert(key, view.into());
        }
        assert_eq!(seen.len(), case.ports.len(), "{}", case.test);
        for port in case.ports {
            let answer = &seen[&(port.service.clone(), port.name.clone(), port.protocol.clone())];
            assert_eq!(
                (&answer.cluster, &answer.local, &answer.reachable, answer.has_any),
                (&port.cluster, &port.local, &port.reachable, port.has_any),
                "{} {} {} of {}",
                port.service,
                port.name,
                port.protocol,
                case.test
            );
            count += 1;
        }
    }
    assert!(count > 1000, "{count} service ports");
}

#[test]
fn packets_go_where_the_rules_of_kube_proxy_send_them() {
    let (mut count, mut wrong) = (0, Vec::new());
    for case in cases() {
        let (state, settings) = (case.state(), case.settings());
        let proxy = NodeProxy::new(&state, &case.node, &settings, Some(case.local_ips.clone()));
        for expected in &case.flows {
            let flow = Flow {
                source: expected.source,
                destination: expected.destination,
                port: expected.port,
                protocol: Protocol::of(&expected.protocol).unwrap(),
            };
            let decision = proxy.decide(&flow);
            let (verdict, endpoints) = match expected.output.as_str() {
                "" => (Verdict::Untouched, Vec::new()),
                "REJECT" => (Verdict::Reject, Vec::new()),
                "DROP" => (Verdict::Drop, Vec::new()),
                "ACCEPT" => (Verdict::Accept, Vec::new()),
                list => {
                    // The tracer asks the rules for the node's own packets also about one that was sent on.
                    let list = list.strip_suffix(", DROP").unwrap_or(list);
                    let endpoints: BTreeSet<&str> = list.split(", ").collect();
                    (
                        Verdict::Endpoints,
                        endpoints.into_iter().map(str::to_owned).collect(),
                    )
                }
            };
            let masquerade = match verdict {
                // A packet that goes nowhere is not masqueraded, whatever mark it bears.
                _ if verdict != Verdict::Endpoints => false,
                // The tracer of nftables looks at the first of several endpoints only.
                Verdict::Endpoints
                    if settings.mode == Mode::Nftables && endpoints.len() > 1 && !expected.masquerade =>
                {
                    let own = format!("{}:", expected.source);
                    let own_v6 = format!("[{}]:", expected.source);
                    endpoints
                        .iter()
                        .any(|endpoint: &String| endpoint.starts_with(&own) || endpoint.starts_with(&own_v6))
                }
                _ => expected.masquerade,
            };
            count += 1;
            let found = (
                decision.verdict,
                &decision.endpoints,
                decision.masquerade.is_some(),
            );
            if found != (verdict, &endpoints, masquerade) {
                wrong.push(format!(
                    "{} {}, {}: expected {:?} {}, found {found:?} by {}",
                    case.mode,
                    case.test,
                    expected.name,
                    expected.output,
                    expected.masquerade,
                    decision.rule.name()
                ));
            }
        }
    }
    assert!(count > 15_000, "{count} packets");
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
}
