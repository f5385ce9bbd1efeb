//! What people read: the model behind every renderer.

use serde::{Deserialize, Serialize};

use crate::{
    Area, Assessment, Authority, FutureTally, Outcome, Record, Release, Requirement, Stage, Standing, Tally,
    TestName, Verdict,
};

/// The rows of the table, and what failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The present row, then the future rows by release and authority.
    pub rows: Vec<Row>,
    /// Every missed requirement: present ones first, then by release and name.
    pub failures: Vec<Failure>,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The stage.
    pub stage: Stage,
    /// The release that requires it: of the present row the cluster's own.
    pub required_in: Release,
    /// Who says so; of the present row nobody need say it.
    pub authority: Option<Authority>,
    /// How many passed.
    pub passed: i32,
    /// How many are required.
    pub total: i32,
    /// How many failed.
    pub failed: i32,
    /// Of how many nothing can be said.
    pub unevaluated: i32,
    /// What it means, in words.
    pub verdict: String,
}

/// One missed requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The test.
    pub name: TestName,
    /// The stage of the requirement.
    pub stage: Stage,
    /// The release that requires it.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of the cluster under test.
    pub area: Area,
    /// How it was missed.
    pub outcome: Outcome,
    /// What the test said, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The report of a run.
pub fn report(assessment: &Assessment, records: &[Record]) -> Report {
    let missed = records
        .iter()
        .filter(|record| record.outcome.standing() == Standing::Missed);
    let mut failures: Vec<Failure> = missed.map(Failure::of).collect();
    let place = |failure: &Failure| {
        (
            failure.stage,
            later(failure),
            failure.authority,
            failure.name.clone(),
        )
    };
    failures.sort_by_cached_key(place);
    Report {
        rows: rows(assessment),
        failures,
    }
}

/// Present failures are sorted by name alone: that a requirement is old makes it no more urgent.
fn later(failure: &Failure) -> Option<Release> {
    (failure.stage == Stage::Future).then_some(failure.required_in)
}

impl Failure {
    fn of(record: &Record) -> Self {
        let Requirement {
            name,
            required_in,
            authority,
            area,
        } = record.requirement.clone();
        let Record {
            stage,
            outcome,
            message,
            ..
        } = record.clone();
        Self {
            name,
            stage,
            required_in,
            authority,
            area,
            outcome,
            message,
        }
    }
}

/// The rows of the table, without the records.
pub fn rows(assessment: &Assessment) -> Vec<Row> {
    let present = Row::new(
        Stage::Present,
        assessment.server,
        None,
        assessment.present,
        present_words(assessment),
    );
    let future = assessment.future.iter().map(|future| {
        let words = future_words(assessment.server, future);
        // What a user requires already is nothing of the future to him.
        let due = future.authority == Authority::User && future.release <= assessment.server;
        Row::new(
            if due { Stage::Present } else { Stage::Future },
            future.release,
            Some(future.authority),
            future.tally,
            words,
        )
    });
    std::iter::once(present).chain(future).collect()
}

impl Row {
    /// Its counts.
    pub const fn tally(&self) -> Tally {
        Tally {
            required: self.total,
            passed: self.passed,
            failed: self.failed,
            unevaluated: self.unevaluated,
        }
    }

    /// What its counts mean, whoever requires them.
    pub const fn judged(&self) -> Verdict {
        self.tally().verdict()
    }

    const fn new(
        stage: Stage,
        required_in: Release,
        authority: Option<Authority>,
        tally: Tally,
        verdict: String,
    ) -> Self {
        let Tally {
            required: total,
            passed,
            failed,
            unevaluated,
        } = tally;
        Self {
            stage,
            required_in,
            authority,
            passed,
            total,
            failed,
            unevaluated,
            verdict,
        }
    }
}

fn present_words(assessment: &Assessment) -> String {
    match assessment.present_verdict {
        Verdict::Conformant => "Conformant".to_owned(),
        Verdict::NotConformant => "Not conformant".to_owned(),
        Verdict::Undecided => undecided(assessment.present),
    }
}

fn future_words(server: Release, future: &FutureTally) -> String {
    let FutureTally {
        release,
        authority,
        tally,
    } = future;
    match (tally.verdict(), authority) {
        (Verdict::Conformant, Authority::Upstream) => "Ready".to_owned(),
        (Verdict::Conformant, Authority::Advisory) => "Ready (advisory)".to_owned(),
        (Verdict::Conformant, Authority::User) if *release <= server => "Met (your profile)".to_owned(),
        (Verdict::Conformant, Authority::User) => "Ready (your profile)".to_owned(),
        (Verdict::NotConformant, Authority::User) if *release <= server => {
            format!("Missed: required since {release} by your profile")
        }
        (Verdict::NotConformant, Authority::User) => {
            format!(
                "Warning: required in {} by your profile",
                distance(server, *release)
            )
        }
        (Verdict::NotConformant, Authority::Upstream) => {
            format!("Warning: required in {}", distance(server, *release))
        }
        // Nobody but upstream can say that it will be.
        (Verdict::NotConformant, Authority::Advisory) => {
            format!(
                "Warning: may be required in {} (advisory)",
                distance(server, *release)
            )
        }
        (Verdict::Undecided, _) => undecided(*tally),
    }
}

/// How far away a release is. An advisory one may lie behind.
fn distance(server: Release, release: Release) -> String {
    match server.releases_until(release) {
        0 => format!("{release} or later"),
        1 => "1 release".to_owned(),
        count => format!("{count} releases"),
    }
}

fn undecided(tally: Tally) -> String {
    let Tally { required, passed, .. } = tally;
    match (required, passed) {
        (0, _) => "Undecided: nothing is required".to_owned(),
        (_, 0) => format!("Undecided: none of {required} measured"),
        _ => format!("Undecided: {passed} of {required} measured, all passed"),
    }
}

/// What to say below the table if it has no future row.
pub fn future_note(assessment: &Assessment) -> Option<&'static str> {
    assessment
        .future
        .is_empty()
        .then_some("This suite and these profiles define no future requirements.")
}

#[cfg(test)]
mod tests;
