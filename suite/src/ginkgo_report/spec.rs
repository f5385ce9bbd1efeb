//! One spec of a report.

use std::{borrow::Cow, time::Duration};

use serde::{Deserialize, Deserializer};

use crate::{
    Outcome,
    junit::{Ending, OpenCase, Status, Verdict, VerdictTag},
};

/// What is read of a spec. Everything else is skipped.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Spec {
    #[serde(default, deserialize_with = "or_null")]
    container_hierarchy_texts: Vec<String>,
    #[serde(default, deserialize_with = "or_null")]
    leaf_node_type: String,
    #[serde(default, deserialize_with = "or_null")]
    leaf_node_text: String,
    #[serde(default, deserialize_with = "or_null")]
    state: String,
    /// Nanoseconds.
    #[serde(default)]
    run_time: f64,
    #[serde(default)]
    num_attempts: u32,
    #[serde(default)]
    max_must_pass_repeatedly: u32,
    #[serde(default, deserialize_with = "or_null")]
    failure: Failure,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    #[serde(default, deserialize_with = "or_null")]
    message: String,
}

/// Go writes an empty list as `null`.
fn or_null<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Spec {
    pub(super) fn is_node(&self) -> bool {
        self.leaf_node_type != "It"
    }

    /// The name as a JUnit file has it, but without the kind of a test in front.
    pub(super) fn name(&self) -> Cow<'_, str> {
        if self.is_node() {
            return Cow::Owned(
                format!("[{}] {}", self.leaf_node_type, self.leaf_node_text)
                    .trim_end()
                    .to_owned(),
            );
        }
        let leaf = Some(&self.leaf_node_text).filter(|text| !text.is_empty());
        let mut parts = self.container_hierarchy_texts.iter().chain(leaf);
        match (parts.next(), parts.next()) {
            (Some(first), Some(second)) => {
                let mut name = format!("{first} {second}");
                for part in parts {
                    name.push(' ');
                    name.push_str(part);
                }
                Cow::Owned(name)
            }
            (first, _) => Cow::Borrowed(first.map_or("", String::as_str)),
        }
    }

    pub(super) fn ending(self) -> Ending {
        let seconds = self.run_time / 1e9;
        let status = Status::of(&self.state);
        let tried_again = self.num_attempts > 1 && self.max_must_pass_repeatedly < 2;
        let mut case = OpenCase::new(
            Some(status),
            Duration::try_from_secs_f64(seconds).unwrap_or_default(),
        );
        if let Some(verdict) = verdict(&self.state, self.failure.message) {
            case.take(verdict);
        }
        let mut ending = case.finish();
        // A spec may also be made to pass several times; that is no second chance.
        if tried_again && ending.outcome == Outcome::Passed {
            ending.outcome = Outcome::Flaky;
        }
        ending
    }
}

/// The child that the state has in a JUnit file.
fn verdict(state: &str, said: String) -> Option<Verdict> {
    let (tag, said) = match state {
        "skipped" if said.is_empty() => (VerdictTag::Skipped, "skipped".to_owned()),
        "skipped" => (VerdictTag::Skipped, format!("skipped - {said}")),
        "pending" => (VerdictTag::Skipped, "pending".to_owned()),
        "failed" | "timedout" | "panicked" | "aborted" | "interrupted" => (VerdictTag::Failure, said),
        _ => return None,
    };
    Some(Verdict {
        tag,
        kind: Some(state.to_owned()),
        message: None,
        text: said,
    })
}
