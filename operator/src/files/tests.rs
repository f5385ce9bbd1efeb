//! Files on their way to a folder, and to a real S3 server.

use std::{collections::BTreeMap, io::Write, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use conform_crds::{ConformanceRun, names};
use conform_report::files::hex;
use flate2::{Compression, write::GzEncoder};
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{
    keep::{KeepError, Kept, keep},
    keeper::{forget, sweep},
    storage::{Settings, Storage, StorageError},
};
use crate::test_api::{Asked, api, missing, world};

const UID: &str = "0b7c1f0e-8f52-4f55-9d56-1d8f6ad5c0a1";
const JUNIT: &[u8] = b"<testsuites/>";

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub fn in_folder(folder: &Path) -> Storage {
    Storage::open(&Settings {
        place: format!("file://{}", folder.display()),
        ..Settings::default()
    })
    .unwrap()
}

fn run() -> ConformanceRun {
    let run = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": "nightly", "uid": UID }, "spec": {},
    });
    serde_json::from_value(run).unwrap()
}

/// A result with one file, whose digest is said to be that of `said`.
pub fn result(said: &[u8], stored: &Value) -> Value {
    let compressed = gzip(JUNIT).len();
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "nightly", "uid": "r1" },
        "spec": { "runName": "nightly" },
        "status": { "stored": stored, "attempts": [{
            "name": "present-1", "stage": "Present", "startTime": "2026-11-22T10:00:00Z",
            "artifacts": [{
                "name": "junit_01.xml", "bytes": JUNIT.len(), "compressedBytes": compressed,
                "sha256": hex(&Sha256::digest(said)), "chunks": 1,
            }],
        }] },
    })
}

/// An API server with a run's result, its chunk, and namespace kube-system.
fn server(result: Value) -> impl Fn(&Method, &str, &Value) -> (u16, Value) + Send + 'static {
    move |method, path, _| match method.as_str() {
        "GET" if path.contains("/configmaps?") => {
            let chunk = json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": { "name": "c", "annotations": { (names::ANNOTATION_CHUNK): "0" } },
                "binaryData": { (names::CHUNK_KEY): BASE64_STANDARD.encode(gzip(JUNIT)) },
            });
            let list =
                json!({ "apiVersion": "v1", "kind": "ConfigMapList", "metadata": {}, "items": [chunk] });
            (200, list)
        }
        "GET" if path.contains("/namespaces?") => {
            let namespace = json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": { "name": "kube-system", "uid": "c1" },
            });
            let list = json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadataList", "metadata": {}, "items": [namespace],
            });
            (200, list)
        }
        "GET" if path.contains("/conformanceruns/nightly") => {
            let run = json!({
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": { "name": "nightly", "uid": UID },
            });
            (200, run)
        }
        "GET" if path.contains("/conformanceruns/") => missing(),
        "DELETE" => (
            200,
            json!({ "kind": "Status", "apiVersion": "v1", "status": "Success", "metadata": {} }),
        ),
        _ => (200, result.clone()),
    }
}

fn did(asked: &Asked, method: &Method, part: &str) -> Option<Value> {
    let asked = asked.lock().unwrap();
    let mut found = asked
        .iter()
        .filter(|(did, path, _)| did == method && path.contains(part));
    found.next_back().map(|(.., body)| body.clone())
}

#[tokio::test]
async fn a_runs_files_are_moved_and_only_then_taken_away() {
    let folder = TempDir::new().unwrap();
    let storage = in_folder(folder.path());
    let (client, asked) = api(server(result(JUNIT, &Value::Null)));
    let world = world(client, None);
    assert_eq!(keep(&world, &storage, "c1", &run()).await.unwrap(), Kept::Stored);
    let file = folder
        .path()
        .join(format!("c1/nightly.{UID}/present-1/junit_01.xml.gz"));
    assert_eq!(std::fs::read(&file).unwrap(), gzip(JUNIT));
    let said = did(&asked, &Method::PATCH, "/conformanceresults/nightly/status").unwrap();
    assert_eq!(said["status"]["stored"]["folder"], format!("c1/nightly.{UID}"));
    assert_eq!(said["metadata"]["uid"], "r1", "no other run's result is touched");
    assert!(did(&asked, &Method::DELETE, "/configmaps?").is_some());
    let order: Vec<Method> = asked
        .lock()
        .unwrap()
        .iter()
        .map(|(method, ..)| method.clone())
        .collect();
    assert_eq!(order.last(), Some(&Method::DELETE));
}

#[tokio::test]
async fn an_operator_that_was_killed_after_the_record_only_tidies_up() {
    let folder = TempDir::new().unwrap();
    let stored = json!({ "place": "x", "folder": "y", "time": "2026-11-22T10:00:00Z" });
    let (client, asked) = api(server(result(JUNIT, &stored)));
    let kept = keep(&world(client, None), &in_folder(folder.path()), "c1", &run()).await;
    assert_eq!(kept.unwrap(), Kept::Stored);
    assert!(did(&asked, &Method::PATCH, "/conformanceresults").is_none());
    assert!(did(&asked, &Method::DELETE, "/configmaps?").is_some());
}

#[tokio::test]
async fn a_file_that_is_not_what_the_runner_saw_stays_where_it_is() {
    let folder = TempDir::new().unwrap();
    let (client, asked) = api(server(result(b"other", &Value::Null)));
    let error = keep(&world(client, None), &in_folder(folder.path()), "c1", &run())
        .await
        .unwrap_err();
    let (one, other) = (hex(&Sha256::digest(b"other")), hex(&Sha256::digest(JUNIT)));
    let said = error.to_string();
    assert!(said.contains(&one) && said.contains(&other), "{said}");
    assert!(matches!(error, KeepError::File(_)), "trying again does not help");
    assert!(did(&asked, &Method::PATCH, "").is_none() && did(&asked, &Method::DELETE, "").is_none());
}

#[tokio::test]
async fn storage_that_is_away_takes_nothing_from_the_api_server() {
    let folder = TempDir::new().unwrap();
    let storage = in_folder(folder.path());
    std::fs::write(folder.path().join("c1"), "a file where a folder should be").unwrap();
    let (client, asked) = api(server(result(JUNIT, &Value::Null)));
    let error = keep(&world(client, None), &storage, "c1", &run())
        .await
        .unwrap_err();
    assert!(
        matches!(error, KeepError::Storage(StorageError::Refused { .. })),
        "{error}"
    );
    assert!(did(&asked, &Method::PATCH, "").is_none() && did(&asked, &Method::DELETE, "").is_none());
}

#[tokio::test]
async fn files_go_with_their_run_and_no_others() {
    let folder = TempDir::new().unwrap();
    let storage = in_folder(folder.path());
    for run in [
        format!("c1/nightly.{UID}"),
        "c1/nightly.other".to_owned(),
        "c1/gone.u2".to_owned(),
        "c2/gone.u3".to_owned(),
    ] {
        storage
            .put(&format!("{run}/present-1/e2e.log.gz"), vec![1])
            .await
            .unwrap();
    }
    let (client, _) = api(server(Value::Null));
    let world = world(client, Some(storage.clone()));
    sweep(&world, &storage, "c1").await.unwrap();
    assert_eq!(storage.folders("c1").await.unwrap(), [format!("nightly.{UID}")]);
    assert_eq!(
        storage.folders("c2").await.unwrap(),
        ["gone.u3"],
        "another cluster's"
    );
    forget(&world, &run()).await;
    assert!(storage.folders("c1").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_run_is_let_go_though_its_files_cannot_be_removed() {
    let (client, asked) = api(server(Value::Null));
    let storage = Storage::open(&Settings {
        place: "s3://bucket".to_owned(),
        // Nobody listens there.
        endpoint: Some("http://127.0.0.1:9".to_owned()),
        ..Settings::default()
    });
    forget(&world(client, Some(storage.unwrap())), &run()).await;
    let event = did(&asked, &Method::POST, "/events").unwrap();
    assert_eq!(event["reason"], "FilesRemain");
}

#[test]
fn a_place_that_is_none_is_named() {
    for (place, said) in [
        ("s3://", "names no bucket"),
        ("gs://bucket", "is no storage"),
        ("/folder", "is no storage"),
        ("file://folder", "is no folder"),
    ] {
        let settings = Settings {
            place: place.to_owned(),
            ..Settings::default()
        };
        let error = Storage::open(&settings).unwrap_err().to_string();
        assert!(
            error.contains(said) && error.contains(place.trim_end_matches('/')),
            "{error}"
        );
    }
}

/// A real S3 server. The environment of the test says where it is and who we are; the first case is right, the others are not.
#[tokio::test]
#[ignore = "needs an S3 server: cargo xtask test"]
async fn a_real_s3_server_keeps_gives_and_removes() {
    let endpoint = std::env::var("CONFORM_TEST_S3").expect("CONFORM_TEST_S3 names the server");
    let open = |endpoint: &str| {
        Storage::open(&Settings {
            place: "s3://conform/a/b".to_owned(),
            endpoint: Some(endpoint.to_owned()),
            region: Some("us-east-1".to_owned()),
            authorities: None,
        })
        .unwrap()
    };
    let storage = open(&endpoint);
    let large = vec![7; 16 << 20];
    let files: BTreeMap<&str, Vec<u8>> = BTreeMap::from([
        ("c1/x.u1/present-1/e2e.log.gz", large),
        ("c1/x.u1/present-1/junit_01.xml.gz", vec![1, 2]),
    ]);
    for (name, bytes) in &files {
        storage.put(name, bytes.clone()).await.unwrap();
        assert_eq!(storage.get(name, 17 << 20).await.unwrap(), bytes);
    }
    assert_eq!(storage.folders("c1").await.unwrap(), ["x.u1"]);
    let error = storage
        .get("c1/x.u1/present-1/e2e.log.gz", 1000)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StorageError::TooLarge {
                bytes: 16_777_216,
                most: 1000,
                ..
            }
        ),
        "{error}"
    );
    storage.remove("c1/x.u1").await.unwrap();
    storage.remove("c1/x.u1").await.unwrap();
    let error = storage
        .get("c1/x.u1/present-1/junit_01.xml.gz", 10)
        .await
        .unwrap_err();
    assert!(matches!(error, StorageError::Missing { .. }), "{error}");

    let away = open("http://127.0.0.1:9").put("x", vec![1]).await.unwrap_err();
    assert!(matches!(away, StorageError::Refused { .. }), "{away}");
}

/// The same server asked by somebody whom it does not know.
#[tokio::test]
#[ignore = "needs an S3 server: cargo xtask test"]
async fn a_real_s3_server_refuses_who_is_not_known() {
    let storage = Storage::open(&Settings {
        place: "s3://conform/a/b".to_owned(),
        endpoint: Some(std::env::var("CONFORM_TEST_S3").expect("CONFORM_TEST_S3 names the server")),
        region: Some("us-east-1".to_owned()),
        authorities: None,
    });
    let error = storage.unwrap().put("x", vec![1]).await.unwrap_err().to_string();
    assert!(error.contains("403") || error.contains("credentials"), "{error}");
    assert!(!error.contains("not-the-secret"), "{error}");
}
