//! Trying again: the API server of a cluster under test may well be away for minutes.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::{Instant, timeout_at};

/// Longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What etcd, and the way to it, say of an object above their limit. The API server passes it on as a fault of its own
/// (500), though the same object will never be taken.
const TOO_LARGE: [&str; 2] = ["request is too large", "message larger than max"];

/// The API server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// It refused, and would refuse again.
    #[error("cannot {what}: {}", explain(source))]
    Refused {
        /// What was tried, and on what.
        what: String,
        /// What it said.
        source: kube::Error,
    },
    /// It did not agree in time; a later try may be taken.
    #[error("gave up to {what} after {seconds} s: {last}")]
    GaveUp {
        /// What was tried, and on what.
        what: String,
        /// How long.
        seconds: u64,
        /// What it said last.
        last: String,
    },
}

/// The pauses between tries: from half a second up, without end.
pub fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(LONGEST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}

/// True if another try may succeed. Even a 403 or a 404 may: rights and objects are made while the pod starts.
pub fn is_retryable(error: &kube::Error) -> bool {
    match error {
        kube::Error::Api(status) => {
            !matches!(status.code, 400 | 405 | 413 | 415 | 422)
                && !TOO_LARGE.iter().any(|told| status.message.contains(told))
        }
        kube::Error::SerdeError(_) | kube::Error::BuildRequest(_) => false,
        _ => true,
    }
}

/// What the API server said, with the causes that name the fault.
pub fn explain(error: &kube::Error) -> String {
    if let kube::Error::Api(status) = error {
        return format!("{} ({})", status.message, status.code);
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// Does `operation` until it is done, refused for good, or `patience` is over.
pub async fn patiently<T>(
    patience: Duration,
    what: &str,
    mut operation: impl AsyncFnMut() -> Result<T, kube::Error>,
) -> Result<T, ApiError> {
    let deadline = Instant::now() + patience;
    let mut last = "no answer".to_owned();
    let gave_up = |last| ApiError::GaveUp {
        what: what.to_owned(),
        seconds: patience.as_secs(),
        last,
    };
    for pause in pauses() {
        match timeout_at(deadline, operation()).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(source)) if !is_retryable(&source) => {
                return Err(ApiError::Refused {
                    what: what.to_owned(),
                    source,
                });
            }
            Ok(Err(error)) => last = explain(&error),
            Err(_) => return Err(gave_up(last)),
        }
        if Instant::now() + pause >= deadline {
            return Err(gave_up(last));
        }
        tracing::warn!("cannot {what} yet: {last}");
        tokio::time::sleep(pause).await;
    }
    Err(gave_up(last))
}

#[cfg(test)]
mod tests {
    use kube::core::Status;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(403, "forbidden", true)]
    #[case(404, "not found", true)]
    #[case(500, "etcdserver: request timed out", true)]
    #[case(503, "apiserver is shutting down", true)]
    #[case(500, "etcdserver: request is too large", false)]
    #[case(500, "rpc error: trying to send message larger than max (3 vs. 2)", false)]
    #[case(413, "limit is 3145728", false)]
    #[case(422, "Invalid value", false)]
    fn only_what_may_be_taken_later_is_tried_again(
        #[case] code: u16,
        #[case] message: &str,
        #[case] again: bool,
    ) {
        let status = Status::failure(message, "").with_code(code);
        assert_eq!(is_retryable(&kube::Error::Api(status.boxed())), again);
    }
}
