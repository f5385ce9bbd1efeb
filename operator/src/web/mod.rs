//! What the operator serves to people: reports of runs, and the files that it keeps for them. Off unless it is asked for.
//!
//! Everything here is behind the API server's own judgement: [`who`] asks it whose a token is and what they may do. It only reads,
//! so that an operator that stands by serves too, and a bounded number of requests is answered at once.

mod artifacts;
mod refusal;
mod reports;
#[cfg(test)]
mod tests;
mod tls;
mod who;

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use kube::Client;
use tokio::{net::TcpListener, sync::Semaphore};

use crate::files::Storage;
use refusal::Refusal;
pub use tls::{Identity, Tls};

/// Most requests that are answered at once; each may hold a file of 16 MiB.
const AT_ONCE: usize = 2;

/// What is served, and from what.
#[derive(Clone)]
pub struct Web {
    /// A client that only reads, and asks who people are.
    pub client: Client,
    /// Whether reports are served.
    pub reports: bool,
    /// Where files are kept.
    pub storage: Option<Storage>,
    doors: Arc<Semaphore>,
}

impl Web {
    /// Serves reports if they are asked for, and files if they are kept.
    pub fn new(client: Client, reports: bool, storage: Option<Storage>) -> Self {
        Self {
            client,
            reports,
            storage,
            doors: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

/// Serves until the process ends.
pub async fn serve(listen: SocketAddr, web: Web, identity: Option<Identity>) -> anyhow::Result<()> {
    let router = router(web);
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    match identity {
        Some(identity) => axum::serve(Tls::new(listener, &identity)?, router).await?,
        None => axum::serve(listener, router).await?,
    }
    Ok(())
}

/// Everything that is served.
pub fn router(web: Web) -> Router {
    let mut router = Router::new();
    if web.reports {
        router = router
            .route("/reports/", get(reports::index))
            .route("/reports/index.json", get(reports::index_json))
            .route("/reports/{run}/", get(reports::page))
            .route("/reports/{run}/report.json", get(reports::json));
    }
    if web.storage.is_some() {
        router = router.route("/artifacts/{run}/{attempt}/{file}", get(artifacts::file));
    }
    router
        .fallback(async || Refusal::NotFound)
        .with_state(web.clone())
        .layer(middleware::from_fn_with_state(web, guarded))
}

/// Bounds what is done at once, and says what a browser may do with the answer.
async fn guarded(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = if matches!(*request.method(), Method::GET | Method::HEAD) {
        match web.doors.acquire().await {
            Ok(_door) => next.run(request).await,
            Err(_) => Refusal::Away("the operator ends".to_owned()).into_response(),
        }
    } else {
        Refusal::Method.into_response()
    };
    // Who asked, and with what, is nobody's business but the API server's.
    tracing::debug!(path, status = response.status().as_u16(), "served");
    let policy = format!("{}; frame-ancestors 'none'", conform_report::security_policy());
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}
