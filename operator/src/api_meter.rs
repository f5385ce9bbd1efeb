//! A layer of the client that counts its requests.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Method, Request, Response};
use kube::client::Body;
use tower::{Layer, Service};

use crate::metrics::{self, ApiMetrics};

/// Puts a meter around the client's transport.
#[derive(Clone, Debug)]
pub struct MeterLayer {
    metrics: ApiMetrics,
}

/// The transport with its meter.
#[derive(Clone, Debug)]
pub struct Meter<S> {
    inner: S,
    metrics: ApiMetrics,
}

impl MeterLayer {
    /// A layer that counts into `metrics`.
    pub fn new(metrics: ApiMetrics) -> Self {
        Self { metrics }
    }
}

impl<S> Layer<S> for MeterLayer {
    type Service = Meter<S>;

    fn layer(&self, inner: S) -> Meter<S> {
        Meter {
            inner,
            metrics: self.metrics.clone(),
        }
    }
}

impl<S, B> Service<Request<Body>> for Meter<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: 'static,
    B: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let method = method(request.method());
        let bytes = http_body::Body::size_hint(request.body()).lower();
        let metrics = self.metrics.clone();
        let response = self.inner.call(request);
        Box::pin(async move {
            let response = response.await;
            let code = response
                .as_ref()
                .map_or("error", |response| class(response.status().as_u16()));
            metrics.count(&metrics::Request { method, code }, bytes);
            response
        })
    }
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

const fn class(code: u16) -> &'static str {
    match code {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
