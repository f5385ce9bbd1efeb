//! When an object is looked at again; the same for every controller.

use std::{fmt::Debug, time::Duration};

use kube::{Resource, ResourceExt, runtime::controller::Action};

use crate::{error::Error, metrics::ReconcileMetrics};

/// How soon a reconciliation that failed is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// After this time, or when something changes.
pub fn after(look_again: Option<Duration>) -> Action {
    look_again.map_or_else(Action::await_change, Action::requeue)
}

/// A reconciliation of `object` failed: it is counted, told, and tried again soon.
pub fn failed<K>(object: &K, error: &Error, metrics: &ReconcileMetrics) -> Action
where
    K: Resource<DynamicType: Default> + Debug,
{
    metrics.failed(error.category());
    let kind = K::kind(&K::DynamicType::default()).into_owned();
    tracing::warn!(kind, name = %object.name_any(), %error, "reconciliation failed, will be tried again");
    Action::requeue(RETRY)
}
