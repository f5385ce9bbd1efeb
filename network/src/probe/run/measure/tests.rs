//! A cluster whose packets somebody else than the proxy stops: nothing is said of the proxy, and nothing passes that was not seen.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use conform_service_proxy::NEWEST_MINOR;
use http::{Request, Response};
use kube::{Client, client::Body};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::{
    super::super::{
        expect::{Proxies, expect},
        feature::Feature,
        features::features,
        ground::Ground,
        objects::Making,
        question::questions_about,
        session::Session,
        tests::{come_true, ground, ground_for, made, settings},
        verdict::{Row, Status, verdict},
    },
    super::cluster::Cluster,
    Measuring,
};
use crate::agent::{Made, Order};

/// What becomes of an order of the agent of a place without a Service between; none if a Service is asked.
fn direct(order: &Order) -> Option<Made> {
    let to = order.to.to_string();
    let is_pod = to.starts_with("10.0.") || to.starts_with("[fd00:10:");
    let is_agent_on_node = to.starts_with("192.168.0.") && order.to.port() < 30_000;
    (is_pod || is_agent_on_node).then(|| Made {
        answered: [(to, order.count)].into(),
        ..Made::default()
    })
}

fn silence() -> Made {
    Made {
        silent: 3,
        ..Made::default()
    }
}

/// What is wrong in a cluster: given the sender, the order and what would become of it if nothing were.
type Wrong = fn((usize, bool), &Order, Made) -> Made;

/// An API server that has these objects.
fn server(objects: Vec<Value>) -> Client {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    tokio::spawn(async move {
        while let Some((request, send)) = handle.next_request().await {
            let path = request.uri().path().to_owned();
            let kind = match path.rsplit('/').next() {
                Some("services") => "Service",
                Some("endpointslices") => "EndpointSlice",
                Some("nodes") => "Node",
                _ => "",
            };
            let items: Vec<&Value> = objects.iter().filter(|object| object["kind"] == kind).collect();
            let body = json!({ "metadata": {}, "items": items });
            send.send_response(Response::new(Body::from(body.to_string().into_bytes())));
        }
    });
    Client::new(service, "default")
}

/// An agent that says what `answer` says.
fn agent(answer: impl Fn(&Order) -> Made + Send + 'static) -> Session {
    let (mine, theirs) = tokio::io::duplex(1 << 20);
    let (output, input) = tokio::io::split(mine);
    tokio::spawn(async move {
        let (input, mut output) = tokio::io::split(theirs);
        let mut lines = BufReader::new(input).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            let order: Order = serde_json::from_str(&line).unwrap();
            let made = Made {
                id: order.id,
                ..answer(&order)
            };
            let line = serde_json::to_string(&made).unwrap() + "\n";
            output.write_all(line.as_bytes()).await.unwrap();
        }
    });
    Session::over(Box::new(input), Box::new(output))
}

/// Measures a feature where something is wrong. Gives its row, and how many orders went without a Service.
async fn measured(feature: &Feature, wrong: Wrong) -> (Row, usize) {
    measured_on(ground_for(feature), feature, wrong).await
}

async fn measured_on(ground: Ground, feature: &Feature, wrong: Wrong) -> (Row, usize) {
    let mut objects = made(feature);
    let has = |node: &Value| ground.places.iter().any(|place| node == &place.node);
    objects.retain(|object| object["kind"] != "EndpointSlice" || has(&object["endpoints"][0]["nodeName"]));
    let proxies = Proxies::read(&objects, settings(), NEWEST_MINOR, &ground).unwrap();
    let mut expected = HashMap::new();
    for question in questions_about(feature, &objects, &ground) {
        let happens = come_true(&expect(&proxies, &question)[0]);
        expected.insert((question.sender, question.to, question.transport), happens);
    }
    let expected = Arc::new(expected);
    let directs = Arc::new(Mutex::new(0));
    let client = server(objects);
    let making = Making {
        name: "probe",
        image: "runner:1",
        manager: None,
    };
    let cluster = Cluster {
        client: &client,
        making,
    };
    let mut sessions = HashMap::new();
    for sender in (0..ground.places.len()).flat_map(|number| [(number, false), (number, true)]) {
        let (expected, directs) = (Arc::clone(&expected), Arc::clone(&directs));
        let session = agent(move |order| {
            let without = direct(order);
            *directs.lock().unwrap() += usize::from(without.is_some());
            let over = || expected[&(sender, order.to, order.transport)].clone();
            wrong(sender, order, without.unwrap_or_else(over))
        });
        sessions.insert(sender, session);
    }
    let mut measuring = Measuring {
        cluster: &cluster,
        ground,
        sessions,
        closed: Vec::new(),
        settings: settings(),
        minor: NEWEST_MINOR,
        told: 3,
        lost: 0,
    };
    let all = measuring.measure(&[feature]).await.unwrap();
    let directs = *directs.lock().unwrap();
    (verdict(feature, &all[0].1, &[]), directs)
}

fn feature(id: &str) -> &'static Feature {
    features().find(|feature| feature.id == id).unwrap()
}

fn is_direct(order: &Order) -> bool {
    direct(order).is_some()
}

#[tokio::test(start_paused = true)]
async fn where_all_is_well_nothing_more_is_asked() {
    for id in ["cluster-ip", "node-port", "terminating-endpoints"] {
        let (row, directs) = measured(feature(id), |_, _, made| made).await;
        assert_eq!((row.status, directs), (Status::Supported, 0), "{row:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_silent_as_it_has_to_be_is_believed_where_the_way_is_open() {
    for id in ["service-proxy-name", "internal-traffic-policy"] {
        let (row, directs) = measured(feature(id), |_, _, made| made).await;
        assert_eq!(row.status, Status::Supported, "{row:#?}");
        assert!(directs > 0, "{id}");
    }
}

fn all_are_isolated(_: (usize, bool), _: &Order, _: Made) -> Made {
    silence()
}

fn a_wall_refuses(_: (usize, bool), _: &Order, _: Made) -> Made {
    Made {
        refused: 3,
        ..Made::default()
    }
}

/// A policy lets nobody in but a pod's own node, as it has to.
fn pods_let_nobody_in(sender: (usize, bool), order: &Order, mut made: Made) -> Made {
    let own = format!("10.0.{}.9", sender.0);
    let before = made.answered.len();
    made.answered.retain(|who, _| who.starts_with(&own));
    if is_direct(order) && made.answered.is_empty() {
        return silence();
    }
    made.silent += u32::from(made.answered.len() < before) * 3;
    made
}

fn senders_in_pods_get_nowhere(sender: (usize, bool), _: &Order, made: Made) -> Made {
    if sender.1 { made } else { silence() }
}

#[rstest]
#[case(all_are_isolated)]
#[case(a_wall_refuses)]
#[case(pods_let_nobody_in)]
#[case(senders_in_pods_get_nowhere)]
#[tokio::test(start_paused = true)]
async fn who_is_isolated_says_nothing_of_the_proxy(#[case] wrong: Wrong) {
    for id in [
        "cluster-ip",
        "node-port",
        "service-proxy-name",
        "internal-traffic-policy",
        "external-traffic-policy",
        "load-balancer-ip-mode",
    ] {
        let (row, _) = measured(feature(id), wrong).await;
        assert_eq!(row.status, Status::Unevaluated, "{row:#?}");
        assert!(
            row.because
                .iter()
                .any(|why| why.contains("without a Service either")),
            "{row:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_isolated_on_the_only_node_says_nothing_of_the_proxy() {
    let mut only = ground();
    only.places.truncate(1);
    for wrong in [all_are_isolated as Wrong, senders_in_pods_get_nowhere] {
        let (row, _) = measured_on(only.clone(), feature("cluster-ip"), wrong).await;
        assert_eq!(row.status, Status::Unevaluated, "{row:#?}");
    }
}

/// The third node is gone: nobody reaches it or its pod, and its agents tell nothing.
fn third_is_lost(sender: (usize, bool), order: &Order, mut made: Made) -> Made {
    let to = order.to.ip().to_string();
    if sender.0 == 2 || to == "10.0.2.9" || to == "192.168.0.3" {
        return silence();
    }
    let before = made.answered.len();
    made.answered.retain(|who, _| !who.starts_with("10.0.2.9"));
    if made.answered.len() < before {
        made.silent = 2;
    }
    made
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_lost_says_nothing_of_the_proxy() {
    for id in [
        "cluster-ip",
        "node-port",
        "internal-traffic-policy",
        "external-traffic-policy",
    ] {
        let (row, _) = measured(feature(id), third_is_lost).await;
        assert_eq!(row.status, Status::Unevaluated, "{row:#?}");
        assert!(row.because[0].contains("does not reach"), "{row:#?}");
    }
}

/// Nothing is answered over a Service; without one all is.
fn no_service(_: (usize, bool), order: &Order, made: Made) -> Made {
    if is_direct(order) { made } else { silence() }
}

/// A pod that nobody expects answers over every Service, and nobody without one.
fn a_stranger(_: (usize, bool), order: &Order, _: Made) -> Made {
    if is_direct(order) {
        silence()
    } else {
        Made {
            answered: [("10.0.9.9:8080".to_owned(), order.count)].into(),
            ..Made::default()
        }
    }
}

/// The first pod is never led to, and it alone can be reached without a Service.
fn one_is_passed_over(_: (usize, bool), order: &Order, mut made: Made) -> Made {
    if is_direct(order) {
        let is_first = order.to.ip().to_string() == "10.0.0.9";
        return if is_first { made } else { silence() };
    }
    made.answered.remove("10.0.0.9:8080");
    made
}

#[rstest]
#[case::no_service(no_service)]
#[case::a_stranger(a_stranger)]
#[case::one_is_passed_over(one_is_passed_over)]
#[tokio::test(start_paused = true)]
async fn a_proxy_that_fails_where_the_way_is_open_is_told(#[case] wrong: Wrong) {
    let (row, _) = measured(feature("cluster-ip"), wrong).await;
    assert_eq!(row.status, Status::Unsupported, "{row:#?}");
}
