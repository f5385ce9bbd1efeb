//! Verbs against an API server that is played by a function.

mod bundle;
mod import;
mod many;
mod stored;

use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::{Client, client::Body};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use crate::{
    artifact,
    cluster::Cluster,
    error::Error,
    follow::{Followed, follow},
    install::Remover,
    printer::Printer,
    progress::Display,
    verbs::left_behind_for_test,
};
use conform_report::merged_rows;

/// What was asked of the API server: method, path with query, body.
pub type Asked = Arc<Mutex<Vec<(Method, String, String)>>>;

/// Instead of a code: the request is never answered, as a watch of something that does not change.
pub const SILENCE: u16 = 0;

/// A cluster whose API server answers each request with what `answer` makes of it.
pub fn cluster(answer: impl Fn(&Method, &str, usize) -> (u16, String) + Send + 'static) -> (Cluster, Asked) {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Some((request, send)) = handle.next_request().await {
            let (parts, body) = request.into_parts();
            let body = body.collect_bytes().await.unwrap_or_default();
            let path = parts.uri.to_string();
            let mut log = log.lock().unwrap();
            let before = log
                .iter()
                .filter(|(method, asked, _)| (method, asked) == (&parts.method, &path))
                .count();
            let (code, text) = answer(&parts.method, &path, before);
            log.push((parts.method, path, String::from_utf8_lossy(&body).into_owned()));
            if code == SILENCE {
                silent.push(send);
                continue;
            }
            let response = Response::builder()
                .status(code)
                .body(Body::from(text.into_bytes()))
                .unwrap();
            send.send_response(response);
        }
    });
    (Cluster::for_test(Client::new(service, "default")), asked)
}

fn run(version: u32, succeeded: &str, finalizers: &[&str]) -> Value {
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": "x", "uid": "1", "resourceVersion": version.to_string(), "finalizers": finalizers },
        "spec": {},
        "status": { "conditions": [{
            "type": "Succeeded", "status": succeeded, "reason": "Running", "message": "",
            "lastTransitionTime": "2026-11-22T10:00:00Z",
        }] },
    })
}

fn list(items: &[Value]) -> String {
    json!({ "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRunList", "metadata": { "resourceVersion": "5" }, "items": items })
        .to_string()
}

fn event(kind: &str, object: &Value) -> String {
    format!("{}\n", json!({ "type": kind, "object": object }))
}

fn missing(kind: &str, name: &str) -> (u16, String) {
    let status = json!({
        "kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found",
        "details": { "name": name, "kind": kind },
    });
    (404, status.to_string())
}

#[tokio::test(start_paused = true)]
async fn watching_survives_an_api_server_that_goes_away() {
    let (cluster, asked) = cluster(
        |_, path, before| match (path.contains("watch="), path.ends_with("/x")) {
            (true, _) if before == 0 => (200, event("MODIFIED", &run(6, "Unknown", &[]))),
            // The connection is lost and the server is down for two tries.
            (true, _) if before < 3 => (500, "overloaded".to_owned()),
            (true, _) => (200, event("MODIFIED", &run(7, "True", &[]))),
            (false, true) => (200, run(4, "Unknown", &[]).to_string()),
            (false, false) => (200, list(&[run(5, "Unknown", &[])])),
        },
    );
    let printer = Printer::new();
    let followed = follow(&cluster, "x", None, &mut Display::new(&printer))
        .await
        .unwrap();
    assert!(matches!(followed, Followed::Finished(_)));
    assert!(asked.lock().unwrap().len() > 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_deleted_or_never_ends_is_no_hang() {
    let (deleted, _) = cluster(|_, path, _| match path.contains("watch=") {
        true => (200, event("DELETED", &run(6, "Unknown", &[]))),
        false if path.ends_with("/x") => (200, run(4, "Unknown", &[]).to_string()),
        false => (200, list(&[run(5, "Unknown", &[])])),
    });
    let printer = Printer::new();
    let outcome = follow(&deleted, "x", None, &mut Display::new(&printer)).await;
    assert!(matches!(outcome, Err(Error::Gone(name)) if name == "x"));

    let (endless, _) = cluster(|_, path, _| match path.contains("watch=") {
        true => (SILENCE, String::new()),
        false if path.ends_with("/x") => (200, run(4, "Unknown", &[]).to_string()),
        false => (200, list(&[run(5, "Unknown", &[])])),
    });
    let limit = Some(Duration::from_mins(1));
    let outcome = follow(&endless, "x", limit, &mut Display::new(&printer)).await;
    assert!(matches!(outcome, Err(Error::TimedOut(_))));
}

#[tokio::test(start_paused = true)]
async fn without_an_operator_the_finalizer_is_taken_off() {
    const OURS: &str = conform_crds::names::FINALIZER;
    let (cluster, asked) = cluster(|method, path, _| match *method {
        Method::DELETE | Method::PATCH => (200, run(6, "Unknown", &[OURS, "example.com/theirs"]).to_string()),
        _ if path.contains("/deployments/") => missing("deployments", "conform-operator"),
        _ if path.contains("watch=") => (SILENCE, String::new()),
        _ if path.ends_with("/x") => (200, run(5, "Unknown", &[OURS, "example.com/theirs"]).to_string()),
        _ => (200, list(&[run(5, "Unknown", &[OURS, "example.com/theirs"])])),
    });
    let printer = Printer::new();
    let remover = Remover::new(&cluster, &printer, Instant::now() + Duration::from_mins(5));
    remover.runs().await.unwrap();
    let asked = asked.lock().unwrap();
    let patches: Vec<&String> = asked
        .iter()
        .filter(|(method, ..)| method == Method::PATCH)
        .map(|(_, _, body)| body)
        .collect();
    assert_eq!(
        patches,
        [r#"{"metadata":{"finalizers":["example.com/theirs"],"resourceVersion":"5"}}"#]
    );
}

#[tokio::test(start_paused = true)]
async fn files_of_runs_go_before_the_kind_that_says_whose_they_are() {
    let (cluster, asked) = cluster(|_, _, _| (200, list(&[])));
    let printer = Printer::new();
    let remover = Remover::new(&cluster, &printer, Instant::now() + Duration::from_mins(5));
    remover.files().await.unwrap();
    let asked = asked.lock().unwrap();
    let [(method, path, _)] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!(*method, Method::DELETE);
    let wanted = "/api/v1/namespaces/conform-system/configmaps?&labelSelector=conform.dev%2Fartifact";
    assert_eq!(path, wanted);
}

#[tokio::test(start_paused = true)]
async fn without_custom_resources_there_are_no_runs_to_remove() {
    let (cluster, asked) = cluster(|_, _, _| (404, "404 page not found\n".to_owned()));
    let printer = Printer::new();
    Remover::new(&cluster, &printer, Instant::now() + Duration::from_mins(5))
        .runs()
        .await
        .unwrap();
    assert_eq!(asked.lock().unwrap().len(), 1);
}

/// Namespaces that tests of an active run and of one that is gone made, and one of somebody else's.
fn namespaces() -> String {
    let made_by = |name: &str, manager: &str| {
        json!({ "metadata": { "name": name, "uid": name, "managedFields": [{
            "manager": manager, "operation": "Update",
            "fieldsV1": { "f:metadata": { "f:labels": { "f:kubernetes.io/metadata.name": {} } } },
        }] } })
    };
    json!({ "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": {}, "items": [
        made_by("of-active", "conform:x:1:present-1"),
        made_by("of-gone", "conform:x:0:present-1"),
        made_by("of-nobody", "kubectl-create"),
    ] })
    .to_string()
}

#[tokio::test]
async fn what_is_left_is_known_only_if_the_runs_are() {
    let answer = |runs: (u16, String)| {
        move |_: &Method, path: &str, _: usize| match path.split('?').next().unwrap() {
            // Nothing but the core group is served.
            "/apis" => (
                200,
                json!({ "metadata": {}, "items": [{ "metadata": { "name": "none" } }] }).to_string(),
            ),
            "/api/v1/namespaces" => (200, namespaces()),
            "/apis/conform.dev/v1alpha1/conformanceruns" => runs.clone(),
            _ => (200, list(&[])),
        }
    };
    let active = (200, list(&[run(5, "Unknown", &[])]));
    let (with_runs, asked) = cluster(answer(active));
    let (left, _) = left_behind_for_test(&[], &with_runs).await.unwrap();
    let names: Vec<&str> = left.iter().map(|leftover| leftover.name.as_str()).collect();
    assert_eq!(names, ["of-gone"]);
    let last = asked.lock().unwrap().last().cloned().unwrap().1;
    assert!(last.contains("/conformanceruns"), "runs are read last: {last}");
    let (left, _) = left_behind_for_test(&["other".to_owned()], &with_runs)
        .await
        .unwrap();
    assert!(left.is_empty());

    let (without_conform, _) = cluster(answer((404, "404 page not found\n".to_owned())));
    let (left, _) = left_behind_for_test(&[], &without_conform).await.unwrap();
    assert_eq!(left.len(), 2, "no run is active");

    let status =
        json!({ "kind": "Status", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "no" });
    let (not_allowed, _) = cluster(answer((403, status.to_string())));
    assert!(left_behind_for_test(&[], &not_allowed).await.is_err());
}

#[tokio::test]
async fn a_missing_artifact_is_named() {
    let (cluster, asked) = cluster(|_, _, _| {
        (
            200,
            json!({ "apiVersion": "v1", "kind": "ConfigMapList", "metadata": {}, "items": [] }).to_string(),
        )
    });
    let junit = serde_json::from_value(json!({
        "name": "junit_01.xml", "bytes": 10, "compressedBytes": 5, "sha256": "", "chunks": 2,
    }))
    .unwrap();
    let result = serde_json::from_value(json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "x" },
        "spec": { "runName": "x" },
    }))
    .unwrap();
    let error = artifact::fetch(&cluster, &result, "present-1", &junit)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "junit_01.xml: chunk 0 of 2 is missing in the cluster. If the run has just ended, try again"
    );
    let asked = asked.lock().unwrap();
    let (_, path, _) = asked.first().unwrap();
    assert!(
        path.starts_with("/api/v1/namespaces/conform-system/configmaps?"),
        "{path}"
    );
    for label in [
        "conform.dev%2Frun%3Dx",
        "conform.dev%2Fattempt%3Dpresent-1",
        "conform.dev%2Fartifact%3Djunit_01.xml",
    ] {
        assert!(path.contains(label), "{path}");
    }
}

#[test]
fn a_later_attempt_completes_an_earlier_one() {
    let test = |name: &str, outcome: &str| {
        json!({
            "name": name, "requiredIn": "1.20", "authority": "Upstream", "area": "Node", "selected": true,
            "outcome": outcome,
        })
    };
    let attempt = |name: &str, minute: u8, tests: Value| json!({ "name": name, "stage": "Present", "startTime": format!("2026-11-22T10:{minute:02}:00Z"), "tests": tests });
    let result = serde_json::from_value(json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "x" },
        "spec": { "runName": "x" },
        "status": { "attempts": [
            attempt("present-2", 9, json!([test("a", "NotRun"), test("b", "Failed")])),
            attempt("present-1", 1, json!([test("a", "Passed"), test("b", "Interrupted")])),
        ] },
    }))
    .unwrap();
    let rows: Vec<String> = merged_rows(&result, None)
        .iter()
        .map(|row| format!("{} {:?}", row.name, row.outcome))
        .collect();
    assert_eq!(rows, ["a Passed", "b Failed"]);
}
