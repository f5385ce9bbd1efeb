//! Events on their way to a receiver that is really there, or is not.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    routing::any,
};
use conform_crds::{ConformanceRun, ConformanceSchedule};
use prometheus_client::encoding::text::encode;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, time::Duration};

use super::{Notifier, Receiver, event::Event, notifier, of_run, of_schedule, sign::signature};
use crate::metrics::{NotificationMetrics, registry};

/// What a request brought.
type Got = (Uri, HeaderMap, Bytes);

/// Answers with these codes, the last again and again, and keeps what it gets.
#[derive(Clone)]
struct Server {
    codes: Arc<Mutex<Vec<u16>>>,
    got: watch::Sender<Vec<Got>>,
}

async fn answer(State(server): State<Server>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut codes = server.codes.lock().unwrap();
    let code = if codes.len() > 1 {
        codes.remove(0)
    } else {
        codes[0]
    };
    server.got.send_modify(|got| got.push((uri, headers, body)));
    StatusCode::from_u16(code).unwrap()
}

async fn server(codes: &[u16]) -> (String, watch::Receiver<Vec<Got>>) {
    let (got, told) = watch::channel(Vec::new());
    let server = Server {
        codes: Arc::new(Mutex::new(codes.to_vec())),
        got,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hooks/conform?team=a", listener.local_addr().unwrap());
    let router = Router::new().fallback(any(answer)).with_state(server);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, told)
}

fn run(status: &Value) -> ConformanceRun {
    let run = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": "nightly-1", "uid": "u1" }, "spec": {}, "status": status,
    });
    serde_json::from_value(run).unwrap()
}

fn finished() -> ConformanceRun {
    run(&json!({
        "completionTime": "2026-11-22T10:00:00Z",
        "conditions": [condition("PresentConformant", "True")],
    }))
}

fn condition(kind: &str, status: &str) -> Value {
    json!({
        "type": kind, "status": status, "reason": "AllPassed", "message": "All passed.",
        "lastTransitionTime": "2026-11-22T10:00:00Z",
    })
}

fn event() -> Event {
    of_run(&run(&json!({})), &finished().status.unwrap()).remove(0)
}

/// What happens where nobody is trusted, as in an image with nothing but the operator.
fn nobody(_: kube::Config) -> Result<kube::Client, kube::Error> {
    Err(kube::Error::TlsRequired)
}

/// Tells one event to a receiver where nobody is trusted, and gives what the metrics say once it was dealt with.
async fn told(address: &str, secret: Option<&[u8]>) -> String {
    let mut registry = registry();
    let metrics = NotificationMetrics::register(&mut registry);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), secret.unwrap_or_default()).unwrap();
    let path = secret.map(|_| file.path().to_owned());
    let mut receiver = Receiver::trusting(address, None, path, metrics.clone(), nobody).unwrap();
    receiver.pause = Duration::from_millis(1);
    let (notifier, events) = notifier(metrics, true);
    notifier.tell(vec![event()]);
    drop(notifier);
    receiver.deliver(events).await;
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

fn counted(text: &str, result: &str) -> bool {
    text.contains(&format!("conform_notifications_total{{result=\"{result}\"}} 1"))
}

#[tokio::test]
async fn an_event_comes_whole_and_signed() {
    let (address, got) = server(&[204]).await;
    let text = told(&address, Some(b"s3cret\n")).await;
    assert!(counted(&text, "delivered"), "{text}");
    let (uri, headers, body) = got.borrow()[0].clone();
    assert_eq!(uri.path_and_query().unwrap().as_str(), "/hooks/conform?team=a");
    assert_eq!(
        headers["content-type"],
        "application/cloudevents+json; charset=utf-8"
    );
    let signed = headers["x-conform-signature"].to_str().unwrap();
    let seconds = signed
        .trim_start_matches("t=")
        .split(',')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(signed, signature(b"s3cret", seconds, &body));
    let event: Value = serde_json::from_slice(&body).unwrap();
    insta::assert_json_snapshot!(event);
}

#[rstest]
#[case::at_once(&[200], 1, "delivered")]
#[case::busy_at_first(&[429, 408, 202], 3, "delivered")]
#[case::does_not_want_it(&[410], 1, "refused")]
#[case::broken(&[500], 6, "dropped")]
#[tokio::test]
async fn what_may_help_is_tried_again_and_nothing_for_ever(
    #[case] codes: &[u16],
    #[case] tries: usize,
    #[case] result: &str,
) {
    let (address, got) = server(codes).await;
    let text = told(&address, None).await;
    assert!(counted(&text, result), "{text}");
    assert_eq!(got.borrow().len(), tries);
    assert!(!got.borrow()[0].1.contains_key("x-conform-signature"));
}

#[tokio::test]
async fn a_receiver_that_is_away_is_given_up() {
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert!(counted(&told(&address, None).await, "dropped"));
}

#[tokio::test]
async fn nothing_is_sent_unsigned_if_it_is_to_be_signed() {
    let (address, got) = server(&[200]).await;
    assert!(counted(&told(&address, Some(b" \n")).await, "dropped"));
    assert!(got.borrow().is_empty());
}

#[tokio::test]
async fn without_authorities_an_https_receiver_is_told_nothing_and_the_operator_starts() {
    let text = told("https://127.0.0.1:9/", None).await;
    assert!(counted(&text, "dropped"), "{text}");
}

#[test]
fn a_file_of_authorities_that_cannot_be_read_is_refused_and_an_empty_one_is_nobody() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let receiver = |text: &str| {
        std::fs::write(file.path(), text).unwrap();
        let metrics = NotificationMetrics::register(&mut registry());
        Receiver::new(
            "https://127.0.0.1:9/",
            Some(file.path().to_owned()),
            None,
            metrics,
        )
    };
    assert!(receiver("").is_ok());
    let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    let refused = receiver(broken).err().unwrap().to_string();
    assert!(refused.contains("cannot read certificates in"), "{refused}");
}

#[test]
fn whoever_tells_never_waits() {
    let mut registry = registry();
    let metrics = NotificationMetrics::register(&mut registry);
    let (queue, events) = notifier(metrics.clone(), true);
    for _ in 0..300 {
        queue.tell(vec![event()]);
    }
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    assert!(
        text.contains("conform_notifications_total{result=\"dropped\"} 44"),
        "{text}"
    );
    drop(events);
    let (nobody, _events): (Notifier, _) = notifier(metrics, false);
    nobody.tell(vec![event()]);
}

#[rstest]
#[case("hooks.example.com")]
#[case("ftp://hooks.example.com/")]
#[case("https://")]
#[case("")]
fn what_is_no_webhook_is_refused(#[case] address: &str) {
    let metrics = NotificationMetrics::register(&mut registry());
    let refused = Receiver::new(address, None, None, metrics)
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("is no address"), "{refused}");
}

#[test]
fn the_end_of_a_run_is_told_once() {
    let after = finished().status.unwrap();
    assert_eq!(of_run(&run(&json!({})), &after).len(), 1);
    assert!(of_run(&finished(), &after).is_empty());
    assert!(of_run(&run(&json!({})), &run(&json!({})).status.unwrap()).is_empty());
}

#[rstest]
#[case::first_known(None, "False", true)]
#[case::not_known_before(Some("Unknown"), "True", true)]
#[case::changed(Some("True"), "False", true)]
#[case::the_same(Some("True"), "True", false)]
#[case::not_known_now(Some("True"), "Unknown", false)]
fn a_schedule_tells_what_has_changed(#[case] before: Option<&str>, #[case] after: &str, #[case] told: bool) {
    let schedule = |status: Value| -> ConformanceSchedule {
        let schedule = json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule",
            "metadata": { "name": "nightly", "uid": "u2" },
            "spec": { "schedule": "@daily", "runTemplate": {} }, "status": status,
        });
        serde_json::from_value(schedule).unwrap()
    };
    let with = |status: &str| schedule(json!({ "conditions": [condition("Regressed", status)] }));
    let was = before.map_or_else(|| schedule(json!({})), with);
    let events = of_schedule(&was, &with(after).status.unwrap());
    let kinds: Vec<&str> = events.iter().map(|event| event.kind).collect();
    let expected: &[&str] = if told {
        &["dev.conform.schedule.regressed"]
    } else {
        &[]
    };
    assert_eq!(kinds, expected);
}
