//! What the API server refuses of one feature is that feature's alone.

use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use http_body_util::BodyExt;
use kube::{Client, client::Body};
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    super::{
        features::features,
        ground::Ground,
        objects::Making,
        verdict::{Report, Status},
    },
    cluster::Cluster,
    make,
};

/// What was asked of the API server, as `METHOD path` with the name of what was made.
type Asked = Arc<Mutex<Vec<String>>>;

/// An API server that takes everything but an object of this name, or its status.
fn server(refused: &'static str, code: u16) -> (Client, Asked) {
    let asked: Asked = Arc::default();
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Some((request, send)) = handle.next_request().await {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let object: Value = serde_json::from_slice(&body).unwrap_or_default();
            let made = object.pointer("/metadata/name").and_then(Value::as_str);
            let path = parts.uri.path();
            let name = made.unwrap_or_else(|| path.trim_end_matches("/status").rsplit('/').next().unwrap());
            let is_write = parts.method == Method::POST || path.ends_with("/status");
            log.lock().unwrap().push(format!("{} {name}", parts.method));
            let (code, body) = if is_write && name == refused {
                let told = json!({
                    "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": "not in this cluster",
                });
                (code, told)
            } else if object.is_object() && parts.method == Method::POST {
                (201, object)
            } else {
                let spec = json!({ "cidrs": ["203.0.113.0/30"] });
                let ready = json!({ "conditions": [{
                    "type": "Ready", "status": "True", "reason": "", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z",
                }] });
                let metadata = json!({ "name": name, "labels": { "conform.dev/probe": "probe" } });
                match parts.method {
                    Method::GET
                        if log
                            .lock()
                            .unwrap()
                            .iter()
                            .any(|line| line.starts_with("DELETE conform-probe")) =>
                    {
                        (
                            404,
                            json!({ "kind": "Status", "status": "Failure", "code": 404, "message": "not found" }),
                        )
                    }
                    _ => (
                        200,
                        json!({ "metadata": metadata, "spec": spec, "status": ready }),
                    ),
                }
            };
            let response = Response::builder().status(code);
            send.send_response(response.body(Body::from(body.to_string().into_bytes())).unwrap());
        }
    });
    (Client::new(service, "default"), asked)
}

#[rstest]
#[case::a_value_that_it_does_not_know("prefer-node", 422, "prefer-same-node", &[])]
#[case::a_policy("mixed", 403, "mixed-protocols", &[])]
#[case::the_second_of_two("nobody", 400, "cluster-ip", &["cluster-ip"])]
#[case::a_status("proxied", 403, "load-balancer-ip-mode", &["vip", "proxied"])]
#[case::a_service_of_the_range("ranged", 422, "service-cidr", &["conform-probe"])]
#[case::the_range("conform-probe", 403, "service-cidr", &["conform-probe"])]
#[tokio::test(start_paused = true)]
async fn the_others_go_on(
    #[case] refused: &'static str,
    #[case] code: u16,
    #[case] feature: &str,
    #[case] removed: &[&str],
) {
    let (client, asked) = server(refused, code);
    let making = Making {
        name: "probe",
        image: "runner:1",
        manager: None,
    };
    let cluster = Cluster {
        client: &client,
        making,
    };
    let all: Vec<_> = features().collect();
    let mut report = Report::default();
    let made = make(&cluster, all.clone(), &Ground::default(), &[], &mut report).await;
    assert_eq!(made.len(), all.len() - 1, "{report:#?}");
    assert!(made.iter().all(|one| one.id != feature));
    let [row] = report.rows.as_slice() else {
        panic!("{report:#?}");
    };
    assert_eq!((row.feature.as_str(), row.status), (feature, Status::Unevaluated));
    let why = &row.because[0];
    assert!(
        why.starts_with("could not measure: ") && why.ends_with("not in this cluster"),
        "{why}"
    );
    assert!(why.contains(refused), "{why}");
    let asked = asked.lock().unwrap();
    for name in removed {
        assert!(asked.contains(&format!("DELETE {name}")), "{name}: {asked:#?}");
    }
    assert_eq!(report.remarks, Vec::<String>::new());
}
