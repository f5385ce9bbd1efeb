//! Finding and removing, against an API server that is played by a function.

use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::{Client, client::Body};
use serde_json::{Value, json};

use crate::{Removed, find, is_passing, remove};

const MAKER: &str = "conform:nightly:0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11:present-1";

/// What was asked of the API server: method, path with query, body.
type Asked = Arc<Mutex<Vec<(Method, String, String)>>>;

/// A client whose API server answers each request with what `answer` makes of it.
fn client(answer: impl Fn(&Method, &str) -> (u16, Value) + Send + 'static) -> (Client, Asked) {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Some((request, send)) = handle.next_request().await {
            let (parts, body) = request.into_parts();
            let body = body.collect_bytes().await.unwrap_or_default();
            let path = parts.uri.to_string();
            let (code, text) = answer(&parts.method, &path);
            log.lock()
                .unwrap()
                .push((parts.method, path, String::from_utf8_lossy(&body).into_owned()));
            let body = Body::from(text.to_string().into_bytes());
            send.send_response(Response::builder().status(code).body(body).unwrap());
        }
    });
    (Client::new(service, "default"), asked)
}

/// Discovery of a server that has CRDs in `v1`, mutating policies in a beta and nothing else.
fn discovery() -> Value {
    let group = |name: &str, version: &str, resource: &str| {
        json!({
            "metadata": { "name": name },
            "versions": [{ "version": version, "resources": [{ "resource": resource, "scope": "Cluster", "verbs": ["list"] }] }],
        })
    };
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {},
        "items": [
            group("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
            group("admissionregistration.k8s.io", "v1beta1", "mutatingadmissionpolicies"),
        ],
    })
}

fn list(items: &[Value], token: &str) -> Value {
    json!({
        "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": { "continue": token }, "items": items,
    })
}

fn namespace(name: &str, manager: &str) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
        "metadata": { "name": name, "uid": format!("uid-{name}"), "managedFields": [{
            "manager": manager, "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
            "fieldsV1": { "f:metadata": { "f:labels": { ".": {}, "f:kubernetes.io/metadata.name": {} } } },
        }] },
    })
}

fn refusal(code: u16, reason: &str) -> (u16, Value) {
    (
        code,
        json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": reason }),
    )
}

fn paths(asked: &Asked) -> Vec<String> {
    let asked = asked.lock().unwrap();
    let path = |path: &String| path.split('?').next().unwrap().to_owned();
    asked
        .iter()
        .map(|(method, asked, _)| format!("{method} {}", path(asked)))
        .collect()
}

#[tokio::test]
async fn each_kind_that_is_served_is_asked_for_once_and_namespaces_last() {
    let (client, asked) = client(|_, path| match path.split('?').next().unwrap() {
        "/apis" => (200, discovery()),
        "/api/v1/namespaces" if path.contains("continue=more") => {
            (200, list(&[namespace("webhook-2", MAKER)], ""))
        }
        "/api/v1/namespaces" => (
            200,
            list(
                &[
                    namespace("webhook-1", MAKER),
                    namespace("default", "kube-apiserver"),
                ],
                "more",
            ),
        ),
        path if path.ends_with("customresourcedefinitions") => refusal(403, "Forbidden"),
        _ => (200, list(&[], "")),
    });
    let found = find(&client).await.unwrap();
    assert_eq!(
        paths(&asked),
        [
            "GET /apis",
            "GET /apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicies",
            "GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            "GET /api/v1/persistentvolumes",
            "GET /api/v1/namespaces",
            "GET /api/v1/namespaces",
        ]
    );
    let names: Vec<&str> = found.leftovers.iter().map(|left| left.name.as_str()).collect();
    assert_eq!(names, ["webhook-1", "webhook-2"]);
    assert_eq!(found.unseen, ["customresourcedefinitions.apiextensions.k8s.io"]);
}

#[tokio::test]
async fn a_server_that_cannot_answer_now_is_no_empty_cluster() {
    let (client, _) = client(|_, path| match path {
        "/apis" => (200, discovery()),
        _ => refusal(503, "ServiceUnavailable"),
    });
    assert!(is_passing(&find(&client).await.unwrap_err()));
}

#[tokio::test]
async fn only_the_very_object_that_was_found_is_deleted() {
    let (client, asked) = client(|method, path| match (method, path) {
        (_, "/apis") => (200, discovery()),
        (&Method::DELETE, _) => refusal(409, "Conflict"),
        (_, path) if path.contains("/namespaces") => (200, list(&[namespace("webhook-1", MAKER)], "")),
        _ => (200, list(&[], "")),
    });
    let mut left = find(&client).await.unwrap().leftovers.remove(0);
    assert_eq!(
        remove(&client, &left).await.unwrap(),
        Removed::Gone,
        "another has its name"
    );
    let last = asked.lock().unwrap().last().cloned().unwrap();
    assert_eq!(
        (last.0, last.1.as_str()),
        (Method::DELETE, "/api/v1/namespaces/webhook-1?")
    );
    let body: Value = serde_json::from_str(&last.2).unwrap();
    assert_eq!(
        body["preconditions"],
        json!({ "uid": "uid-webhook-1" }),
        "its identity is required"
    );
    assert_eq!(body["propagationPolicy"], "Background");

    let before = asked.lock().unwrap().len();
    left.deleted = Some(jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(remove(&client, &left).await.unwrap(), Removed::Waits);
    assert_eq!(asked.lock().unwrap().len(), before, "no request");
}
