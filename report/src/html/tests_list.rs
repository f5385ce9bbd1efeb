//! Every requirement, in groups that open.

use conform_suite::{Outcome, Stage, Standing, evaluation::InputReport};

use crate::text::clean_line;

/// Requirements of one stage that stand alike.
pub(super) struct Group {
    pub(super) title: String,
    /// What the filter knows them by: `p`, `f` or `u`.
    pub(super) kind: &'static str,
    pub(super) tests: Vec<Test>,
}

pub(super) struct Test {
    /// None if it is the one that most of its group have.
    pub(super) outcome: Option<&'static str>,
    pub(super) name: String,
}

/// What decides comes first, and what is well last.
const GROUPS: [(Stage, Standing, &str); 6] = [
    (Stage::Present, Standing::Missed, "Required and missed"),
    (Stage::Future, Standing::Missed, "Required later and missed"),
    (
        Stage::Present,
        Standing::Unevaluated,
        "Required and not evaluated",
    ),
    (
        Stage::Future,
        Standing::Unevaluated,
        "Required later and not evaluated",
    ),
    (Stage::Present, Standing::Met, "Required and passed"),
    (Stage::Future, Standing::Met, "Required later and passed"),
];

/// The groups that have any.
pub(super) fn groups(report: &InputReport) -> Vec<Group> {
    let group = |(stage, standing, title)| {
        let all = report.tests.iter().flatten();
        let of_group = all.filter(|test| test.stage == stage && test.outcome.standing() == standing);
        let tests: Vec<Test> = of_group
            .map(|test| Test {
                outcome: (test.outcome != usual(standing)).then(|| word(test.outcome)),
                name: clean_line(test.name.as_str()),
            })
            .collect();
        (!tests.is_empty()).then(|| Group {
            title: format!("{title}: {}", tests.len()),
            kind: kind(standing),
            tests,
        })
    };
    GROUPS.into_iter().filter_map(group).collect()
}

/// The outcome that need not be said, since the group's title says it.
const fn usual(standing: Standing) -> Outcome {
    match standing {
        Standing::Met => Outcome::Passed,
        Standing::Missed => Outcome::Failed,
        Standing::Unevaluated => Outcome::NotRun,
    }
}

const fn kind(standing: Standing) -> &'static str {
    match standing {
        Standing::Met => "p",
        Standing::Missed => "f",
        Standing::Unevaluated => "u",
    }
}

/// An outcome as people say it.
pub(super) const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::TimedOut => "timed out",
        Outcome::Panicked => "panicked",
        Outcome::Interrupted => "interrupted",
        Outcome::Aborted => "aborted",
        Outcome::Skipped => "skipped",
        Outcome::NotRun => "not run",
        Outcome::Flaky => "flaky",
    }
}
