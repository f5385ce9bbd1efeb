//! An API server that is played by a function.

use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::{
    Client,
    client::Body,
    runtime::events::{Recorder, Reporter},
};
use serde_json::Value;

use crate::{
    files::Storage,
    metrics::{NotificationMetrics, ReconcileMetrics, registry},
    notify::notifier,
    run::{World, fixtures::settings},
};

/// What was asked: method, path with query, body.
pub type Asked = Arc<Mutex<Vec<(Method, String, Value)>>>;

/// A client of an API server that answers each request with what `answer` makes of its method, path and body.
pub fn api(answer: impl Fn(&Method, &str, &Value) -> (u16, Value) + Send + 'static) -> (Client, Asked) {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Some((request, send)) = handle.next_request().await {
            let (parts, body) = request.into_parts();
            let body = body.collect_bytes().await.unwrap_or_default();
            let body = serde_json::from_slice(&body).unwrap_or_default();
            let path = parts.uri.to_string();
            let (code, value) = answer(&parts.method, &path, &body);
            log.lock().unwrap().push((parts.method, path, body));
            let response = Response::builder().status(code);
            let answer = response.body(Body::from(value.to_string().into_bytes()));
            send.send_response(answer.unwrap());
        }
    });
    (Client::new(service, "default"), asked)
}

/// What the API server says of an object that it does not have.
pub fn missing() -> (u16, Value) {
    let status = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404, "message": "not found",
    });
    (404, status)
}

/// The operator's hands, with storage.
pub fn world(client: Client, storage: Option<Storage>) -> World {
    World {
        recorder: Recorder::new(client.clone(), Reporter::from("conform-operator")),
        client,
        settings: settings(),
        notifier: notifier(NotificationMetrics::register(&mut registry()), false).0,
        storage,
        metrics: ReconcileMetrics::register(&mut registry()),
    }
}
