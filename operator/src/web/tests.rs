//! Who gets what of what is served.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use conform_crds::names;
use conform_report::files::hex;
use rstest::rstest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tower::Service;

use super::{Web, router};
use crate::{
    files::Storage,
    test_api::{Asked, api, missing},
};

const JUNIT: &[u8] = b"<testsuites/>";
/// Tokens by whom they are.
const VIEWER: &str = "token-of-viewer";
const STRANGER: &str = "token-of-stranger";

fn run() -> Value {
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "X", "message": "All passed.", "lastTransitionTime": "2026-11-22T10:00:00Z",
        })
    };
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": "nightly", "uid": "u1", "creationTimestamp": "2026-11-22T09:00:00Z" },
        "spec": { "profiles": ["kubernetes"] },
        "status": {
            "serverVersion": "v1.36.3", "completionTime": "2026-11-22T10:00:00Z",
            "present": { "release": "1.36", "required": 446, "passed": 446, "failed": 0, "unevaluated": 0 },
            "conditions": [condition("Succeeded", "True"), condition("PresentConformant", "True")],
        },
    })
}

fn result(place: &str) -> Value {
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "nightly" },
        "spec": { "runName": "nightly" },
        "status": {
            "stored": { "place": place, "folder": "c1/nightly.u1", "time": "2026-11-22T10:00:00Z" },
            "attempts": [{
                "name": "present-1", "stage": "Present", "startTime": "2026-11-22T10:00:00Z",
                "artifacts": [{
                    "name": "junit_01.xml", "bytes": JUNIT.len(), "compressedBytes": 1, "chunks": 1,
                    "sha256": hex(&Sha256::digest(JUNIT)),
                }],
            }],
        },
    })
}

/// Everything on, before an API server that knows a viewer and a stranger, with one file in a folder.
async fn web(content: &[u8]) -> (Router, Asked, TempDir) {
    let folder = TempDir::new().unwrap();
    let storage = crate::files::in_folder(folder.path());
    let file = crate::files::gzip(content);
    storage
        .put("c1/nightly.u1/present-1/junit_01.xml.gz", file)
        .await
        .unwrap();
    let result = result(storage.place());
    let (client, asked) = api(move |method, path, body| match (method.as_str(), path) {
        ("POST", "/apis/authentication.k8s.io/v1/tokenreviews?") => {
            let user = match body["spec"]["token"].as_str() {
                Some(VIEWER) => "viewer",
                Some(STRANGER) => "stranger",
                _ => "",
            };
            let status =
                json!({ "authenticated": !user.is_empty(), "user": { "username": user, "groups": ["g"] } });
            (
                201,
                json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "metadata": {}, "spec": {}, "status": status }),
            )
        }
        ("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews?") => {
            let allowed = body["spec"]["user"] == "viewer" && body["spec"]["groups"][0] == "g";
            let status = json!({ "allowed": allowed });
            (
                201,
                json!({ "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "metadata": {}, "spec": {}, "status": status }),
            )
        }
        ("GET", path) if path.contains("/conformanceruns?") => (
            200,
            json!({ "apiVersion": "conform.dev/v1alpha1", "kind": "List", "metadata": {}, "items": [run()] }),
        ),
        ("GET", path) if path.ends_with("/conformanceruns/nightly") => (200, run()),
        ("GET", path) if path.ends_with("/conformanceresults/nightly") => (200, result.clone()),
        _ => missing(),
    });
    let storage: Option<Storage> = Some(storage);
    (router(Web::new(client, true, storage)), asked, folder)
}

async fn ask(
    router: &mut Router,
    method: Method,
    path: &str,
    header: Option<(&str, &str)>,
) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let response = router.call(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (
        parts.status,
        parts.headers,
        to_bytes(body, 1 << 20).await.unwrap().to_vec(),
    )
}

#[rstest]
#[case::nobody("/reports/", None, 401)]
#[case::basic("/reports/", Some("Basic dTpw"), 401)]
#[case::empty("/reports/", Some("Bearer "), 401)]
#[case::unknown("/reports/", Some("Bearer x"), 401)]
#[case::stranger("/reports/", Some("Bearer token-of-stranger"), 403)]
#[case::viewer("/reports/", Some("Bearer token-of-viewer"), 200)]
#[case::list("/reports/index.json", Some("bearer token-of-viewer"), 200)]
#[case::page("/reports/nightly/", Some("Bearer token-of-viewer"), 200)]
#[case::data("/reports/nightly/report.json", Some("Bearer token-of-viewer"), 200)]
#[case::page_for_strangers("/reports/nightly/", Some("Bearer token-of-stranger"), 403)]
#[case::page_for_nobody("/reports/nightly/", None, 401)]
#[case::no_such_run("/reports/other/", Some("Bearer token-of-viewer"), 404)]
#[case::no_name("/reports/..%2f..%2fsecrets/", Some("Bearer token-of-viewer"), 404)]
#[case::elsewhere("/metrics", Some("Bearer token-of-viewer"), 404)]
#[case::file(
    "/artifacts/nightly/present-1/junit_01.xml",
    Some("Bearer token-of-viewer"),
    200
)]
#[case::file_for_strangers(
    "/artifacts/nightly/present-1/junit_01.xml",
    Some("Bearer token-of-stranger"),
    403
)]
#[case::file_for_nobody("/artifacts/nightly/present-1/junit_01.xml", None, 401)]
#[case::no_such_file("/artifacts/nightly/present-1/secret", Some("Bearer token-of-viewer"), 404)]
#[case::out(
    "/artifacts/nightly/..%2f../junit_01.xml",
    Some("Bearer token-of-viewer"),
    404
)]
#[tokio::test]
async fn the_api_server_says_who_may(#[case] path: &str, #[case] who: Option<&str>, #[case] code: u16) {
    let (mut router, _asked, _folder) = web(JUNIT).await;
    let header = who.map(|who| (header::AUTHORIZATION.as_str(), who));
    let (status, headers, body) = ask(&mut router, Method::GET, path, header).await;
    let said = String::from_utf8_lossy(&body).into_owned();
    assert_eq!(status.as_u16(), code, "{said}");
    assert_eq!(headers.contains_key(header::WWW_AUTHENTICATE), code == 401);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(headers[name], value);
    }
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("script-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!said.contains("token-of"), "no answer repeats a token: {said}");
}

#[tokio::test]
async fn a_page_is_the_plugins_and_the_list_leads_to_it() {
    let (mut router, asked, _folder) = web(JUNIT).await;
    let viewer = Some((header::AUTHORIZATION.as_str(), "Bearer token-of-viewer"));
    let (_, headers, list) = ask(&mut router, Method::GET, "/reports/", viewer).await;
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(String::from_utf8(list).unwrap().contains("<a href=\"nightly/\">"));
    let (_, _, page) = ask(&mut router, Method::GET, "/reports/nightly/", viewer).await;
    assert!(
        String::from_utf8(page)
            .unwrap()
            .contains("<strong>Conformant</strong>")
    );
    let (_, _, data) = ask(&mut router, Method::GET, "/reports/nightly/report.json", viewer).await;
    let data: Value = serde_json::from_slice(&data).unwrap();
    assert_eq!(data["inputs"][0]["verdict"], "Conformant");
    let asked = asked.lock().unwrap();
    let asked_for: Vec<(&Value, &Value, &Value)> = asked
        .iter()
        .filter(|(_, path, _)| path.contains("subjectaccessreviews"))
        .map(|(.., body)| &body["spec"]["resourceAttributes"])
        .map(|asked| (&asked["verb"], &asked["resource"], &asked["name"]))
        .collect();
    assert_eq!(
        json!(asked_for[..3]),
        json!([
            ["list", "conformanceruns", null],
            ["get", "conformanceruns", "nightly"],
            ["get", "conformanceresults", "nightly"],
        ])
    );
}

#[tokio::test]
async fn who_could_read_the_result_gets_its_files() {
    let (mut router, asked, _folder) = web(JUNIT).await;
    let path = names::artifact_path("nightly", "present-1", "junit_01.xml");
    let digest = hex(&Sha256::digest(JUNIT));
    let (status, _, body) = ask(
        &mut router,
        Method::GET,
        &path,
        Some((names::HEADER_DIGEST, &digest)),
    )
    .await;
    assert_eq!((status, body), (StatusCode::OK, crate::files::gzip(JUNIT)));
    let wrong = "0".repeat(64);
    for (path, digest) in [
        (path.as_str(), wrong.as_str()),
        (path.as_str(), ""),
        ("/artifacts/other/present-1/junit_01.xml", digest.as_str()),
        ("/artifacts/nightly/present-1/other", digest.as_str()),
    ] {
        let (status, _, body) = ask(
            &mut router,
            Method::GET,
            path,
            Some((names::HEADER_DIGEST, digest)),
        )
        .await;
        let said = String::from_utf8(body).unwrap();
        assert_eq!(status, StatusCode::FORBIDDEN, "{said}");
        assert!(
            said.contains("is not the digest"),
            "the same whatever there is: {said}"
        );
    }
    assert!(
        !asked
            .lock()
            .unwrap()
            .iter()
            .any(|(_, path, _)| path.contains("tokenreviews"))
    );
}

#[tokio::test]
async fn a_file_that_somebody_changed_is_not_handed_out() {
    let (mut router, _asked, _folder) = web(b"<testsuitez/>").await;
    let viewer = Some((header::AUTHORIZATION.as_str(), "Bearer token-of-viewer"));
    let path = names::artifact_path("nightly", "present-1", "junit_01.xml");
    let (status, _, body) = ask(&mut router, Method::GET, &path, viewer).await;
    let said = String::from_utf8(body).unwrap();
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    for digest in [
        hex(&Sha256::digest(JUNIT)),
        hex(&Sha256::digest(b"<testsuitez/>")),
    ] {
        assert!(said.contains(&digest), "both digests are named: {said}");
    }
}

#[tokio::test]
async fn nothing_is_written_and_what_is_off_is_not_there() {
    let (mut router, _asked, _folder) = web(JUNIT).await;
    let viewer = Some((header::AUTHORIZATION.as_str(), "Bearer token-of-viewer"));
    let (status, ..) = ask(&mut router, Method::POST, "/reports/", viewer).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    let (client, asked) = api(|_, _, _| missing());
    let mut off = super::router(Web::new(client, false, None));
    for path in ["/reports/", "/artifacts/nightly/present-1/junit_01.xml"] {
        assert_eq!(
            ask(&mut off, Method::GET, path, viewer).await.0,
            StatusCode::NOT_FOUND
        );
    }
    assert!(asked.lock().unwrap().is_empty());
}
