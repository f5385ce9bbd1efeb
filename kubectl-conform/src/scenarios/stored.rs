//! Files that the operator keeps in storage.

use conform_crds::{Artifact, ConformanceResult};
use conform_report::files::hex;
use sha2::{Digest, Sha256};

use super::{super::artifact, Asked, cluster, json};

const LOG: &[u8] = b"Will run 1 of 7500 specs\n";
const PATH: &str = "/api/v1/namespaces/conform-system/services/conform-operator-web:web/proxy/artifacts/nightly/present-1/e2e.log";

fn result() -> ConformanceResult {
    let result = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "nightly" },
        "spec": { "runName": "nightly" },
        "status": {
            "stored": { "place": "s3://bucket", "folder": "c1/nightly.u1", "time": "2026-11-22T10:00:00Z" },
            "attempts": [{
                "name": "present-1", "stage": "Present", "startTime": "2026-11-22T10:00:00Z",
                "artifacts": [{ "name": "e2e.log", "bytes": LOG.len(), "compressedBytes": 1, "chunks": 1, "sha256": hex(&Sha256::digest(LOG)) }],
            }],
        },
    });
    serde_json::from_value(result).unwrap()
}

fn paths(asked: &Asked) -> Vec<String> {
    asked
        .lock()
        .unwrap()
        .iter()
        .map(|(_, path, _)| path.clone())
        .collect()
}

/// Asks for the log of a run; the API server answers with this code and text, by whether TLS is to be spoken behind it.
async fn asked(
    answer: impl Fn(bool) -> (u16, String) + Send + 'static,
) -> (Result<Vec<u8>, String>, Vec<String>) {
    let (cluster, asked) = cluster(move |_, path, _| answer(path.contains("/https:")));
    let result = result();
    let attempt = &result.status.as_ref().unwrap().attempts[0];
    let log: &Artifact = &attempt.artifacts[0];
    let got = artifact::fetch(&cluster, &result, &attempt.name, log).await;
    (got.map_err(|error| error.to_string()), paths(&asked))
}

fn status(message: &str) -> String {
    json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "code": 503 })
        .to_string()
}

#[tokio::test]
async fn the_operator_is_asked_through_the_api_server() {
    // What these answers hold is text, so the file is no gzip stream and is refused; what counts is the way to it.
    let (got, paths) = asked(|_| (200, "no gzip".to_owned())).await;
    assert!(got.unwrap_err().contains("cannot be unpacked"));
    assert_eq!(paths, [PATH]);
}

#[tokio::test]
async fn an_operator_with_tls_is_found_and_one_that_is_away_is_named() {
    let (got, paths) = asked(|tls| (if tls { 200 } else { 502 }, status("EOF"))).await;
    assert!(got.is_err(), "a Status is no file");
    assert_eq!(
        paths,
        [PATH.to_owned(), PATH.replace("services/", "services/https:")]
    );
    let (got, _) = asked(|_| (503, status("no endpoints available for service"))).await;
    let said = got.unwrap_err();
    assert!(
        said.contains("no endpoints available") && said.contains("The operator has to run"),
        "{said}"
    );
}

#[tokio::test]
async fn what_the_operator_refuses_is_not_asked_again() {
    let (got, paths) = asked(|_| {
        (
            502,
            "e2e.log: expected SHA-256 aa, found bb\n\u{1b}[2J".to_owned(),
        )
    })
    .await;
    let said = got.unwrap_err();
    assert!(
        said.contains("expected SHA-256 aa, found bb") && !said.contains('\u{1b}'),
        "{said}"
    );
    assert_eq!(paths.len(), 1);
}
