//! Conditions of a status under construction.

use conform_crds::{ConformanceRunStatus, conditions::reasons};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

/// The three values of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be said, or not yet.
    Unknown,
}

impl Truth {
    const fn word(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// The longest message that the API accepts in a condition.
const MAX_MESSAGE: usize = 32_768;

/// Sets one condition; its transition time moves only when its status does, as the API conventions ask.
pub fn set(
    status: &mut ConformanceRunStatus,
    now: Timestamp,
    kind: &str,
    truth: Truth,
    reason: &str,
    message: &str,
) {
    let message = truncated(message, MAX_MESSAGE);
    let observed_generation = status.observed_generation;
    let found = status
        .conditions
        .iter_mut()
        .find(|condition| condition.type_ == kind);
    if let Some(condition) = found {
        if condition.status != truth.word() {
            truth.word().clone_into(&mut condition.status);
            condition.last_transition_time = Time(now);
        }
        reason.clone_into(&mut condition.reason);
        condition.message = message;
        condition.observed_generation = observed_generation;
        return;
    }
    status.conditions.push(Condition {
        type_: kind.to_owned(),
        status: truth.word().to_owned(),
        reason: reason.to_owned(),
        message,
        last_transition_time: Time(now),
        observed_generation,
    });
}

/// Removes a condition that is to be absent unless True.
pub fn remove(status: &mut ConformanceRunStatus, kind: &str) {
    status.conditions.retain(|condition| condition.type_ != kind);
}

/// The status of a condition, if it is set.
pub fn truth(status: &ConformanceRunStatus, kind: &str) -> Option<Truth> {
    let condition = status
        .conditions
        .iter()
        .find(|condition| condition.type_ == kind)?;
    Some(match condition.status.as_str() {
        "True" => Truth::True,
        "False" => Truth::False,
        _ => Truth::Unknown,
    })
}

/// Says that the run is being worked on, in `Succeeded` and in kstatus's `Reconciling`; conditions that were never set
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
    // A suspended or queued run waits for people or for another run: kstatus calls that in progress as well.
    set(status, now, RECONCILING, Truth::True, reason, message);
    remove(status, STALLED);
}

/// `text` cut to at most `bytes` bytes on a character's boundary.
pub fn truncated(text: &str, bytes: usize) -> String {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_transition_time_moves_only_with_the_status() {
        let mut status = ConformanceRunStatus::default();
        let early = Timestamp::from_second(1000).unwrap();
        let late = Timestamp::from_second(2000).unwrap();
        set(&mut status, early, "Succeeded", Truth::Unknown, "Pending", "a");
        set(&mut status, late, "Succeeded", Truth::Unknown, "Running", "b");
        assert_eq!(status.conditions[0].last_transition_time, Time(early));
        assert_eq!(status.conditions[0].reason, "Running");
        set(&mut status, late, "Succeeded", Truth::True, "TestsPassed", "c");
        assert_eq!(status.conditions[0].last_transition_time, Time(late));
    }

    #[test]
    fn cuts_on_a_character() {
        assert_eq!(truncated("aé", 2), "a");
    }
}
