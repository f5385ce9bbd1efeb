//! A cluster of the model's own: whatever a proxy does not know is caught and blamed, and nothing else is.

use std::collections::BTreeMap;

use conform_crds::{Basis, Component};
use conform_service_proxy::{Cidr, DetectLocal, Family, Settings};
use conform_suite::Area;
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    Asked, Cell, Expectation, Expected, Feature, Ground, Place, Proxies, Question, Row, Status, Unfit,
    compare, every, expect,
    feature::Moment,
    features,
    objects::{FEATURE, FIRST, SECOND},
    questions, questions_about, verdict,
};
use crate::agent::{Made, NO_ADDRESS, Transport};

const ZONES: [&str; 3] = ["east", "west", "north"];

/// Three nodes in three zones.
pub(super) fn ground() -> Ground {
    let place = |number: usize| Place {
        node: format!("n{number}"),
        zone: Some(ZONES[number].to_owned()),
        addresses: vec![format!("192.168.0.{}", number + 1).parse().unwrap()],
        pod: vec![format!("10.0.{number}.9").parse().unwrap()],
    };
    Ground {
        places: (0..3).map(place).collect(),
        ..Ground::default()
    }
}

/// The same with addresses of both families, for features that take them.
pub(super) fn ground_for(feature: &Feature) -> Ground {
    let mut ground = ground();
    if ["dual-stack", "ipv6"].contains(&feature.id) {
        ground.families = Family::ALL.to_vec();
        for (number, place) in ground.places.iter_mut().enumerate() {
            place.pod.push(format!("fd00:10:{number}::9").parse().unwrap());
            place
                .addresses
                .push(format!("fd00:192::{}", number + 1).parse().unwrap());
        }
    }
    ground
}

pub(super) fn settings() -> Vec<Settings> {
    vec![Settings {
        detect_local: DetectLocal::ClusterCidr(vec![Cidr::parse("10.0.0.0/16").unwrap()]),
        ..Settings::default()
    }]
}

/// The objects of a feature as the API server and its controllers make them.
pub(super) fn made(feature: &Feature) -> Vec<Value> {
    let ground = ground_for(feature);
    let mut objects = Vec::new();
    for (number, place) in ground.places.iter().enumerate() {
        objects.push(json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": { "name": place.node, "labels": { "topology.kubernetes.io/zone": place.zone } },
            "spec": { "podCIDRs": [format!("10.0.{number}.0/24")] },
            "status": { "addresses": place.addresses.iter().map(|address| {
                json!({ "type": "InternalIP", "address": address })
            }).collect::<Vec<_>>() },
        }));
    }
    for (number, mut object) in (feature.objects)(&ground).into_iter().enumerate() {
        let fields = object.as_object_mut().unwrap();
        let metadata = fields["metadata"].as_object_mut().unwrap();
        metadata.insert("namespace".to_owned(), json!("conform-probe"));
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        labels[FEATURE] = json!(feature.id);
        let labels = labels.clone();
        if fields["kind"] != "Service" {
            objects.push(object);
            continue;
        }
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        let address = format!("10.96.0.{}", number + 10);
        let spec = &mut object["spec"];
        let families = spec.get("ipFamilies").cloned().unwrap_or_else(|| json!(["IPv4"]));
        let of_family = |family: &Value| match family.as_str() {
            Some("IPv6") => json!(format!("fd00:96::{}", number + 10)),
            _ => json!(address),
        };
        let addresses: Vec<Value> = families.as_array().unwrap().iter().map(of_family).collect();
        spec["clusterIP"] = addresses[0].clone();
        spec["clusterIPs"] = json!(addresses);
        spec["ipFamilies"] = families;
        if spec["type"] == "NodePort" || spec["type"] == "LoadBalancer" {
            for (at, port) in spec["ports"].as_array_mut().unwrap().iter_mut().enumerate() {
                port["nodePort"] = json!(30_000 + number * 10 + at);
            }
        }
        if spec.get("selector").is_some() {
            for family in spec["ipFamilies"].as_array().unwrap() {
                objects.extend(slices(&name, spec, &labels, family.as_str().unwrap()));
            }
        }
        objects.push(object);
    }
    objects
}

/// A slice of a family for each pod that the Service selects.
fn slices(service: &str, spec: &Value, labels: &Value, family: &str) -> Vec<Value> {
    let role = spec["selector"]["conform.dev/probe-role"].as_str().unwrap();
    let places = match (role, spec["selector"].get("conform.dev/probe-place")) {
        ("stay", None) => 0..3,
        ("stay", Some(_)) | ("leave", _) => 0..1,
        _ => 0..0,
    };
    let mut slices = Vec::new();
    for number in places {
        let ports: Vec<Value> = spec["ports"]
            .as_array()
            .unwrap()
            .iter()
            .map(|port| {
                let named = if number % 2 == 0 { FIRST } else { SECOND };
                let target = port["targetPort"].as_u64().unwrap_or_else(|| u64::from(named));
                json!({ "name": port["name"], "port": target, "protocol": port["protocol"] })
            })
            .collect();
        let leaving = role == "leave";
        let address = match (leaving, family) {
            (true, _) => "10.0.0.10".to_owned(),
            (false, "IPv6") => format!("fd00:10:{number}::9"),
            (false, _) => format!("10.0.{number}.9"),
        };
        let mut endpoint = json!({
            "addresses": [address],
            "conditions": { "ready": !leaving, "serving": true, "terminating": leaving },
            "nodeName": format!("n{number}"), "zone": ZONES[number],
        });
        if let Some(distribution) = spec.get("trafficDistribution") {
            endpoint["hints"] = json!({ "forZones": [{ "name": ZONES[number] }] });
            if distribution == "PreferSameNode" {
                endpoint["hints"]["forNodes"] = json!([{ "name": format!("n{number}") }]);
            }
        }
        let mut labels = labels.clone();
        labels["kubernetes.io/service-name"] = json!(service);
        slices.push(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": family,
            "metadata": {
                "namespace": "conform-probe", "name": format!("{service}-{number}-{}", family.to_lowercase()), "labels": labels,
            },
            "endpoints": [endpoint], "ports": ports,
        }));
    }
    slices
}

/// What agents say in a cluster where exactly this comes true.
pub(super) fn come_true(expectation: &Expectation) -> Made {
    let mut made = Made::default();
    match &expectation.expected {
        Expected::Endpoints { endpoints, sticky } => {
            let met = if *sticky { 1 } else { endpoints.len() };
            made.answered = endpoints.iter().take(met).map(|who| (who.clone(), 7)).collect();
        }
        Expected::Refused => made.refused = 32,
        Expected::Silent | Expected::NoAnswer => made.silent = 3,
    }
    made
}

fn dns() -> Component {
    Component {
        area: Area::Dns,
        name: "some-dns".to_owned(),
        version: Some("v2".to_owned()),
        ..proxy()
    }
}

fn proxy() -> Component {
    Component {
        area: Area::ServiceProxy,
        name: "some-proxy".to_owned(),
        mode: None,
        version: Some("v1".to_owned()),
        image_digest: None,
        nodes: 3,
        node_names: Vec::new(),
        basis: Basis::Measured,
        evidence: String::new(),
    }
}

/// Asks every question about a feature of a cluster whose proxy sees `seen`.
fn row(feature: &Feature, seen: impl Fn(&[Value]) -> Vec<Value>) -> Row {
    let ground = ground_for(feature);
    let objects = made(feature);
    let read = |objects: &[Value]| Proxies::read(objects, settings(), 36, &ground).unwrap();
    let (aware, unaware, actual) = (
        read(&objects),
        read(&feature.unaware_of(&objects)),
        read(&seen(&objects)),
    );
    let asked: Vec<Asked> = questions_about(feature, &objects, &ground)
        .map(|question| {
            let expected = expect(&aware, &question);
            // Who looks names up does not ask the proxy.
            let looks_up = question.transport == Transport::Lookup;
            let happens = expect(if looks_up { &aware } else { &actual }, &question);
            Asked {
                cell: compare(&expected, Some(&come_true(&happens[0]))),
                unaware: expect(&unaware, &question),
                expected,
                question,
            }
        })
        .collect();
    verdict(feature, &asked, &[proxy()])
}

#[test]
fn a_proxy_that_does_all_is_supported_in_all() {
    for feature in features().filter(|feature| feature.moment != Moment::Patient) {
        let row = row(feature, <[Value]>::to_vec);
        assert_eq!(row.status, Status::Supported, "{row:#?}");
        assert!(row.telling > 0 && row.cells == row.same, "{row:#?}");
    }
}

#[test]
fn a_proxy_that_does_not_know_a_feature_is_caught_and_blamed() {
    for feature in features().filter(|feature| feature.moment != Moment::Patient) {
        let row = row(feature, |objects| feature.unaware_of(objects));
        assert_eq!(row.status, Status::Unsupported, "{row:#?}");
        assert_eq!(row.component, "some-proxy v1");
        assert!(row.because[0].contains("expected"), "{:?}", row.because);
    }
}

#[rstest]
#[case::no_such_name(NO_ADDRESS)]
#[case::another_address("10.96.0.99")]
fn names_that_lead_elsewhere_are_blamed_on_dns(#[case] answer: &str) {
    let feature = features().find(|feature| feature.id == "service-cidr").unwrap();
    let (ground, objects) = (ground(), made(feature));
    let proxies = Proxies::read(&objects, settings(), 36, &ground).unwrap();
    let all: Vec<Question> = questions_about(feature, &objects, &ground).collect();
    let row = |wrong: &dyn Fn(&Question) -> bool| {
        let asked: Vec<Asked> = all
            .iter()
            .map(|question| {
                let expected = expect(&proxies, question);
                let mut happens = come_true(&expected[0]);
                if wrong(question) {
                    happens = Made {
                        answered: answered(&[(answer, 1)]),
                        ..Made::default()
                    };
                }
                Asked {
                    cell: compare(&expected, Some(&happens)),
                    unaware: Vec::new(),
                    question: question.clone(),
                    expected,
                }
            })
            .collect();
        verdict(feature, &asked, &[proxy(), dns()])
    };
    let looks_up = |question: &Question| question.transport == Transport::Lookup;
    assert_eq!(
        all.iter().filter(|question| looks_up(question)).count(),
        6,
        "two names, three pods"
    );
    let found = row(&looks_up);
    assert_eq!(
        (found.status, found.component.as_str()),
        (Status::Unsupported, "some-dns v2")
    );
    assert!(
        found.because[0].starts_with("pod on n0 looks up ranged: expected 10.96.0."),
        "{found:#?}"
    );
    assert_eq!(row(&|_| true).component, "some-proxy v1 and some-dns v2");
}

#[test]
fn a_resolver_in_trouble_says_nothing() {
    let expected = endpoints(&["203.0.113.1"], false);
    let made = Made {
        failed: answered(&[("its resolver does not answer", 1)]),
        ..Made::default()
    };
    let cell = compare(&expected, Some(&made));
    assert_eq!(cell, Cell::NotMeasured("its resolver does not answer".to_owned()));
}

/// Whatever fails in one family alone is told, with its address.
#[rstest]
#[case::second_family("dual-stack", "IPv6")]
#[case::first_family("dual-stack", "IPv4")]
#[case::ipv6_alone("ipv6", "IPv6")]
fn a_family_that_is_not_served_is_caught(#[case] id: &str, #[case] family: &str) {
    let feature = features().find(|feature| feature.id == id).unwrap();
    let row = row(feature, |objects| {
        let mut seen = objects.to_vec();
        seen.retain(|object| object["addressType"] != family);
        seen
    });
    assert_eq!(row.status, Status::Unsupported, "{row:#?}");
    let address = if family == "IPv6" {
        "[fd00:96::10]:80"
    } else {
        "10.96.0.10:80"
    };
    assert!(row.because.iter().any(|why| why.contains(address)), "{row:#?}");
}

#[test]
fn sctp_takes_kernels_that_have_it() {
    let feature = features().find(|feature| feature.id == "sctp").unwrap();
    let mut ground = ground();
    assert_eq!((feature.fit)(&ground), Ok(()));
    ground.without_sctp = vec!["n0".to_owned(), "n2".to_owned()];
    let why = "could not measure: the kernel of n0, n2 has no SCTP";
    assert_eq!((feature.fit)(&ground), Err(Unfit::Unevaluated(why.to_owned())));
}

#[test]
fn what_one_feature_lacks_is_held_against_no_other() {
    let broken = features()
        .find(|feature| feature.id == "internal-traffic-policy")
        .unwrap();
    for feature in features().filter(|feature| feature.id != broken.id && feature.moment == Moment::Calm) {
        let row = row(feature, |objects| broken.unaware_of(objects));
        assert_eq!(row.status, Status::Supported, "{row:#?}");
    }
}

#[test]
fn an_agent_that_does_not_answer_is_no_fault_of_the_proxy() {
    let feature = features().next().unwrap();
    let ground = ground();
    let objects = made(feature);
    let proxies = Proxies::read(&objects, settings(), 36, &ground).unwrap();
    let service = objects
        .iter()
        .find(|object| feature.owns(object, "Service"))
        .unwrap();
    let asked: Vec<Asked> = questions(service, &ground)
        .into_iter()
        .map(|question| Asked {
            expected: expect(&proxies, &question),
            unaware: Vec::new(),
            cell: compare(&expect(&proxies, &question), None),
            question,
        })
        .collect();
    assert_eq!(verdict(feature, &asked, &[]).status, Status::Unevaluated);
}

#[test]
fn a_table_that_shows_nothing_is_no_pass() {
    let feature = features().next().unwrap();
    assert_eq!(verdict(feature, &[], &[]).status, Status::Unevaluated);
}

fn endpoints(list: &[&str], sticky: bool) -> Vec<Expectation> {
    vec![Expectation {
        expected: Expected::Endpoints {
            endpoints: list.iter().map(|one| (*one).to_owned()).collect(),
            sticky,
        },
        rule: "internal_cluster",
    }]
}

fn plain(expected: Expected) -> Vec<Expectation> {
    vec![Expectation {
        expected,
        rule: "internal_local_empty",
    }]
}

pub(super) fn answered(list: &[(&str, u32)]) -> BTreeMap<String, u32> {
    list.iter()
        .map(|(who, count)| ((*who).to_owned(), *count))
        .collect()
}

#[rstest]
#[case::all(endpoints(&["a", "b"], false), Made { answered: answered(&[("a", 3), ("b", 1)]), ..Made::default() }, true)]
#[case::one_missing(endpoints(&["a", "b"], false), Made { answered: answered(&[("a", 3)]), ..Made::default() }, false)]
#[case::a_stranger(endpoints(&["a"], false), Made { answered: answered(&[("a", 3), ("c", 1)]), ..Made::default() }, false)]
#[case::one_lost(endpoints(&["a"], false), Made { answered: answered(&[("a", 3)]), silent: 1, ..Made::default() }, false)]
#[case::sticky(endpoints(&["a", "b"], true), Made { answered: answered(&[("b", 4)]), ..Made::default() }, true)]
#[case::not_sticky(endpoints(&["a", "b"], true), Made { answered: answered(&[("a", 1), ("b", 4)]), ..Made::default() }, false)]
#[case::drop(plain(Expected::Silent), Made { silent: 3, ..Made::default() }, true)]
#[case::drop_is_no_reject(plain(Expected::Silent), Made { refused: 3, ..Made::default() }, false)]
#[case::reject_is_no_drop(plain(Expected::Refused), Made { silent: 3, ..Made::default() }, false)]
#[case::few_refusals(plain(Expected::Refused), Made { refused: 2, silent: 3, ..Made::default() }, true)]
#[case::few_silences(plain(Expected::Silent), Made { refused: 1, silent: 3, ..Made::default() }, false)]
#[case::nobody(plain(Expected::NoAnswer), Made { refused: 3, ..Made::default() }, true)]
#[case::somebody(plain(Expected::NoAnswer), Made { answered: answered(&[("a", 1)]), ..Made::default() }, false)]
fn cells(#[case] expected: Vec<Expectation>, #[case] made: Made, #[case] same: bool) {
    let cell = compare(&expected, Some(&made));
    assert_eq!(cell == Cell::Same, same, "{cell:?}");
    assert!(!matches!(cell, Cell::NotMeasured(_)), "{cell:?}");
}

#[test]
fn a_connection_that_is_lost_is_nobodys_fault_and_no_pass() {
    let made = |silent, answers: &[(&str, u32)]| Made {
        answered: answered(answers),
        silent,
        ..Made::default()
    };
    let both = endpoints(&["a", "b"], false);
    let lost = compare(&both, Some(&made(1, &[("a", 50), ("b", 45)])));
    let why = "1 of 96 connections got no answer";
    assert_eq!(lost, Cell::NotMeasured(why.to_owned()));
    for astray in [
        made(14, &[("a", 40), ("b", 42)]),
        made(1, &[("a", 95)]),
        made(1, &[("a", 50), ("c", 45)]),
    ] {
        let cell = compare(&both, Some(&astray));
        assert!(matches!(cell, Cell::Different { .. }), "{cell:?}");
    }
}

#[test]
fn what_could_not_be_made_is_not_measured() {
    let failed = Made {
        failed: answered(&[("no route to host", 3)]),
        ..Made::default()
    };
    let cell = compare(&plain(Expected::Silent), Some(&failed));
    assert_eq!(cell, Cell::NotMeasured("no route to host".to_owned()));
}

#[rstest]
#[case(
    "service-cidr",
    "it adds a range of Service addresses to the cluster: ask for it with --feature service-cidr"
)]
#[case(
    "node-draining",
    "it says of a node that it is about to go, on which an autoscaler or a load balancer may act: ask for it with --feature node-draining"
)]
fn what_changes_more_than_its_namespaces_is_probed_only_by_name(#[case] id: &str, #[case] why: &str) {
    let feature = every().find(|feature| feature.id == id).unwrap();
    let mut ground = ground();
    ground.families = vec![Family::IPv4];
    assert_eq!(
        features::fits(feature, &ground, &[]),
        Err(Unfit::Unevaluated(why.to_owned()))
    );
    assert_eq!(features::fits(feature, &ground, &[id.to_owned()]), Ok(()));
}
