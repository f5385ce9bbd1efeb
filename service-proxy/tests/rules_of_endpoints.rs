//! A test for each of the rules A to C, of Services and endpoints: it fails if the rule is broken.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too, and rstest gives cases by value"
)]

mod world;

use conform_service_proxy::{Rule, Topology, Verdict};
use rstest::rstest;
use serde_json::{Value, json};
use world::{OUTSIDE, POD, World, conditions, endpoint, node, service, slice, two_nodes, with};

#[rstest]
#[case::other_proxy("/metadata/labels", json!({"service.kubernetes.io/service-proxy-name": ""}))]
#[case::headless("/spec/clusterIP", json!("None"))]
#[case::without_address("/spec/clusterIP", json!(""))]
#[case::external_name("/spec/type", json!("ExternalName"))]
fn a1_services_that_are_not_served(#[case] field: &str, #[case] value: Value) {
    let world = World::of([with(service(), field, value), slice(two_nodes())]);
    assert!(world.answers("node-a").is_empty());
    assert_eq!(world.decide(POD, "172.30.0.1", 80).rule, Rule::NoService);
}

#[rstest]
#[case::headless("/metadata/labels", json!({"kubernetes.io/service-name": "web", "service.kubernetes.io/headless": ""}))]
#[case::without_service("/metadata/labels", json!({}))]
#[case::empty_service("/metadata/labels", json!({"kubernetes.io/service-name": ""}))]
#[case::names("/addressType", json!("FQDN"))]
fn a2_slices_that_do_not_count(#[case] field: &str, #[case] value: Value) {
    let world = World::of([service(), with(slice(two_nodes()), field, value)]);
    assert!(!world.answers("node-a")[0].has_any);
}

#[test]
fn a3_the_address_that_is_listed_for_the_family_counts() {
    let dual = with(service(), "/spec/clusterIPs", json!(["172.30.0.1", "fd00::1"]));
    let dual = with(dual, "/spec/ipFamilies", json!(["IPv4", "IPv6"]));
    let world = World::of([dual.clone(), slice(two_nodes())]);
    let families: Vec<&str> = world
        .answers("node-a")
        .iter()
        .map(|answer| answer.family.word())
        .collect();
    assert_eq!(families, ["IPv4", "IPv6"]);
    // The endpoints are those of the family.
    assert_eq!(world.decide("fd00::2", "fd00::1", 80).verdict, Verdict::Reject);
    // Without an address of a family its other addresses do not exist either.
    let single = with(dual, "/spec/ipFamilies", json!(["IPv6"]));
    let single = with(single, "/spec/clusterIPs", json!(["fd00::1"]));
    let single = with(single, "/spec/clusterIP", json!("fd00::1"));
    let single = with(single, "/spec/externalIPs", json!(["198.51.100.1"]));
    let world = World::of([single, slice(two_nodes())]);
    assert_eq!(
        world.decide(OUTSIDE, "198.51.100.1", 80).verdict,
        Verdict::Untouched
    );
    // Without families clusterIP tells.
    let world = World::of([with(service(), "/spec/clusterIPs", json!([])), slice(two_nodes())]);
    assert_eq!(world.answers("node-a").len(), 1);
}

#[test]
fn a4_external_addresses_of_the_family_only_and_nonsense_is_passed_over() {
    let service = with(
        service(),
        "/spec/externalIPs",
        json!(["", "x", "fd00::9", "198.51.100.01"]),
    );
    let world = World::of([service, slice(two_nodes())]);
    assert_eq!(
        world.decide(OUTSIDE, "198.51.100.1", 80).rule,
        Rule::ExternalCluster
    );
    assert_eq!(world.decide("fd00::2", "fd00::9", 80).rule, Rule::NoService);
}

#[rstest]
#[case::vip(json!([{"ip": "198.51.100.2", "ipMode": "VIP"}]), 36, Rule::ExternalCluster)]
#[case::not_said(json!([{"ip": "198.51.100.2"}]), 36, Rule::ExternalCluster)]
#[case::proxy(json!([{"ip": "198.51.100.2", "ipMode": "Proxy"}]), 36, Rule::NoService)]
#[case::name(json!([{"hostname": "lb.example.com"}]), 36, Rule::NoService)]
#[case::before_the_field(json!([{"ip": "198.51.100.2", "ipMode": "Proxy"}]), 29, Rule::ExternalCluster)]
fn a5_load_balancers_that_pass_packets_on(#[case] ingress: Value, #[case] minor: u16, #[case] rule: Rule) {
    let service = with(service(), "/spec/type", json!("LoadBalancer"));
    let service = with(service, "/status", json!({"loadBalancer": {"ingress": ingress}}));
    let world = World::of_minor(minor, [service, slice(two_nodes())]);
    assert_eq!(world.decide(OUTSIDE, "198.51.100.2", 80).rule, rule);
}

#[test]
fn a6_external_ips_can_be_switched_off_and_still_count_as_access_from_outside() {
    let local = with(service(), "/spec/externalIPs", json!(["198.51.100.1"]));
    let local = with(local, "/spec/internalTrafficPolicy", json!("Local"));
    let config = json!({"featureGates": {"AllowServiceExternalIPs": false}});
    let world = World::configured(36, config, [local, slice(two_nodes())]);
    assert_eq!(world.decide(OUTSIDE, "198.51.100.1", 80).rule, Rule::NoService);
    assert_eq!(world.answers("node-a")[0].cluster.len(), 2);
}

#[test]
fn b1_ports_are_matched_by_name_and_protocol() {
    let mut service = service();
    service["spec"]["ports"] = json!([
        {"name": "web", "port": 80}, {"name": "", "port": 81}, {"name": "web", "protocol": "UDP", "port": 80},
        {"name": "zero", "port": 82}, {"name": "nil", "port": 83},
    ]);
    let mut first = slice(vec![endpoint("10.1.0.1", "node-a")]);
    first["ports"] = json!([
        {"name": "web", "port": 8080, "protocol": "TCP"}, {"name": "", "port": 9000}, {"port": 9999},
        {"name": "zero", "port": 0}, {"name": "nil"},
    ]);
    // A named target port is resolved for each pod, so that slices of one Service differ.
    let mut second = slice(vec![endpoint("10.1.0.2", "node-a")]);
    second["metadata"]["name"] = json!("web-2");
    second["ports"] = json!([{"name": "web", "port": 8000}]);
    let world = World::of([service, first, second]);
    let endpoints = |port| world.decide(POD, "172.30.0.1", port).endpoints;
    assert_eq!(endpoints(80), ["10.1.0.1:8080", "10.1.0.2:8000"]);
    assert_eq!(endpoints(81), ["10.1.0.1:9000"]);
    for port in [82, 83] {
        assert_eq!(world.decide(POD, "172.30.0.1", port).rule, Rule::NoEndpoints);
    }
    let udp = world.decide_udp(POD, "172.30.0.1", 80);
    assert_eq!(udp.rule, Rule::NoEndpoints);
}

#[test]
fn b2_the_first_address_counts_and_conditions_have_defaults() {
    let mut strange = endpoint("10.1.0.1", "node-a");
    strange["addresses"] = json!(["10.1.0.1", "10.1.0.9"]);
    strange["conditions"] = json!({"ready": null});
    let mut empty = endpoint("10.1.0.2", "node-a");
    empty["addresses"] = json!([]);
    let mut homeless = endpoint("10.1.0.3", "");
    homeless["nodeName"] = Value::Null;
    let local = with(service(), "/spec/internalTrafficPolicy", json!("Local"));
    let world = World::of([local, slice(vec![strange, empty, homeless])]);
    let answer = &world.answers("node-a")[0];
    assert_eq!(answer.local, ["10.1.0.1:8080"]);
    // No node has no name.
    assert!(world.answers("")[0].local.is_empty());
}

#[rstest]
#[case::running_wins(36, "node-a", &["10.1.0.1:8080"])]
#[case::running_wins_elsewhere(36, "node-b", &[])]
#[case::own_node_won(35, "node-b", &["10.1.0.1:8080"])]
fn b3_of_equal_endpoints_one_counts(#[case] minor: u16, #[case] node: &str, #[case] local: &[&str]) {
    let mut leaving = endpoint("10.1.0.1", "node-b");
    leaving["conditions"] = json!({"ready": false, "serving": true, "terminating": true});
    let mut second = slice(vec![leaving]);
    second["metadata"]["name"] = json!("web-2");
    let service = with(service(), "/spec/internalTrafficPolicy", json!("Local"));
    let world = World::of_minor(
        minor,
        [service, slice(vec![endpoint("10.1.0.1", "node-a")]), second],
    );
    assert_eq!(world.answers(node)[0].local, local);
}

#[rstest]
#[case::cluster_ip_alone("ClusterIP", json!([]), false)]
#[case::with_external_ips("ClusterIP", json!(["198.51.100.1"]), true)]
#[case::node_port("NodePort", json!([]), true)]
fn c1_external_policy_counts_where_there_is_access_from_outside(
    #[case] kind: &str,
    #[case] external: Value,
    #[case] local: bool,
) {
    let service = with(service(), "/spec/type", json!(kind));
    let service = with(service, "/spec/externalTrafficPolicy", json!("Local"));
    let mut service = with(service, "/spec/externalIPs", external);
    if kind == "NodePort" {
        service["spec"]["ports"][0]["nodePort"] = json!(30080);
    }
    let world = World::of([service, slice(two_nodes())]);
    assert_eq!(!world.answers("node-a")[0].local.is_empty(), local);
}

#[rstest]
#[case::only_inside(json!([]), 0)]
#[case::outside_too(json!(["198.51.100.1"]), 2)]
fn c2_policy_cluster_is_used_as_soon_as_there_is_access_from_outside(
    #[case] external: Value,
    #[case] count: usize,
) {
    let service = with(service(), "/spec/internalTrafficPolicy", json!("Local"));
    let service = with(service, "/spec/externalIPs", external);
    let world = World::of([service, slice(two_nodes())]);
    let answer = &world.answers("node-a")[0];
    assert_eq!((answer.cluster.len(), answer.local.len()), (count, 1));
}

/// zone hint, node hint and readiness of three endpoints.
fn hinted(hints: [(&str, &str, bool); 3]) -> Value {
    let endpoints = (1..).zip(hints).map(|(at, (zone, to, ready))| {
        let mut endpoint = endpoint(&format!("10.1.0.{at}"), "node-b");
        let names = |name: &str| {
            if name.is_empty() {
                json!([])
            } else {
                json!([{"name": name}])
            }
        };
        endpoint["hints"] = json!({"forZones": names(zone), "forNodes": names(to)});
        endpoint["conditions"]["ready"] = json!(ready);
        endpoint
    });
    slice(endpoints.collect())
}

#[rstest]
#[case::same_node([("a", "node-a", true), ("a", "node-b", true), ("b", "node-b", true)], Topology::SameNode, &[1])]
#[case::other_nodes([("a", "node-b", true), ("a", "node-c", true), ("b", "node-b", true)], Topology::SameZone, &[1, 2])]
#[case::one_without_node_hint([("a", "node-a", true), ("a", "", true), ("b", "node-b", true)], Topology::SameZone, &[1, 2])]
#[case::same_zone([("a", "", true), ("b", "", true), ("a", "", true)], Topology::SameZone, &[1, 3])]
#[case::zone_that_is_not_named([("c", "", true), ("b", "", true), ("gone", "", true)], Topology::Off, &[1, 2, 3])]
#[case::one_without_zone_hint([("a", "", true), ("", "", true), ("b", "", true)], Topology::Off, &[1, 2, 3])]
#[case::one_not_ready_without_hint([("a", "", true), ("", "", false), ("b", "", true)], Topology::SameZone, &[1])]
#[case::the_one_for_the_zone_is_not_ready([("a", "", false), ("b", "", true), ("b", "", true)], Topology::Off, &[2, 3])]
#[case::none_ready([("a", "node-a", false), ("a", "node-a", false), ("a", "node-a", false)], Topology::Off, &[])]
fn c3_hints_hold_all_together_or_not_at_all(
    #[case] hints: [(&str, &str, bool); 3],
    #[case] topology: Topology,
    #[case] expected: &[u8],
) {
    let world = World::of([node("node-a", "a", "192.168.0.2"), service(), hinted(hints)]);
    let expected: Vec<String> = expected.iter().map(|at| format!("10.1.0.{at}:8080")).collect();
    assert_eq!(world.answers("node-a")[0].cluster, expected);
    assert_eq!(world.state.view("node-a")[0].categories.topology, topology);
}

#[rstest]
#[case(33, json!({}), 2)]
#[case(34, json!({}), 1)]
#[case(34, json!({"PreferSameTrafficDistribution": false}), 2)]
#[case(36, json!({"PreferSameTrafficDistribution": false}), 1)]
fn c3_hints_for_nodes_by_release(#[case] minor: u16, #[case] gates: Value, #[case] count: usize) {
    let hints = hinted([
        ("a", "node-a", true),
        ("a", "node-b", true),
        ("b", "node-b", true),
    ]);
    let objects = [node("node-a", "a", "192.168.0.2"), service(), hints];
    let world = World::configured(minor, json!({"featureGates": gates}), objects);
    assert_eq!(world.answers("node-a")[0].cluster.len(), count);
}

#[rstest]
#[case(30, json!({}), 3)]
#[case(30, json!({"service.kubernetes.io/topology-mode": "Auto"}), 1)]
#[case(30, json!({"service.kubernetes.io/topology-aware-hints": "disabled", "service.kubernetes.io/topology-mode": "Auto"}), 3)]
#[case(31, json!({}), 1)]
fn c3_old_releases_wanted_an_annotation(
    #[case] minor: u16,
    #[case] annotations: Value,
    #[case] count: usize,
) {
    let hints = hinted([("a", "", true), ("b", "", true), ("b", "", true)]);
    let service = with(service(), "/metadata/annotations", annotations);
    let world = World::of_minor(minor, [node("node-a", "a", "192.168.0.2"), service, hints]);
    assert_eq!(world.answers("node-a")[0].cluster.len(), count);
}

#[rstest]
#[case::ready([(true, true, false), (false, true, true)], &[1], &[1], true)]
#[case::ready_elsewhere([(false, true, true), (true, true, false)], &[2], &[1], true)]
#[case::none_ready([(false, true, true), (false, true, true)], &[1, 2], &[1], true)]
#[case::none_serving([(false, false, true), (false, false, true)], &[], &[], false)]
#[case::serving_and_not_terminating([(false, true, false), (false, true, false)], &[], &[], false)]
#[case::published_though_terminating([(true, false, true), (false, true, true)], &[1], &[1], true)]
fn c4_c5_c6_c7_terminating_endpoints_are_a_last_resort(
    #[case] list: [(bool, bool, bool); 2],
    #[case] cluster: &[u8],
    #[case] local: &[u8],
    #[case] any: bool,
) {
    let service = with(service(), "/spec/type", json!("NodePort"));
    let mut service = with(service, "/spec/externalTrafficPolicy", json!("Local"));
    service["spec"]["ports"][0]["nodePort"] = json!(30080);
    let world = World::of([service, conditions(list)]);
    let texts =
        |places: &[u8]| -> Vec<String> { places.iter().map(|at| format!("10.1.0.{at}:8080")).collect() };
    let answer = &world.answers("node-a")[0];
    assert_eq!((&answer.cluster, &answer.local), (&texts(cluster), &texts(local)));
    let mut reachable = texts(cluster);
    reachable.extend(texts(local));
    reachable.sort();
    reachable.dedup();
    assert_eq!((&answer.reachable, answer.has_any), (&reachable, any));
}

#[test]
fn c5_hints_have_no_say_in_policy_local() {
    let service = with(service(), "/spec/internalTrafficPolicy", json!("Local"));
    let service = with(service, "/spec/externalIPs", json!(["198.51.100.1"]));
    let mut endpoints = two_nodes();
    endpoints[0]["hints"] = json!({"forZones": [{"name": "b"}]});
    endpoints[1]["hints"] = json!({"forZones": [{"name": "a"}]});
    let world = World::of([node("node-a", "a", "192.168.0.2"), service, slice(endpoints)]);
    let answer = &world.answers("node-a")[0];
    assert_eq!(
        (answer.cluster.as_slice(), answer.local.as_slice()),
        (
            ["10.1.0.2:8080".to_owned()].as_slice(),
            ["10.1.0.1:8080".to_owned()].as_slice()
        )
    );
    assert_eq!(answer.reachable, ["10.1.0.1:8080", "10.1.0.2:8080"]);
}

#[test]
fn c6_endpoints_elsewhere_are_endpoints() {
    let service = with(service(), "/spec/internalTrafficPolicy", json!("Local"));
    let world = World::of([service, slice(vec![endpoint("10.1.0.2", "node-b")])]);
    let answer = &world.answers("node-a")[0];
    assert!(answer.has_any && answer.cluster.is_empty() && answer.reachable.is_empty());
}
