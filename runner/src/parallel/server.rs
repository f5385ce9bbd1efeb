//! The HTTP server of a parallel run, on loopback: what Ginkgo's own server is to its processes.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use conform_suite::TestName;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{
    coordinator::{Reply, Told},
    endpoint::Endpoint,
    shared::Shared,
    show,
};
use crate::seen::Seen;

/// Connections at a time: each process has a few.
const MAX_CONNECTIONS: usize = 512;
/// Longest time for a request to come in. A test's report is large, and its process waits for its share of the machine.
const REQUEST_TIME: Duration = Duration::from_mins(2);

/// The listener, and its address for whoever knows the `secret`; nobody else is heard. A process adds its number.
pub async fn bind(secret: &str) -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}/{secret}", listener.local_addr()?);
    Ok((listener, base))
}

/// Answers the processes until the task is ended.
pub async fn serve(listener: TcpListener, secret: String, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let secret: Arc<str> = secret.into();
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("cannot accept a process of the suite: {error}");
                // Out of file descriptors, most likely: at once it would be the same.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (secret, shared) = (Arc::clone(&secret), Arc::clone(&shared));
        tokio::spawn(async move {
            // A process that breaks off a request has ended, which is seen elsewhere.
            let _ = connection(stream, &secret, &shared).await;
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, secret: &Arc<str>, shared: &Arc<Shared>) -> hyper::Result<()> {
    let service = service_fn(move |request| {
        let (secret, shared) = (Arc::clone(secret), Arc::clone(shared));
        async move { Ok::<_, Infallible>(respond(request, &secret, &shared).await) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service)
        .await
}

async fn respond(request: Request<Incoming>, secret: &str, shared: &Shared) -> Response<Full<Bytes>> {
    let reply = match tokio::time::timeout(REQUEST_TIME, receive(request, secret, shared)).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(status)) => return empty(status),
        Err(_) => return empty(StatusCode::REQUEST_TIMEOUT),
    };
    match reply {
        Reply::Done => empty(StatusCode::OK),
        Reply::Json(body) => Response::new(Full::new(body.into())),
        Reply::TooEarly => empty(StatusCode::TOO_EARLY),
        Reply::Gone => empty(StatusCode::GONE),
        Reply::Bad => empty(StatusCode::BAD_REQUEST),
    }
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

async fn receive(request: Request<Incoming>, secret: &str, shared: &Shared) -> Result<Reply, StatusCode> {
    let post = request.method() == Method::POST;
    let (process, endpoint) =
        destination(request.uri().path(), post, secret, shared.total).ok_or(StatusCode::NOT_FOUND)?;
    let body = body(request.into_body(), endpoint).await?;
    let (reply, told) = shared.lock().answer(process, endpoint, &body);
    // Outcomes first: a log that is slow to write must not hold them.
    for told in told {
        tell(process, told, shared).await;
    }
    match endpoint {
        Endpoint::DidRun => {
            if let Some(text) = show::spec(process, &body) {
                shared.log.write(text).await;
            }
        }
        Endpoint::EmitOutput => shared.log.write(body).await,
        _ => {}
    }
    Ok(reply)
}

/// The process and the endpoint in a path such as `/SECRET/3/did-run`.
fn destination(path: &str, post: bool, secret: &str, total: u16) -> Option<(u16, Endpoint)> {
    let (process, name) = path
        .strip_prefix('/')?
        .strip_prefix(secret)?
        .strip_prefix('/')?
        .split_once('/')?;
    let process = process
        .parse()
        .ok()
        .filter(|process| (1..=total).contains(process))?;
    Some((process, Endpoint::of(name, post)?))
}

async fn body(body: Incoming, endpoint: Endpoint) -> Result<Vec<u8>, StatusCode> {
    if endpoint.is_repetition() {
        // The process waits until it is taken.
        let mut body = body;
        while let Some(Ok(_)) = body.frame().await {}
        return Ok(Vec::new());
    }
    let limit = endpoint.limit();
    // A length that is too large need not be waited for.
    if body.size_hint().lower() > limit as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Limited::new(body, limit)
        .collect()
        .await
        .map(|body| body.to_bytes().into())
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)
}

async fn tell(process: u16, told: Told, shared: &Shared) {
    match told {
        Told::Up => shared.changed.notify_one(),
        Told::Counts { total, chosen } => {
            shared.note_total(total);
            let line = format!(
                "Will run {chosen} of {total} specs\nRunning in parallel across {} processes\n",
                shared.total
            );
            shared.log.write(line).await;
        }
        Told::Started(name) => {
            let _ = shared.events.send(Seen::Started(name)).await;
        }
        Told::Ended {
            name,
            outcome,
            duration,
        } => {
            shared.note_outcome(&name, outcome);
            // Only a run that is over does not listen.
            let _ = shared
                .events
                .send(Seen::Ended {
                    name,
                    outcome,
                    duration: Some(duration),
                })
                .await;
        }
        Told::Differs {
            index,
            expected,
            found,
        } => differs(process, index, &expected, &found),
        Told::NoRoom => tracing::warn!("the suite's reports are too large: its JUnit file will lack tests"),
    }
}

fn differs(process: u16, index: u32, expected: &TestName, found: &TestName) {
    tracing::warn!(
        "process {process} has {found} at place {index}, where {expected} was expected: \
         the rest goes in the suite's own order"
    );
}

#[cfg(test)]
mod tests;
