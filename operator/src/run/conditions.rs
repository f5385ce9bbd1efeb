//! Conditions of a status under construction.

use conform_crds::{ConformanceRunStatus, conditions::reasons};
use jiff::Timestamp;

use crate::condition::{self, Said};
pub use crate::condition::{Truth, truncated};

/// Sets one condition; its transition time moves only when its status does, as the API conventions ask.
pub fn set(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    kind: &str,
    truth: Truth,
    reason: &str,
    message: &str,
) {
    let said = Said::new(truth, reason, message);
    condition::set(
        &mut status.conditions,
        status.observed_generation,
        now,
        kind,
        &said,
    );
}

/// Removes a condition that is to be absent unless True.
pub fn remove(status: &mut ConformanceRunStatus, kind: &str) {
    status.conditions.retain(|condition| condition.type_ != kind);
}

/// The status of a condition, if it is set.
pub fn truth(status: &ConformanceRunStatus, kind: &str) -> Option<Truth> {
    condition::truth(&status.conditions, kind)
}

/// Says that the run is not finished, in `Succeeded` and, unless it is suspended, in kstatus's `Reconciling`; conditions that were never set
/// start as Unknown, so that `kubectl wait` and Argo CD see every type from the first moment.
pub fn active(status: &mut ConformanceRunStatus, now: Timestamp, reason: &str, message: &str) {
    use conform_crds::conditions::{
        CERTIFIABLE, FUTURE_CONFORMANT, PREFLIGHT_PASSED, PRESENT_CONFORMANT, RECONCILING, STALLED, SUCCEEDED,
    };
    set(status, now, SUCCEEDED, Truth::Unknown, reason, message);
    for kind in [
        PREFLIGHT_PASSED,
        PRESENT_CONFORMANT,
        FUTURE_CONFORMANT,
        CERTIFIABLE,
    ] {
        if truth(status, kind).is_none() {
            set(
                status,
                now,
                kind,
                Truth::Unknown,
                reasons::PENDING,
                "The run has not finished.",
            );
        }
    }
    // A queued run waits for another run, which is progress. One that is suspended waits for people: it is what its spec
    // asks for, as kstatus says of a suspended Job.
    if reason == reasons::SUSPENDED {
        remove(status, RECONCILING);
    } else {
        set(status, now, RECONCILING, Truth::True, reason, message);
    }
    remove(status, STALLED);
}
