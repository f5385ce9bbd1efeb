//! What people read: the model behind every renderer.

use serde::{Deserialize, Serialize};

use crate::{Area, Assessment, Authority, Outcome, Record, Release, Stage, TestName};

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
    let _ = records;
    Report { rows: rows(assessment), failures: Vec::new() }
}

/// The rows of the table, without the records.
pub fn rows(assessment: &Assessment) -> Vec<Row> {
    let _ = assessment;
    Vec::new()
}

/// What to say below the table if it has no future row.
pub fn future_note(assessment: &Assessment) -> Option<&'static str> {
    assessment.future.is_empty().then_some("This suite and these profiles define no future requirements.")
}
