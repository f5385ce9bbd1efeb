//! What an interrupted probe leaves is found and removed, whatever it is, and nothing of anybody else's.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{Method, Request, Response};
use kube::{Client, client::Body};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    super::objects::{LABEL, Making},
    ProbeError,
    cluster::Cluster,
};

/// What is in the cluster, by path, with the value of the probe's label.
type Kept = Arc<Mutex<BTreeMap<String, Option<&'static str>>>>;

const OWN: &str = "/api/v1/namespaces/conform-probe";
const NODES: &str = "/api/v1/namespaces/conform-probe-nodes";
const RANGE: &str = "/apis/networking.k8s.io/v1/servicecidrs/conform-probe";

/// An API server that has these objects, and keeps the range while somebody has an address of it.
fn server(objects: &[(&str, Option<&'static str>)], stranger: bool) -> (Client, Kept) {
    let kept: Kept = Arc::default();
    for (path, label) in objects {
        kept.lock().unwrap().insert((*path).to_owned(), *label);
    }
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let objects = Arc::clone(&kept);
    tokio::spawn(async move {
        while let Some((request, send)) = handle.next_request().await {
            let path = request.uri().path().to_owned();
            let (code, body) = answer(&objects, request.method(), &path, stranger);
            let response = Response::builder().status(code);
            send.send_response(response.body(Body::from(body.to_string().into_bytes())).unwrap());
        }
    });
    (Client::new(service, "default"), kept)
}

fn answer(kept: &Kept, method: &Method, path: &str, stranger: bool) -> (u16, Value) {
    let mut kept = kept.lock().unwrap();
    if path.ends_with("/ipaddresses") {
        let item = json!({
            "metadata": { "name": "203.0.113.2" },
            "spec": { "parentRef": { "resource": "services", "namespace": "shop", "name": "cart" } },
        });
        let items = if stranger { vec![item] } else { Vec::new() };
        return (200, json!({ "metadata": {}, "items": items }));
    }
    if path == "/api/v1/nodes" {
        return (200, json!({ "metadata": {}, "items": [] }));
    }
    if path.ends_with("/pods") {
        return (
            200,
            json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success" }),
        );
    }
    let Some(label) = kept.get(path).copied() else {
        let status = json!({
            "kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found",
        });
        return (404, status);
    };
    if method == Method::DELETE && !(stranger && path == RANGE) {
        assert!(
            path != RANGE || !(kept.contains_key(OWN) || kept.contains_key(NODES)),
            "the Services go before their range"
        );
        kept.remove(path);
    }
    let labels = label.map(|label| json!({ LABEL: label })).unwrap_or_default();
    (
        200,
        json!({ "metadata": { "name": "x", "labels": labels }, "spec": { "cidrs": ["203.0.113.0/30"] } }),
    )
}

fn cluster(client: &Client) -> Cluster<'_> {
    let making = Making {
        name: "probe",
        image: "runner:1",
        manager: None,
    };
    Cluster { client, making }
}

#[rstest]
#[case::nothing(&[])]
#[case::first_namespace(&[OWN])]
#[case::both_namespaces(&[OWN, NODES])]
#[case::the_range_too(&[OWN, NODES, RANGE])]
#[case::cut_off_while_removing(&[NODES, RANGE])]
#[case::the_range_alone(&[RANGE])]
#[tokio::test(start_paused = true)]
async fn whatever_was_left_is_found_and_removed(#[case] left: &[&str]) {
    let objects: Vec<_> = left.iter().map(|path| (*path, Some("probe"))).collect();
    let (client, kept) = server(&objects, false);
    let cluster = cluster(&client);
    assert_eq!(cluster.left().await.unwrap().is_some(), !left.is_empty());
    cluster.remove(Duration::from_mins(1)).await.unwrap();
    assert!(kept.lock().unwrap().is_empty());
    assert_eq!(cluster.left().await.unwrap(), None);
}

#[rstest]
#[case::namespace(OWN, None)]
#[case::of_another_name(OWN, Some("other"))]
#[case::range(RANGE, None)]
#[tokio::test(start_paused = true)]
async fn what_is_not_the_probes_is_not_touched(#[case] path: &str, #[case] label: Option<&'static str>) {
    let (client, kept) = server(&[(path, label)], false);
    let cluster = cluster(&client);
    assert!(matches!(cluster.left().await, Err(ProbeError::Refused(_))));
    assert!(cluster.remove(Duration::from_mins(1)).await.is_err());
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_range_that_others_use_stays_and_they_are_named() {
    let (client, _) = server(&[(RANGE, Some("probe"))], true);
    let cluster = cluster(&client);
    let why = cluster
        .remove_range(Instant::now() + Duration::from_mins(1))
        .await
        .unwrap_err();
    assert!(why.contains("still there") && why.contains("shop/cart"), "{why}");
}
