//! A run's stories, step by step.

mod attempts;
mod faults;
mod imported;
mod life;
mod own;
mod own_suites;
mod preflight;
mod verdicts;

use conform_crds::ConformanceRunSpec;
use conform_suite::{Outcome, Stage};

use super::fixtures::{Story, later, now};

pub fn quick() -> ConformanceRunSpec {
    ConformanceRunSpec {
        profiles: vec!["quick".into()],
        ..ConformanceRunSpec::default()
    }
}

pub fn pair(status: &str, reason: &str) -> (String, String) {
    (status.to_owned(), reason.to_owned())
}

/// Both stages ran; `present` and `future` are what they found.
pub fn told(spec: ConformanceRunSpec, present: &[Outcome], future: &[Outcome]) -> Story {
    let mut story = Story::new(spec);
    let named = |make: fn(&str, Outcome) -> _, outcomes: &[Outcome]| {
        outcomes
            .iter()
            .enumerate()
            .map(|(place, outcome)| make(&format!("test {place}"), *outcome))
            .collect()
    };
    story.until_started(Stage::Present);
    story.completes(Stage::Present, named(now, present));
    story.until_started(Stage::Future);
    story.completes(Stage::Future, named(later, future));
    story.step();
    story
}
