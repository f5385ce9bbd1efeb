use rstest::rstest;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::mpsc,
};

use conform_suite::Outcome;

use super::*;
use crate::parallel::log::Log;

const SECRET: &str = "5ec2e7";

/// A server for two processes; gives its address and what it tells of tests.
async fn server() -> (String, mpsc::Receiver<Seen>) {
    let (log, _) = Log::start(tempfile::tempfile().unwrap()).unwrap();
    let (events, received) = mpsc::channel(4);
    let (listener, base) = bind(SECRET).await.unwrap();
    let shared = Arc::new(Shared::new(2, events, log));
    shared.lock().queue.go_plain();
    tokio::spawn(serve(listener, SECRET.to_owned(), shared));
    (base.strip_prefix("http://").unwrap().to_owned(), received)
}

async fn ask(base: &str, method: &str, path: &str, head: &str, body: &str) -> String {
    let (address, secret) = base.split_once('/').unwrap();
    let path = path.replace("SECRET", secret);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn a_process_is_answered_and_its_test_is_told() {
    let (base, mut events) = server().await;
    let counter = ask(&base, "GET", "/SECRET/2/counter", "", "").await;
    assert!(counter.ends_with("\r\n\r\n{\"Index\":0}"), "{counter}");

    let body = include_str!("../recorded/did-run.json");
    let length = format!("Content-Length: {}\r\n", body.len());
    let done = ask(&base, "POST", "/SECRET/2/did-run", &length, body).await;
    assert!(done.starts_with("HTTP/1.1 200 "), "{done}");
    let Seen::Ended {
        name,
        outcome,
        duration,
    } = events.recv().await.unwrap()
    else {
        panic!()
    };
    assert_eq!(
        name.as_str(),
        "[sig-node] ConfigMap should run through a ConfigMap lifecycle [Conformance]"
    );
    assert_eq!(outcome, Outcome::Passed);
    assert!(duration.unwrap() > Duration::ZERO);
}

#[rstest]
#[case("GET", "/SECRET/1/counter/", "", "404")]
#[case("GET", "/other/1/counter", "", "404")]
#[case("GET", "/SECRET/0/counter", "", "404")]
#[case("GET", "/SECRET/3/counter", "", "404")]
#[case("GET", "/SECRET/1/did-run", "", "404")]
#[case("POST", "/SECRET/1/did-run", "Content-Length: 99999999\r\n", "413")]
#[case("POST", "/SECRET/1/did-run", "Content-Length: 0\r\n", "400")]
#[case("GET", "/SECRET/2/before-suite-state", "", "425")]
#[case("POST", "/SECRET/2/suite-did-end", "Content-Length: 0\r\n", "200")]
#[tokio::test]
async fn believes_nothing_that_no_process_sends(
    #[case] method: &str,
    #[case] path: &str,
    #[case] head: &str,
    #[case] status: &str,
) {
    let (base, mut events) = server().await;
    let response = ask(&base, method, path, head, "").await;
    assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
    assert!(events.try_recv().is_err());
}
