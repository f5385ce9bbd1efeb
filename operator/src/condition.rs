//! Conditions of any status under construction, by the API conventions.

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

/// What a condition is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its status.
    pub truth: Truth,
    /// Its reason, CamelCase.
    pub reason: String,
    /// Its message, in sentences.
    pub message: String,
}

impl Said {
    /// A condition of these words.
    pub fn new(truth: Truth, reason: &str, message: impl Into<String>) -> Self {
        Self {
            truth,
            reason: reason.to_owned(),
            message: message.into(),
        }
    }
}

/// Sets one condition; its transition time moves only when its status does. `generation` is the one that it speaks of.
pub fn set(
    conditions: &mut Vec<Condition>,
    generation: Option<i64>,
    now: Timestamp,
    kind: &str,
    said: &Said,
) {
    let message = truncated(&said.message, MAX_MESSAGE);
    let found = conditions.iter_mut().find(|condition| condition.type_ == kind);
    if let Some(condition) = found {
        if condition.status != said.truth.word() {
            said.truth.word().clone_into(&mut condition.status);
            condition.last_transition_time = Time(now);
        }
        condition.reason.clone_from(&said.reason);
        condition.message = message;
        condition.observed_generation = generation;
        return;
    }
    conditions.push(Condition {
        type_: kind.to_owned(),
        status: said.truth.word().to_owned(),
        reason: said.reason.clone(),
        message,
        last_transition_time: Time(now),
        observed_generation: generation,
    });
}

/// What a condition says, if it is set.
pub fn said(conditions: &[Condition], kind: &str) -> Option<Said> {
    let condition = conditions.iter().find(|condition| condition.type_ == kind)?;
    let truth = match condition.status.as_str() {
        "True" => Truth::True,
        "False" => Truth::False,
        _ => Truth::Unknown,
    };
    Some(Said::new(truth, &condition.reason, condition.message.clone()))
}

/// The status of a condition, if it is set.
pub fn truth(conditions: &[Condition], kind: &str) -> Option<Truth> {
    said(conditions, kind).map(|said| said.truth)
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
        let mut conditions = Vec::new();
        let early = Timestamp::from_second(1000).unwrap();
        let late = Timestamp::from_second(2000).unwrap();
        let mut say = |now, truth, reason| {
            set(
                &mut conditions,
                None,
                now,
                "Succeeded",
                &Said::new(truth, reason, "a"),
            );
            conditions.clone()
        };
        say(early, Truth::Unknown, "Pending");
        let said = say(late, Truth::Unknown, "Running");
        assert_eq!(said[0].last_transition_time, Time(early));
        assert_eq!(said[0].reason, "Running");
        let said = say(late, Truth::True, "TestsPassed");
        assert_eq!(said[0].last_transition_time, Time(late));
    }

    #[test]
    fn cuts_on_a_character() {
        assert_eq!(truncated("aé", 2), "a");
    }
}
