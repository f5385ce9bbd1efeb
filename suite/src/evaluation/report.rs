//! What one input says of its cluster.

use serde::Serialize;

use super::{Measured, ReleaseSource, UnknownRelease, requirements};
use crate::{
    Area, Authority, Outcome, Record, Release, Requirement, Row, Stage, Standing, Tally, TestName, Verdict,
    assess, catalogue::identity, certifiable, rows,
};

/// What one input says of its cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InputReport {
    /// The input, as its user named it.
    pub source: String,
    /// The release of the cluster.
    pub release: Release,
    /// How that release is known.
    pub release_source: ReleaseSource,
    /// How the requirements of that release stand.
    pub present: Tally,
    /// How the requirements of later releases stand, by release and then by authority.
    pub future: Vec<FutureReport>,
    /// Whether the cluster conforms now.
    pub verdict: Verdict,
    /// Whether the files could be submitted.
    pub certifiable: Certifiability,
    /// Every requirement, by stage and name, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<Vec<TestReport>>,
    /// What was missed, for tables.
    #[serde(skip)]
    pub missed: Vec<TestReport>,
    /// The rows of the table of stages.
    #[serde(skip)]
    pub rows: Vec<Row>,
}

/// How the requirements of a later release stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FutureReport {
    /// The release that requires them; of advisory ones the earliest that could.
    pub release: Release,
    /// Who says so.
    pub authority: Authority,
    /// How many there are.
    pub total: i32,
    /// Whose behaviour was seen.
    pub passed: i32,
    /// Whose behaviour was looked for and not seen.
    pub failed: i32,
    /// Of which nothing can be said.
    pub unevaluated: i32,
}

/// Whether results could be submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Certifiability {
    /// They could.
    pub value: bool,
    /// Every reason why not.
    pub reasons: Vec<String>,
}

/// One requirement and what happened to its test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestReport {
    /// The test.
    pub name: TestName,
    /// Its stage for the cluster.
    pub stage: Stage,
    /// The release that requires it.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of the cluster under test.
    pub area: Area,
    /// What happened.
    pub outcome: Outcome,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_milliseconds: Option<u64>,
    /// What it said, if it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// Judges one input by the requirements of its release, and of later ones through `to`.
pub fn evaluate(
    measured: &Measured,
    to: Option<Release>,
    tests: bool,
) -> Result<InputReport, UnknownRelease> {
    let required = requirements(measured.release, to, measured.seen.keys())?;
    Ok(judge(measured, required, tests))
}

/// Judges one input by these requirements.
pub fn judge(measured: &Measured, required: Vec<Requirement>, tests: bool) -> InputReport {
    let release = measured.release;
    let by_identity = measured.by_identity();
    let mut reports = Vec::with_capacity(required.len());
    let mut records = Vec::with_capacity(required.len());
    for requirement in required {
        let seen = by_identity.get(identity(&requirement.name)).copied();
        let record = Record {
            stage: requirement.stage(release),
            outcome: seen.map_or(Outcome::NotRun, |seen| seen.outcome),
            attempts: seen.map_or(0, |seen| seen.attempts),
            message: seen.and_then(|seen| seen.message.clone()),
            requirement,
        };
        reports.push(TestReport::of(&record, seen.and_then(|seen| seen.milliseconds)));
        records.push(record);
    }
    let assessment = assess(release, &records);
    let left_out = |record: &&Record| record.stage == Stage::Present && record.outcome == Outcome::NotRun;
    let left_out = records.iter().filter(left_out).count();
    let mut circumstances = measured.circumstances.clone();
    circumstances.narrowings = measured.narrowings(i32::try_from(left_out).unwrap_or(i32::MAX));
    let obstacles = certifiable(&assessment, &circumstances);
    reports.sort_by(|a, b| {
        (a.stage, a.later(), a.authority, &a.name).cmp(&(b.stage, b.later(), b.authority, &b.name))
    });
    let missed = |report: &&TestReport| report.outcome.standing() == Standing::Missed;
    InputReport {
        source: measured.source.clone(),
        release,
        release_source: measured.release_source,
        present: assessment.present,
        future: assessment.future.iter().map(FutureReport::of).collect(),
        verdict: assessment.present_verdict,
        certifiable: Certifiability {
            value: obstacles.is_empty(),
            reasons: obstacles.iter().map(ToString::to_string).collect(),
        },
        rows: rows(&assessment),
        missed: reports.iter().filter(missed).cloned().collect(),
        tests: tests.then_some(reports),
    }
}

impl FutureReport {
    fn of(future: &crate::FutureTally) -> Self {
        let Tally {
            required: total,
            passed,
            failed,
            unevaluated,
        } = future.tally;
        Self {
            release: future.release,
            authority: future.authority,
            total,
            passed,
            failed,
            unevaluated,
        }
    }

    /// The same as a tally.
    pub const fn tally(&self) -> Tally {
        Tally {
            required: self.total,
            passed: self.passed,
            failed: self.failed,
            unevaluated: self.unevaluated,
        }
    }
}

impl TestReport {
    fn of(record: &Record, duration_milliseconds: Option<u64>) -> Self {
        let Requirement {
            name,
            required_in,
            authority,
            area,
        } = record.requirement.clone();
        Self {
            name,
            stage: record.stage,
            required_in,
            authority,
            area,
            outcome: record.outcome,
            duration_milliseconds,
            message: record.message.clone(),
        }
    }

    /// That a present requirement is old makes it no more urgent.
    fn later(&self) -> Option<Release> {
        (self.stage == Stage::Future).then_some(self.required_in)
    }
}
