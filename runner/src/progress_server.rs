//! Where the suite posts its progress: a listener on loopback that believes nothing about sizes and times.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use conform_suite::{Outcome, ProgressEvent, progress};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
};

use crate::seen::Seen;

/// Connections at a time. The suite opens one for each event, and waits 10 s for an answer.
const MAX_CONNECTIONS: usize = 64;
/// Longest time for a request, from its first byte to its answer.
const REQUEST_TIME: Duration = Duration::from_secs(10);

/// The listener, and its URL for the suite.
pub async fn bind() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}/", listener.local_addr()?);
    Ok((listener, url))
}

/// Answers reports and passes on what they say, until nobody listens to `events`.
pub async fn serve(listener: TcpListener, events: mpsc::Sender<Seen>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("cannot accept a progress report: {error}");
                // Out of file descriptors, most likely: at once it would be the same.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if events.is_closed() {
            return;
        }
        let events = events.clone();
        tokio::spawn(async move {
            // The suite never tries again and never reads the answer, so there is nobody to tell of an error.
            let _ = tokio::time::timeout(2 * REQUEST_TIME, answer(stream, events)).await;
            drop(place);
        });
    }
}

async fn answer(stream: TcpStream, events: mpsc::Sender<Seen>) -> hyper::Result<()> {
    let service = service_fn(move |request| {
        let events = events.clone();
        async move {
            let mut response = Response::new(Empty::<Bytes>::new());
            *response.status_mut() = receive(request, &events).await;
            Ok::<_, Infallible>(response)
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIME)
        // One event, one connection: idle ones would use up the places.
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

async fn receive(request: Request<Incoming>, events: &mpsc::Sender<Seen>) -> StatusCode {
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    // A length that is too large need not be waited for.
    if request.body().size_hint().lower() > progress::MAX_BYTES as u64 {
        return StatusCode::PAYLOAD_TOO_LARGE;
    }
    let body = match Limited::new(request.into_body(), progress::MAX_BYTES)
        .collect()
        .await
    {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::warn!("a progress report was cut off: {error}");
            return StatusCode::PAYLOAD_TOO_LARGE;
        }
    };
    let (name, outcome) = match progress::parse(&body) {
        Ok(ProgressEvent::Passed(name)) => (name, Outcome::Passed),
        Ok(ProgressEvent::Failed(name)) => (name, Outcome::Failed),
        Ok(ProgressEvent::Started { .. } | ProgressEvent::Completed) => return StatusCode::OK,
        Err(error) => {
            tracing::debug!("{error}");
            // The suite also posts reports that say nothing, and writes every refusal into its own log.
            return StatusCode::OK;
        }
    };
    // Only a run that is over does not listen.
    let _ = events
        .send(Seen::Ended {
            name,
            outcome,
            duration: None,
        })
        .await;
    StatusCode::OK
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn post(request: &[u8]) -> (String, Option<Seen>) {
        let (listener, url) = bind().await.unwrap();
        let (sender, mut events) = mpsc::channel(4);
        tokio::spawn(serve(listener, sender));
        let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        (
            response.lines().next().unwrap_or_default().to_owned(),
            events.try_recv().ok(),
        )
    }

    #[tokio::test]
    async fn passes_an_event_on() {
        let body = r#"{"msg":"PASSED [sig-node] Pods run","total":1}"#;
        let request = format!(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let (status, event) = post(request.as_bytes()).await;
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert!(
            matches!(event, Some(Seen::Ended { name, outcome: Outcome::Passed, .. }) if name.as_str() == "[sig-node] Pods run")
        );
    }

    #[rstest]
    #[case("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 Method Not Allowed")]
    #[case(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{]",
        "HTTP/1.1 200 OK"
    )]
    #[case(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        "HTTP/1.1 413 Payload Too Large"
    )]
    #[tokio::test]
    async fn believes_nothing_that_is_no_report(#[case] request: &str, #[case] expected: &str) {
        let (status, event) = post(request.as_bytes()).await;
        assert_eq!((status.as_str(), event), (expected, None));
    }
}
