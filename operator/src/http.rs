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

/// What the endpoints tell.
#[derive(Clone)]
pub struct Told {
    /// The metrics.
    pub registry: Arc<Registry>,
    /// True once the API is served and the operator reconciles.
    pub ready: watch::Receiver<bool>,
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

async fn ready(State(told): State<Told>) -> impl IntoResponse {
    if *told.ready.borrow() {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "waiting for the conform.dev API: are the CRDs installed?\n",
        )
    }
}
