//! `/metrics`, `/healthz` and `/readyz`.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use prometheus_client::{encoding::text::encode, registry::Registry};
use tokio::{net::TcpListener, sync::watch};

use crate::leader::Standing;

/// What the endpoints tell.
#[derive(Clone)]
pub struct Told {
    /// The metrics.
    pub registry: Arc<Registry>,
    /// Whether it leads, stands by, or can do neither yet.
    pub standing: watch::Receiver<Standing>,
}

/// Serves until the process ends.
pub async fn serve(listen: SocketAddr, told: Told) -> std::io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .with_state(told);
    axum::serve(TcpListener::bind(listen).await?, router).await
}

async fn metrics(State(told): State<Told>) -> impl IntoResponse {
    let mut text = String::new();
    match encode(&mut text, &told.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            (StatusCode::OK, [(header::CONTENT_TYPE, kind)], text)
        }
        Err(error) => {
            let kind = "text/plain; charset=utf-8";
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                [(header::CONTENT_TYPE, kind)],
                format!("{error}\n"),
            )
        }
    }
}

/// Who stands by is ready: it is to be counted when pods are replaced or evicted.
async fn ready(State(told): State<Told>) -> impl IntoResponse {
    match *told.standing.borrow() {
        Standing::Leads => (StatusCode::OK, "ok: leads\n"),
        Standing::StandsBy => (StatusCode::OK, "ok: stands by\n"),
        Standing::NoApi => (
            StatusCode::SERVICE_UNAVAILABLE,
            "waiting for the conform.dev API: are the CRDs installed?\n",
        ),
        Standing::NoLease => (
            StatusCode::SERVICE_UNAVAILABLE,
            "cannot read Lease conform-operator: the log says why; install again if a right is missing\n",
        ),
    }
}
