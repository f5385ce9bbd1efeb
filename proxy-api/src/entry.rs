//! What the model says, as messages.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use conform_service_proxy as model;
use conform_service_proxy::{
    Cidr, DetectLocal, HealthCheck, Mode, NodePortAddresses, PortView, Settings, State, object::Protocol,
};

use crate::{board::Rules, feed::Key, v1alpha1 as wire};

/// What an item is.
pub type Value = wire::set::Value;

/// The key of the node itself.
const NODE: &str = "node";
const PORT: &str = "service-port";
const HEALTH: &str = "health-check";

/// The first key that an item of a Service's ports, and of its health checks, could have.
pub(crate) fn first_keys(service: &str) -> [Key; 2] {
    [PORT, HEALTH].map(|sort| format!("{sort}/{service}/").into())
}

/// True if the key is of an item of the Service whose keys begin with `first`.
pub(crate) fn is_of(first: &Key, key: &Key) -> bool {
    let slashes = if first.starts_with(PORT) { 2 } else { 0 };
    let rest = key.strip_prefix(&**first);
    rest.is_some_and(|rest| rest.bytes().filter(|&byte| byte == b'/').count() == slashes)
}

/// The items of one Service's ports, sorted by key.
pub(crate) fn ports(state: &State, node: &str, service: &str) -> Vec<(Key, Arc<Value>)> {
    let views = state.view_of(node, service);
    let mut items: Vec<_> = views.iter().map(|view| port(state, view)).collect();
    items.sort_by(|(one, _), (two, _)| one.cmp(two));
    items
}

/// The items of one Service's health checks, sorted by key.
pub(crate) fn health_checks(state: &State, node: &str, service: &str) -> Vec<(Key, Arc<Value>)> {
    let checks = state.health_checks_of(node, service, true);
    checks.iter().map(health_check).collect()
}

/// Every item of a node.
pub(crate) fn everything(state: &State, rules: &Rules, node: &str) -> Vec<(Key, Arc<Value>)> {
    let ports = state.view(node);
    let checks = state.health_checks(node, true);
    ports
        .iter()
        .map(|view| port(state, view))
        .chain(checks.iter().map(health_check))
        .chain([own(state, rules, node)])
        .collect()
}

/// The item of the node itself.
fn own(state: &State, rules: &Rules, node: &str) -> (Key, Arc<Value>) {
    let Settings {
        mode,
        detect_local,
        node_port_addresses,
        masquerade_all,
        localhost_node_ports,
        bind_address,
        ..
    } = &rules.settings;
    let object = state.node(node);
    let pods = || object.map(|object| object.pod_cidrs.clone()).unwrap_or_default();
    let pod_ranges = match detect_local {
        DetectLocal::ClusterCidr(ranges) => ranges.clone(),
        DetectLocal::NodeCidr | DetectLocal::Interface => pods(),
    };
    let (node_port_ranges, node_ports_on_primary_only) = match node_port_addresses {
        NodePortAddresses::Ranges(ranges) => (texts(ranges), false),
        NodePortAddresses::Primary => (Vec::new(), true),
    };
    let of_object = || object.map(|object| object.addresses.clone()).unwrap_or_default();
    let known: Vec<IpAddr> = rules.local_ips.clone().unwrap_or_else(of_object);
    let mut seen = BTreeSet::new();
    let addresses = bind_address.iter().chain(&known).filter(|&&ip| seen.insert(ip));
    let value = wire::Node {
        name: node.to_owned(),
        exists: object.is_some(),
        zone: object.and_then(|object| object.zone.clone()).unwrap_or_default(),
        addresses: texts(addresses),
        eligible: state.healthz(node, true).node_eligible,
        pod_ranges: texts(&pod_ranges),
        masquerade_all: *masquerade_all,
        node_port_ranges,
        node_ports_on_primary_only,
        // Other modes never do.
        localhost_node_ports: *localhost_node_ports && *mode == Mode::Iptables,
        service_ranges: texts(&state.service_cidrs().collect::<Vec<Cidr>>()),
    };
    (NODE.into(), Arc::new(Value::Node(value)))
}

fn port(state: &State, view: &PortView<'_>) -> (Key, Arc<Value>) {
    let PortView {
        service,
        frontend,
        port,
        categories,
    } = view;
    let (namespace, name) = names(service);
    let external_ips = if state.gates().external_ips {
        texts(&frontend.external_ips)
    } else {
        Vec::new()
    };
    let endpoints = (0_u32..).zip(port.backends.list()).filter_map(|(at, backend)| {
        let (cluster, local) = (categories.cluster.has(at), categories.local.has(at));
        (cluster || local).then(|| wire::Endpoint {
            ip: backend.ip().to_string(),
            port: backend.port().into(),
            cluster,
            local,
        })
    });
    let value = wire::ServicePort {
        namespace,
        service: name,
        family: family(frontend.family).into(),
        port_name: port.name.to_string(),
        protocol: protocol(port.protocol).into(),
        cluster_ip: frontend.cluster_ip.to_string(),
        port: port.port.into(),
        node_port: port.node_port.into(),
        external_ips,
        load_balancer_ips: texts(&frontend.load_balancer_vips),
        source_ranges: texts(&frontend.source_ranges),
        internal_policy: policy(frontend.internal_local).into(),
        external_policy: policy(frontend.external_local).into(),
        affinity_seconds: frontend.affinity.map_or(0, |affinity| affinity.timeout_seconds),
        has_any_endpoint: categories.has_any,
        endpoints: endpoints.collect(),
    };
    // Only the name of a port comes after the last slash, so that no two keys are the same whatever names there are.
    let port_name = port.name.replace('%', "%25").replace('/', "%2F");
    let key = format!(
        "{PORT}/{service}/{}/{}/{port_name}",
        frontend.family,
        port.protocol.word()
    );
    (key.into(), Arc::new(Value::ServicePort(value)))
}

fn health_check(check: &HealthCheck) -> (Key, Arc<Value>) {
    let key = format!("{HEALTH}/{}/{}", check.service, check.family);
    let (namespace, service) = names(&check.service);
    let value = wire::HealthCheck {
        namespace,
        service,
        family: family(check.family).into(),
        port: check.port.into(),
        local_endpoints: u32::try_from(check.local_endpoints).unwrap_or(u32::MAX),
    };
    (key.into(), Arc::new(Value::HealthCheck(value)))
}

fn names(service: &str) -> (String, String) {
    let (namespace, name) = service.split_once('/').unwrap_or(("", service));
    (namespace.to_owned(), name.to_owned())
}

fn texts<'a, T: ToString + 'a>(items: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    items.into_iter().map(ToString::to_string).collect()
}

const fn family(family: model::Family) -> wire::Family {
    match family {
        model::Family::IPv4 => wire::Family::Ipv4,
        model::Family::IPv6 => wire::Family::Ipv6,
    }
}

const fn protocol(protocol: Protocol) -> wire::Protocol {
    match protocol {
        Protocol::Tcp => wire::Protocol::Tcp,
        Protocol::Udp => wire::Protocol::Udp,
        Protocol::Sctp => wire::Protocol::Sctp,
    }
}

const fn policy(local: bool) -> wire::TrafficPolicy {
    if local {
        wire::TrafficPolicy::Local
    } else {
        wire::TrafficPolicy::Cluster
    }
}
