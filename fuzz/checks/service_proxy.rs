//! A list of objects as anybody may write them, and packets to wherever they lead.

use std::{collections::BTreeSet, net::IpAddr};

use conform_service_proxy::{
    Flow, Gates, Mode, NodeProxy, PortAnswer, Settings, State,
    object::{Kind, Object, Protocol},
};
use serde_json::Value;

/// Holds it against any bytes.
pub fn check(data: &[u8]) {
    let Ok(values) = serde_json::from_slice::<Vec<Value>>(data) else {
        return;
    };
    let mut names = BTreeSet::new();
    let objects = values.into_iter().filter_map(|value| {
        let word = |key: &str| value.get(key)?.as_str();
        let kind = Kind::of(word("apiVersion")?, word("kind")?)?;
        Object::read(kind, value).ok()
    });
    let objects: Vec<Object> = objects.filter(|object| names.insert(object.name())).collect();
    let mut whole = State::new(Gates::default());
    whole.apply(&objects);
    let mut grown = State::new(Gates::default());
    for object in objects.iter().rev() {
        grown.apply([object]);
    }
    let answers = |state: &State, node: &str| -> Vec<PortAnswer> {
        state.view(node).iter().map(PortAnswer::from).collect()
    };
    let nodes: Vec<&str> = whole
        .node_objects()
        .map(|node| node.name.as_str())
        .chain(["nobody"])
        .collect();
    for node in nodes {
        let seen = answers(&whole, node);
        assert_eq!(seen, answers(&grown, node));
        for mode in [Mode::Iptables, Mode::Nftables, Mode::Ipvs] {
            let settings = Settings {
                mode,
                ..Settings::default()
            };
            let proxy = NodeProxy::new(&whole, node, &settings, None);
            for view in whole.view(node) {
                let face = view.frontend;
                let addresses = std::iter::once(face.cluster_ip)
                    .chain(face.external_ips.iter().copied())
                    .chain(face.load_balancer_vips.iter().copied());
                for destination in addresses.chain(proxy.local_ips()) {
                    for port in [view.port.port, view.port.node_port, face.health_check_node_port] {
                        for protocol in [Protocol::Tcp, Protocol::Udp] {
                            let sources = [destination, IpAddr::from([10, 0, 0, 1])];
                            for source in sources {
                                let flow = Flow {
                                    source,
                                    destination,
                                    port,
                                    protocol,
                                };
                                assert_eq!(proxy.decide(&flow), proxy.explain(&flow).0);
                            }
                        }
                    }
                }
            }
        }
    }
}
