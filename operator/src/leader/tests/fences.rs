//! What a client lets through.

use http::{Method, Request, Response};
use kube::client::Body;
use rstest::rstest;
use tokio::time::{Duration, Instant, advance};
use tower::{BoxError, Layer, Service, ServiceExt, service_fn};

use crate::leader::{Fence, FenceLayer};

async fn sent(fence: &Fence, method: Method) -> bool {
    let answers = service_fn(async |_: Request<Body>| Ok::<_, BoxError>(Response::new(Body::empty())));
    let request = Request::builder().method(method).body(Body::empty()).unwrap();
    let mut service = FenceLayer(fence.clone()).layer(answers);
    service.ready().await.unwrap().call(request).await.is_ok()
}

#[rstest]
#[case(Method::POST)]
#[case(Method::PUT)]
#[case(Method::PATCH)]
#[case(Method::DELETE)]
#[tokio::test(start_paused = true)]
async fn who_does_not_lead_changes_nothing(#[case] method: Method) {
    let fence = Fence::default();
    assert!(!sent(&fence, method.clone()).await);
    fence.open_until(Instant::now() + Duration::from_secs(10));
    assert!(sent(&fence, method.clone()).await);
    // A process that was stopped meanwhile, and has not noticed.
    advance(Duration::from_secs(10)).await;
    assert!(!sent(&fence, method.clone()).await);
    fence.open_until(Instant::now() + Duration::from_secs(10));
    fence.close();
    assert!(!sent(&fence, method).await);
}

#[tokio::test]
async fn everybody_may_read() {
    assert!(sent(&Fence::default(), Method::GET).await);
}
