//! A test for each of the rules D to F, of packets and health: it fails if the rule is broken.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too, and rstest gives cases by value"
)]

mod world;

use conform_service_proxy::{Rule, Verdict};
use rstest::rstest;
use serde_json::{Value, json};
use world::{NODE, OUTSIDE, POD, World, conditions, endpoint, node, service, slice, two_nodes, with};

/// A LoadBalancer Service with every address, under these policies, with endpoints on the nodes.
fn everywhere(internal: &str, external: &str, nodes: &[&str]) -> Vec<Value> {
    let service = with(service(), "/spec/type", json!("LoadBalancer"));
    let service = with(service, "/spec/internalTrafficPolicy", json!(internal));
    let service = with(service, "/spec/externalTrafficPolicy", json!(external));
    let service = with(service, "/spec/externalIPs", json!(["198.51.100.1"]));
    let service = with(service, "/spec/healthCheckNodePort", json!(32000));
    let mut service = with(
        service,
        "/status",
        json!({"loadBalancer": {"ingress": [{"ip": "198.51.100.2"}]}}),
    );
    service["spec"]["ports"][0]["nodePort"] = json!(30080);
    let endpoints = (1..)
        .zip(nodes)
        .map(|(at, node)| endpoint(&format!("10.1.0.{at}"), node));
    vec![node("node-a", "a", NODE), service, slice(endpoints.collect())]
}

const EXTERNAL: [(&str, u16); 3] = [("198.51.100.1", 80), ("198.51.100.2", 80), (NODE, 30080)];

#[rstest]
#[case("iptables")]
#[case("nftables")]
fn d1_without_endpoints_every_destination_rejects(#[case] mode: &str) {
    let world = World::configured(36, json!({"mode": mode}), everywhere("Local", "Local", &[]));
    for (ip, port) in EXTERNAL.into_iter().chain([("172.30.0.1", 80)]) {
        let decision = world.decide(OUTSIDE, ip, port);
        assert_eq!(
            (decision.verdict, decision.rule),
            (Verdict::Reject, Rule::NoEndpoints)
        );
        assert!(decision.masquerade.is_none() && decision.endpoints.is_empty());
    }
}

#[rstest]
#[case("Cluster", &["node-a", "node-b"], Rule::InternalCluster, 2)]
#[case("Local", &["node-a", "node-b"], Rule::InternalLocal, 1)]
#[case("Local", &["node-b"], Rule::InternalLocalEmpty, 0)]
fn d2_internal_policy(
    #[case] policy: &str,
    #[case] nodes: &[&str],
    #[case] rule: Rule,
    #[case] count: usize,
) {
    let world = World::of(everywhere(policy, "Cluster", nodes));
    for source in [POD, NODE, OUTSIDE, "127.0.0.1"] {
        let decision = world.decide(source, "172.30.0.1", 80);
        assert_eq!((decision.rule, decision.endpoints.len()), (rule, count));
        let dropped = rule == Rule::InternalLocalEmpty;
        assert_eq!(decision.verdict == Verdict::Drop, dropped);
    }
    // It has no say in external traffic.
    assert_eq!(world.decide(OUTSIDE, NODE, 30080).endpoints.len(), nodes.len());
}

#[rstest]
#[case::cluster("Cluster", OUTSIDE, &["node-b"], Rule::ExternalCluster, true)]
#[case::pod("Local", POD, &["node-b"], Rule::ExternalLocalFromPod, false)]
#[case::node("Local", NODE, &["node-b"], Rule::ExternalLocalFromNode, true)]
#[case::loopback("Local", "127.0.0.1", &["node-b"], Rule::ExternalLocalFromNode, true)]
#[case::outside("Local", OUTSIDE, &["node-a"], Rule::ExternalLocal, false)]
#[case::outside_and_none("Local", OUTSIDE, &["node-b"], Rule::ExternalLocalEmpty, false)]
fn d3_external_policy(
    #[case] policy: &str,
    #[case] source: &str,
    #[case] nodes: &[&str],
    #[case] rule: Rule,
    #[case] masquerade: bool,
) {
    for mode in ["iptables", "nftables"] {
        let config = json!({"mode": mode, "clusterCIDR": "10.0.0.0/8,fd00:10::/64"});
        let world = World::configured(36, config, everywhere("Local", policy, nodes));
        for (ip, port) in EXTERNAL {
            let decision = world.decide(source, ip, port);
            assert_eq!((decision.rule, decision.masquerade.is_some()), (rule, masquerade));
            assert_eq!(
                decision.verdict == Verdict::Drop,
                rule == Rule::ExternalLocalEmpty
            );
        }
    }
}

#[test]
fn d3_without_a_detector_pods_are_like_anybody() {
    let world = World::of(everywhere("Cluster", "Local", &["node-a", "node-b"]));
    assert_eq!(world.decide(POD, "198.51.100.2", 80).rule, Rule::ExternalLocal);
}

#[rstest]
#[case::in_it(json!(["203.0.113.0/25"]), OUTSIDE, Rule::ExternalCluster)]
#[case::not_in_it(json!(["203.0.113.128/25"]), OUTSIDE, Rule::LoadBalancerSourceRanges)]
#[case::pods_too(json!(["203.0.113.0/25"]), POD, Rule::LoadBalancerSourceRanges)]
#[case::everybody(json!(["203.0.113.128/25", "0.0.0.0/0"]), OUTSIDE, Rule::ExternalCluster)]
#[case::other_family(json!(["fd00::/8"]), OUTSIDE, Rule::ExternalCluster)]
#[case::white_space(json!([" 203.0.113.0/25 "]), OUTSIDE, Rule::ExternalCluster)]
#[case::the_address_itself(json!(["192.168.0.0/24"]), "198.51.100.2", Rule::ExternalCluster)]
#[case::the_address_itself_and_not_the_node(json!(["203.0.113.0/25"]), "198.51.100.2", Rule::LoadBalancerSourceRanges)]
fn d4_source_ranges(#[case] ranges: Value, #[case] source: &str, #[case] rule: Rule) {
    for mode in ["iptables", "nftables"] {
        let mut objects = everywhere("Cluster", "Cluster", &["node-b"]);
        objects[1]["spec"]["loadBalancerSourceRanges"] = ranges.clone();
        let world = World::configured(36, json!({"mode": mode}), objects);
        assert_eq!(world.decide(source, "198.51.100.2", 80).rule, rule);
        for (ip, port) in [("198.51.100.1", 80), (NODE, 30080)] {
            assert_eq!(world.decide(source, ip, port).rule, Rule::ExternalCluster);
        }
    }
}

#[rstest]
#[case("iptables", Verdict::Reject)]
#[case("nftables", Verdict::Drop)]
fn d4_comes_before_d1_in_nftables(#[case] mode: &str, #[case] verdict: Verdict) {
    let mut objects = everywhere("Cluster", "Cluster", &[]);
    objects[1]["spec"]["loadBalancerSourceRanges"] = json!(["10.0.0.0/8"]);
    let world = World::configured(36, json!({"mode": mode}), objects);
    assert_eq!(world.decide(OUTSIDE, "198.51.100.2", 80).verdict, verdict);
}

const ALT: &str = "192.168.1.2";

#[rstest]
#[case::all("iptables", json!([]), true, &[NODE, ALT, "127.0.0.1", "127.9.9.9"])]
#[case::not_loopback("iptables", json!([]), false, &[NODE, ALT])]
#[case::a_range("iptables", json!(["192.168.1.0/24"]), true, &[ALT])]
#[case::a_range_and_loopback("iptables", json!(["192.168.1.0/24", "127.0.0.0/8"]), true, &[ALT, "127.0.0.1"])]
#[case::a_range_of_the_other_family("iptables", json!(["fd00::/8"]), false, &[NODE, ALT])]
#[case::primary("iptables", json!(["primary"]), true, &[NODE])]
#[case::nftables_default("nftables", json!([]), true, &[NODE])]
#[case::nftables_all("nftables", json!(["0.0.0.0/0"]), true, &[NODE, ALT])]
fn d5_addresses_of_node_ports(
    #[case] mode: &str,
    #[case] addresses: Value,
    #[case] localhost: bool,
    #[case] served: &[&str],
) {
    let config = json!({
        "mode": mode, "nodePortAddresses": addresses, "iptables": {"localhostNodePorts": localhost},
    });
    let world = World::configured(36, config, everywhere("Cluster", "Cluster", &["node-b"]))
        .with_local_ips(&[NODE, ALT]);
    for ip in [NODE, ALT, "127.0.0.1", "127.9.9.9"] {
        let rule = if served.contains(&ip) {
            Rule::ExternalCluster
        } else {
            Rule::NodePortAddress
        };
        assert_eq!(world.decide(NODE, ip, 30080).rule, rule, "{ip}");
    }
    assert_eq!(world.decide(OUTSIDE, "192.168.7.7", 30080).rule, Rule::NoService);
}

#[test]
fn d5_ipv6_loopback_never_serves_node_ports() {
    let dual = with(service(), "/spec/type", json!("NodePort"));
    let dual = with(dual, "/spec/clusterIP", json!("fd00::1"));
    let mut dual = with(dual, "/spec/clusterIPs", json!(["fd00::1"]));
    dual["spec"]["ports"][0]["nodePort"] = json!(30080);
    let mut slice = slice(vec![endpoint("fd00:1::1", "node-b")]);
    slice["addressType"] = json!("IPv6");
    let world = World::of([dual, slice]).with_local_ips(&["fd00:2::1"]);
    assert_eq!(
        world.decide("fd00:2::1", "fd00:2::1", 30080).endpoints,
        ["[fd00:1::1]:8080"]
    );
    assert_eq!(world.decide("::1", "::1", 30080).verdict, Verdict::Untouched);
}

#[test]
fn d5_iptables_refuses_on_every_address_of_the_node_where_there_is_no_endpoint() {
    let config = json!({"nodePortAddresses": ["192.168.1.0/24"]});
    let world = World::configured(36, config.clone(), everywhere("Cluster", "Cluster", &[]));
    assert_eq!(world.decide(OUTSIDE, NODE, 30080).rule, Rule::NoEndpoints);
    let world = World::configured(36, config, everywhere("Cluster", "Local", &["node-b"]));
    assert_eq!(world.decide(POD, NODE, 30080).rule, Rule::ExternalLocalEmpty);
}

#[rstest]
#[case("iptables", Rule::NoService, Rule::NoService)]
#[case("nftables", Rule::UnservedPort, Rule::UnallocatedClusterIp)]
#[case("ipvs", Rule::UnservedPort, Rule::NoService)]
fn d6_ports_that_nobody_serves(#[case] mode: &str, #[case] port: Rule, #[case] address: Rule) {
    let mut objects = everywhere("Cluster", "Cluster", &["node-b"]);
    objects.push(json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": "kubernetes"},
        "spec": {"cidrs": ["172.30.0.0/16"]},
    }));
    let world = World::configured(36, json!({"mode": mode}), objects);
    assert_eq!(world.decide(POD, "172.30.0.1", 81).rule, port);
    assert_eq!(world.decide_udp(POD, "172.30.0.1", 80).rule, port);
    assert_eq!(world.decide(POD, "172.30.9.9", 80).rule, address);
    assert_eq!(world.decide(POD, "10.9.9.9", 80).rule, Rule::NoService);
}

#[rstest]
#[case::pod(json!({"clusterCIDR": "10.0.0.0/8"}), POD, false)]
#[case::node(json!({"clusterCIDR": "10.0.0.0/8"}), NODE, true)]
#[case::outside(json!({"clusterCIDR": "10.0.0.0/8"}), OUTSIDE, true)]
#[case::no_detector(json!({}), OUTSIDE, false)]
#[case::other_family(json!({"clusterCIDR": "fd00::/8"}), OUTSIDE, false)]
#[case::all(json!({"clusterCIDR": "10.0.0.0/8", "iptables": {"masqueradeAll": true}}), POD, true)]
#[case::all_of_another_mode(json!({"nftables": {"masqueradeAll": true}}), POD, false)]
#[case::all_of_nftables(json!({"mode": "nftables", "nftables": {"masqueradeAll": true}}), POD, true)]
#[case::hairpin(json!({"clusterCIDR": "10.0.0.0/8"}), "10.1.0.1", true)]
#[case::pods_of_the_node(json!({"detectLocalMode": "NodeCIDR"}), "10.0.0.7", false)]
#[case::pods_of_another_node(json!({"detectLocalMode": "NodeCIDR"}), "10.0.1.7", true)]
#[case::by_interface(json!({"detectLocalMode": "BridgeInterface"}), "10.0.0.7", false)]
#[case::by_interface_another(json!({"detectLocalMode": "InterfaceNamePrefix"}), "10.0.1.7", true)]
fn d7_masquerade_to_a_services_own_address(
    #[case] config: Value,
    #[case] source: &str,
    #[case] masquerade: bool,
) {
    let mut objects = everywhere("Cluster", "Cluster", &["node-b"]);
    objects[0]["spec"] = json!({"podCIDRs": ["10.0.0.0/24"]});
    let world = World::configured(36, config, objects);
    let decision = world.decide(source, "172.30.0.1", 80);
    assert_eq!(decision.masquerade.is_some(), masquerade);
}

#[test]
fn d8_affinity() {
    let service = with(service(), "/spec/sessionAffinity", json!("ClientIP"));
    let timed = with(
        service.clone(),
        "/spec/sessionAffinityConfig",
        json!({"clientIP": {"timeoutSeconds": 7}}),
    );
    let seconds = |service: Value| {
        let world = World::of([service, slice(two_nodes())]);
        let affinity = world.decide(POD, "172.30.0.1", 80).affinity;
        affinity.map(|affinity| affinity.timeout_seconds)
    };
    assert_eq!((seconds(service), seconds(timed)), (Some(10800), Some(7)));
    assert_eq!(seconds(world::service()), None);
}

#[rstest]
#[case::local("LoadBalancer", "Local", Some((2, 200)))]
#[case::policy_cluster("LoadBalancer", "Cluster", None)]
#[case::node_port("NodePort", "Local", None)]
fn e1_health_check_node_ports(
    #[case] kind: &str,
    #[case] policy: &str,
    #[case] expected: Option<(usize, u16)>,
) {
    let mut objects = everywhere("Cluster", policy, &["node-a", "node-a", "node-b"]);
    objects[1]["spec"]["type"] = json!(kind);
    let world = World::of(objects);
    let checks = world.state.health_checks("node-a", true);
    let found = checks.first().map(|check| (check.local_endpoints, check.status));
    assert_eq!(found, expected);
    let decision = world.decide(OUTSIDE, NODE, 32000);
    assert_eq!(decision.verdict == Verdict::Accept, expected.is_some());
    assert_eq!(world.decide_udp(OUTSIDE, NODE, 32000).verdict, Verdict::Untouched);
}

#[test]
fn e1_terminating_endpoints_serve_and_do_not_count() {
    let mut objects = everywhere("Cluster", "Local", &[]);
    objects[2] = conditions([(false, true, true), (true, true, false)]);
    let world = World::of(objects);
    let checks = world.state.health_checks("node-a", true);
    assert_eq!((checks[0].local_endpoints, checks[0].status), (0, 503));
    assert_eq!(world.decide(OUTSIDE, NODE, 30080).endpoints, ["10.1.0.1:8080"]);
    assert_eq!(world.state.health_checks("node-b", true)[0].status, 200);
    assert_eq!(world.state.health_checks("node-b", false)[0].status, 503);
}

#[rstest]
#[case::fine(json!({}), json!({}), 36, (200, true))]
#[case::about_to_go(json!({}), json!({"taints": [{"key": "ToBeDeletedByClusterAutoscaler"}]}), 36, (503, false))]
#[case::other_taint(json!({}), json!({"taints": [{"key": "other"}]}), 36, (200, true))]
#[case::deleted(json!({"deletionTimestamp": "2026-01-01T00:00:00Z"}), json!({}), 36, (503, false))]
#[case::before_the_feature(json!({"deletionTimestamp": "2026-01-01T00:00:00Z"}), json!({}), 29, (200, true))]
fn e2_healthz(
    #[case] metadata: Value,
    #[case] spec: Value,
    #[case] minor: u16,
    #[case] expected: (u16, bool),
) {
    let mut node = node("node-a", "a", NODE);
    node["spec"] = spec;
    if let Some(time) = metadata.get("deletionTimestamp") {
        node["metadata"]["deletionTimestamp"] = time.clone();
    }
    let world = World::of_minor(minor, [node, service()]);
    let healthz = world.state.healthz("node-a", true);
    assert_eq!((healthz.status, healthz.node_eligible), expected);
    assert_eq!(world.state.healthz("node-a", false).status, 503);
    if minor >= 30 {
        assert!(!world.state.healthz("nobody", true).node_eligible);
    }
}

#[rstest]
#[case::falls_back(&["node-b"], "198.51.100.2", Rule::IpvsLocalFallback, 1)]
#[case::internal_too(&["node-b"], "172.30.0.1", Rule::IpvsLocalFallback, 1)]
#[case::local(&["node-a", "node-b"], "198.51.100.2", Rule::ExternalLocal, 1)]
fn f_ipvs_uses_other_nodes_where_it_has_nothing(
    #[case] nodes: &[&str],
    #[case] ip: &str,
    #[case] rule: Rule,
    #[case] count: usize,
) {
    let config = json!({"mode": "ipvs", "clusterCIDR": "10.0.0.0/8"});
    let world = World::configured(36, config, everywhere("Local", "Local", nodes));
    for source in [POD, OUTSIDE] {
        let decision = world.decide(source, ip, 80);
        assert_eq!((decision.rule, decision.endpoints.len()), (rule, count));
    }
}

#[test]
fn two_services_at_one_place_are_told_apart_by_their_names() {
    let mut second = service();
    second["metadata"]["name"] = json!("aaa");
    let world = World::of([service(), second, slice(two_nodes())]);
    let decision = world.decide(POD, "172.30.0.1", 80);
    assert_eq!(decision.service.as_deref(), Some("default/aaa:http"));
}
