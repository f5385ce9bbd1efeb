//! An API server that knows one ConformanceResult and keeps what it is sent.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use conform_crds::{Attempt, ConformanceResult};
use serde_json::{Value, json};

use crate::checked_cluster::{self, Fake};

/// What the server knows.
#[derive(Default)]
pub struct Known {
    /// Bodies of the applied status, in order.
    pub applied: Vec<Value>,
    /// Query strings of the same.
    pub queries: Vec<String>,
    /// ConfigMaps by name.
    pub config_maps: BTreeMap<String, Value>,
    /// What earlier attempts have written.
    pub attempts: Vec<Attempt>,
    /// How many requests fail before the server is well again.
    pub failures: usize,
    /// What the checks before the suite meet.
    pub cluster: Fake,
}

/// A running server.
#[derive(Clone)]
pub struct ApiServer {
    /// Its address.
    pub url: String,
    known: Arc<Mutex<Known>>,
}

impl ApiServer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            known: Arc::default(),
        };
        let router = Router::new()
            .route("/apis/conform.dev/v1alpha1/conformanceresults/{name}", get(read))
            .route(
                "/apis/conform.dev/v1alpha1/conformanceresults/{name}/status",
                patch(apply),
            )
            .route("/api/v1/namespaces/conform-system/configmaps", post(create))
            .route(
                "/api/v1/namespaces/conform-system/configmaps/{name}",
                axum::routing::delete(delete),
            )
            .merge(checked_cluster::routes())
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        server
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.known.lock().unwrap())
    }

    /// The attempt as it was applied last.
    pub fn attempt(&self) -> Attempt {
        self.with(|known| {
            let last = known.applied.last().expect("nothing was reported");
            serde_json::from_value(last["status"]["attempts"][0].clone()).unwrap()
        })
    }

    fn fails(&self) -> bool {
        self.with(|known| {
            let fails = known.failures > 0;
            known.failures = known.failures.saturating_sub(1);
            fails
        })
    }

    fn result(&self) -> Value {
        let mut result = json!({
            "apiVersion": "conform.dev/v1alpha1",
            "kind": "ConformanceResult",
            "metadata": {
                "name": "demo",
                "uid": "7d1f2f0a-0000-4000-8000-000000000001",
                "ownerReferences": [{
                    "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "name": "demo",
                    "uid": "7d1f2f0a-0000-4000-8000-000000000002", "controller": true,
                }],
            },
            "spec": { "runName": "demo" },
        });
        let (mut attempts, last) = self.with(|known| (json!(known.attempts), known.applied.last().cloned()));
        if let (Some(all), Some(last)) = (attempts.as_array_mut(), last) {
            all.push(last["status"]["attempts"][0].clone());
        }
        if attempts != json!([]) {
            result["status"] = json!({ "attempts": attempts });
        }
        // What is sent back must be what the types can read.
        serde_json::from_value::<ConformanceResult>(result.clone()).unwrap();
        result
    }
}

pub fn status(code: u16, reason: &str) -> Response {
    let body = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": reason });
    (StatusCode::from_u16(code).unwrap(), Json(body)).into_response()
}

async fn read(State(server): State<ApiServer>, Path(name): Path<String>) -> Response {
    if server.fails() {
        return status(500, "InternalError");
    }
    if name == "demo" {
        Json(server.result()).into_response()
    } else {
        status(404, "NotFound")
    }
}

async fn apply(
    State(server): State<ApiServer>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if server.fails() {
        return status(500, "InternalError");
    }
    assert_eq!(headers["content-type"], "application/apply-patch+yaml");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["apiVersion"], "conform.dev/v1alpha1");
    assert_eq!(body["kind"], "ConformanceResult");
    server.with(|known| {
        known.applied.push(body);
        known.queries.push(query.unwrap_or_default());
    });
    Json(server.result()).into_response()
}

async fn create(State(server): State<ApiServer>, Json(body): Json<Value>) -> Response {
    let name = body["metadata"]["name"].as_str().unwrap().to_owned();
    server.with(|known| {
        if known.config_maps.contains_key(&name) {
            return status(409, "AlreadyExists");
        }
        known.config_maps.insert(name, body.clone());
        (StatusCode::CREATED, Json(body)).into_response()
    })
}

async fn delete(State(server): State<ApiServer>, Path(name): Path<String>) -> Response {
    let deleted = server.with(|known| known.config_maps.remove(&name));
    deleted.map_or_else(
        || status(404, "NotFound"),
        |deleted| Json(deleted).into_response(),
    )
}
