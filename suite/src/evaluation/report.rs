//! What one input says of its cluster.

use serde::Serialize;

use super::{Context, Criteria, Demands, Measured, ReleaseSource, UnknownRelease, required::Demand};
use crate::{
    Area, Authority, Obstacle, Outcome, Record, Release, Requirement, Row, Stage, Standing, Tally, TestName,
    Verdict, assess, certifiable, future_note, rows,
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
    /// Who says what that release requires.
    pub requirements_source: RequirementsSource,
    /// How the requirements of that release stand.
    pub present: Tally,
    /// How the requirements of later releases stand, by release and then by authority.
    pub future: Vec<FutureReport>,
    /// Whether the cluster conforms now.
    pub verdict: Verdict,
    /// Whether the files could be submitted.
    pub certifiable: Certifiability,
    /// What there is to know besides.
    #[serde(skip_serializing_if = "Context::is_empty")]
    pub context: Context,
    /// Every requirement, by stage and name, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<Vec<TestReport>>,
    /// What was missed, for tables.
    #[serde(skip)]
    pub missed: Vec<TestReport>,
    /// The rows of the table of stages.
    #[serde(skip)]
    pub rows: Vec<Row>,
    /// What to say below that table, if no later release is known to require anything.
    #[serde(skip)]
    pub note: Option<&'static str>,
}

/// Who says what a release requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RequirementsSource {
    /// The suite that ran.
    Suite,
    /// The built-in catalogue of upstream's lists.
    Catalogue,
    /// A list that the user gave.
    List,
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
    /// The same for people: long patterns are shortened.
    #[serde(skip)]
    pub brief: Vec<String>,
    /// The same as values.
    #[serde(skip)]
    pub obstacles: Vec<Obstacle>,
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
    /// What implements that part in the cluster, of a test that was not met; not known if nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// What happened.
    pub outcome: Outcome,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_milliseconds: Option<u64>,
    /// What it said, if it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The end of what it wrote, of a test that was missed, if the input has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// Judges one input by what its release requires, and later ones.
pub fn evaluate(
    measured: &Measured,
    criteria: &Criteria,
    tests: bool,
) -> Result<InputReport, UnknownRelease> {
    let demands = criteria.demands(measured.release)?;
    Ok(judge(measured, &demands, tests))
}

/// Judges one input by these demands, and by what the marks in its names ask for besides.
pub fn judge(measured: &Measured, demands: &Demands, tests: bool) -> InputReport {
    let release = measured.release;
    let by_identity = measured.by_identity();
    let demands = demands.with_marks(&measured.marks);
    let record = |demand: &Demand| {
        let seen = by_identity.get(demand.id.as_str()).copied();
        Record {
            requirement: demand.requirement.clone(),
            stage: demand.stage,
            outcome: seen.map_or(Outcome::NotRun, |seen| seen.outcome),
            attempts: seen.map_or(0, |seen| seen.attempts),
            message: seen.and_then(|seen| seen.message.clone()),
        }
    };
    let records: Vec<Record> = demands.all().iter().map(record).collect();
    let mut assessment = assess(release, &records);
    let cut = measured
        .cut()
        .filter(|_| assessment.present_verdict == Verdict::Conformant);
    if cut.is_some() {
        assessment.present_verdict = Verdict::Undecided;
    }
    let left_out = |record: &&Record| record.stage == Stage::Present && record.outcome == Outcome::NotRun;
    let left_out = records.iter().filter(left_out).count();
    let mut circumstances = measured.circumstances.clone();
    circumstances.narrowings = measured.narrowings(i32::try_from(left_out).unwrap_or(i32::MAX));
    let present = demands
        .all()
        .iter()
        .filter(|demand| demand.stage == Stage::Present);
    let present = present.map(|demand| demand.id.as_str()).collect();
    circumstances.others_failed = measured.others_missed(&present);
    circumstances.list_lacks = demands.lacking().to_vec();
    let mut rows = rows(&assessment);
    if let (Some(cut), Some(first)) = (cut, rows.first_mut()) {
        first.verdict = format!("Undecided: {cut}, and what is missing may have failed");
    }
    let obstacles = certifiable(&assessment, &circumstances);
    let missed = |record: &&Record| record.outcome.standing() == Standing::Missed;
    let milliseconds = |demand: &Demand| by_identity.get(demand.id.as_str())?.milliseconds;
    let logs = measured.logs_by_identity();
    let test = |(record, demand): (&Record, &Demand)| TestReport {
        log: logs
            .get(demand.id.as_str())
            .filter(|_| missed(&record))
            .map(|log| (*log).to_owned()),
        ..TestReport::of(record, milliseconds(demand))
    };
    let both = || records.iter().zip(demands.all());
    let requirements_source = if demands.is_listed() {
        RequirementsSource::List
    } else {
        RequirementsSource::Catalogue
    };
    InputReport {
        source: measured.source.clone(),
        release,
        release_source: measured.release_source,
        requirements_source,
        context: Context::of_files(measured, requirements_source),
        present: assessment.present,
        future: assessment.future.iter().map(FutureReport::of).collect(),
        verdict: assessment.present_verdict,
        certifiable: Certifiability {
            value: obstacles.is_empty(),
            reasons: obstacles.iter().map(ToString::to_string).collect(),
            brief: obstacles.iter().map(Obstacle::brief).collect(),
            obstacles,
        },
        rows,
        note: future_note(&assessment),
        missed: both().filter(|(record, _)| missed(record)).map(test).collect(),
        tests: tests.then(|| both().map(test).collect()),
    }
}

impl FutureReport {
    /// The same of what was counted.
    pub fn of(future: &crate::FutureTally) -> Self {
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
            component: None,
            outcome: record.outcome,
            duration_milliseconds,
            message: record.message.clone(),
            log: None,
        }
    }
}
