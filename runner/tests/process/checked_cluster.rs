//! What the checks before a suite meet in a cluster.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde_json::{Value, json};

use crate::api_server::{ApiServer, status};

/// How the cluster behaves, and what was made in it.
#[derive(Default)]
pub struct Fake {
    /// Privileged pods are refused with this message.
    pub refusal: Option<String>,
    /// This image cannot be pulled.
    pub missing_image: Option<String>,
    /// Namespaces that were made and not removed.
    pub namespaces: Vec<Value>,
    /// Pods that were really made.
    pub pods: Vec<Value>,
    /// The state of the container of a user's own suite.
    pub own_suite: Value,
    /// Its pod was deleted.
    pub own_pod_deleted: bool,
}

/// The pod of a user's own suite.
pub const OWN_POD: &str = "demo-suite1-1-abcde";

/// The routes that the checks use.
pub fn routes() -> Router<ApiServer> {
    Router::new()
        .route("/version", get(version))
        .route("/api/v1/nodes", get(nodes))
        .route(
            "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
            get(empty),
        )
        .route("/api/v1/namespaces", post(make_namespace))
        .route("/api/v1/namespaces/{name}", delete(remove_namespace))
        .route(
            "/api/v1/namespaces/{namespace}/serviceaccounts/default",
            get(account),
        )
        .route("/api/v1/namespaces/{namespace}/resourcequotas", get(empty))
        .route("/api/v1/namespaces/{namespace}/limitranges", get(empty))
        .route("/api/v1/namespaces/{namespace}/pods", post(make_pod))
        .route(
            "/api/v1/namespaces/{namespace}/pods/{name}",
            get(read_pod).delete(delete_pod),
        )
        .route("/api/v1/namespaces/{namespace}/pods/{name}/log", get(log))
}

async fn empty() -> Json<Value> {
    Json(json!({ "metadata": {}, "items": [] }))
}

async fn account() -> Json<Value> {
    Json(json!({ "metadata": { "name": "default" } }))
}

async fn nodes() -> Json<Value> {
    let node = |name: &str| {
        json!({
            "metadata": { "name": name },
            "status": {
                "conditions": [{ "type": "Ready", "status": "True" }],
                "images": [{ "names": ["registry.k8s.io/e2e-test-images/agnhost:2.63.0"] }],
            },
        })
    };
    Json(json!({ "metadata": {}, "items": [node("a"), node("b")] }))
}

async fn make_namespace(State(server): State<ApiServer>, Json(mut body): Json<Value>) -> Response {
    body["metadata"]["name"] = json!(format!(
        "{}x7k2p",
        body["metadata"]["generateName"].as_str().unwrap()
    ));
    server.with(|known| known.cluster.namespaces.push(body.clone()));
    (StatusCode::CREATED, Json(body)).into_response()
}

async fn remove_namespace(State(server): State<ApiServer>, Path(name): Path<String>) -> Json<Value> {
    server.with(|known| {
        known
            .cluster
            .namespaces
            .retain(|namespace| namespace["metadata"]["name"] != name);
    });
    Json(json!({ "kind": "Status", "apiVersion": "v1", "status": "Success", "metadata": {} }))
}

async fn make_pod(State(server): State<ApiServer>, RawQuery(query): RawQuery, body: Bytes) -> Response {
    let mut pod: Value = serde_json::from_slice(&body).unwrap();
    let privileged = pod["spec"]["containers"][0]["securityContext"]["privileged"] == true;
    server.with(|known| {
        if let Some(refusal) = known.cluster.refusal.clone().filter(|_| privileged) {
            return status(403, &refusal);
        }
        if !query.unwrap_or_default().contains("dryRun=All") {
            pod["metadata"]["name"] = json!(format!("node-{}", known.cluster.pods.len()));
            known.cluster.pods.push(pod.clone());
        }
        (StatusCode::CREATED, Json(pod)).into_response()
    })
}

/// All images are there at once, but for the one that is missing.
async fn read_pod(State(server): State<ApiServer>, Path((_, name)): Path<(String, String)>) -> Json<Value> {
    server.with(|known| {
        if name == OWN_POD {
            return Json(own_pod(&known.cluster.own_suite));
        }
        let pods = &known.cluster.pods;
        let mut pod = pods
            .iter()
            .find(|pod| pod["metadata"]["name"] == name)
            .unwrap()
            .clone();
        let containers = pod["spec"]["containers"].as_array().unwrap().clone();
        let statuses: Vec<Value> = containers
            .iter()
            .map(|container| {
                let missing = known.cluster.missing_image.as_deref() == container["image"].as_str();
                let (id, state) = if missing {
                    (
                        "",
                        json!({ "waiting": { "reason": "InvalidImageName", "message": "no such image" } }),
                    )
                } else {
                    ("sha256:0", json!({ "running": {} }))
                };
                json!({
                    "name": container["name"], "image": container["image"], "imageID": id,
                    "ready": true, "restartCount": 0, "state": state,
                })
            })
            .collect();
        pod["status"] = json!({ "containerStatuses": statuses });
        Json(pod)
    })
}

fn own_pod(state: &Value) -> Value {
    let container = json!({
        "name": "suite", "image": "x", "imageID": "", "ready": true, "restartCount": 0, "state": state,
    });
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": OWN_POD },
        "status": { "containerStatuses": [container] },
    })
}

async fn delete_pod(State(server): State<ApiServer>, Path((_, name)): Path<(String, String)>) -> Json<Value> {
    assert_eq!(name, OWN_POD);
    server.with(|known| known.cluster.own_pod_deleted = true);
    Json(own_pod(&Value::Null))
}

async fn log() -> &'static str {
    "bye"
}

async fn version() -> Json<Value> {
    Json(
        json!({ "major": "1", "minor": "36", "gitVersion": "v1.36.3", "gitCommit": "", "gitTreeState": "",
        "buildDate": "", "goVersion": "", "compiler": "", "platform": "" }),
    )
}
