//! A layer of the client that lets nothing be changed by who does not lead.
//!
//! An operator that loses its Lease drops what it is doing. If its process was stopped for a while, it may not have
//! noticed yet; so each request that changes something is held against the clock at the moment in which it is sent.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Method, Request, Response};
use kube::client::Body;
use tokio::{sync::watch, time::Instant};
use tower::{BoxError, Layer, Service};

/// Until when this operator leads. Closed at first.
#[derive(Clone, Debug, Default)]
pub struct Fence {
    until: Arc<watch::Sender<Option<Instant>>>,
}

/// A change that was not sent.
#[derive(Debug, thiserror::Error)]
#[error("this operator does not lead, so it changes nothing")]
pub struct Fenced;

impl Fence {
    /// Lets changes through until then.
    pub fn open_until(&self, until: Instant) {
        self.until.send_replace(Some(until));
    }

    /// Lets none through.
    pub fn close(&self) {
        self.until.send_replace(None);
    }

    /// True if changes are let through.
    pub fn is_open(&self) -> bool {
        self.until.borrow().is_some_and(|until| Instant::now() < until)
    }
}

/// Puts the fence around the client's transport.
#[derive(Clone, Debug)]
pub struct FenceLayer(pub Fence);

/// The transport behind its fence.
#[derive(Clone, Debug)]
pub struct Fenceable<S> {
    inner: S,
    fence: Fence,
}

impl<S> Layer<S> for FenceLayer {
    type Service = Fenceable<S>;

    fn layer(&self, inner: S) -> Fenceable<S> {
        Fenceable {
            inner,
            fence: self.0.clone(),
        }
    }
}

impl<S, B> Service<Request<Body>> for Fenceable<S>
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + 'static,
    B: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if request.method() != Method::GET && !self.fence.is_open() {
            return Box::pin(async { Err(Fenced.into()) });
        }
        let response = self.inner.call(request);
        Box::pin(async move { response.await.map_err(Into::into) })
    }
}
