//! The tests of a run, one by one.

use conform_crds::{ConformanceResult, ConformanceRun, merged};
use conform_network::components::blame;
use conform_suite::{Area, Authority, Outcome, Release, Stage, Standing, TestName};
use serde::Serialize;

use crate::assess;

/// One test of a run, over all its attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultRow {
    /// The test.
    pub name: TestName,
    /// Whether it binds now or later.
    pub stage: Stage,
    /// What happened.
    pub outcome: Outcome,
    /// The release from which it binds.
    pub required_in: Release,
    /// Who says so.
    pub authority: Authority,
    /// The part of a cluster that it looks at.
    pub area: Area,
    /// What implements that part in this cluster, of a test that was not met; not known if the run did not look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_milliseconds: Option<i64>,
    /// What it said, if it did not pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// One row for each test and stage of a run. Of each that was not met it says whose it is, if the run looked.
pub fn result_rows(run: &ConformanceRun, result: &ConformanceResult) -> Vec<ResultRow> {
    let server = run.status.as_ref().and_then(assess::server_release);
    let mut rows = merged_rows(result, server);
    attribute(&mut rows, run);
    rows
}

/// Says of each test that was not met whose it is, if the run looked.
fn attribute(rows: &mut [ResultRow], run: &ConformanceRun) {
    let components = run.status.as_ref().map(|status| status.components.as_slice());
    let components = components.unwrap_or_default();
    if !run.spec.checks.components {
        return;
    }
    let missed = rows
        .iter_mut()
        .filter(|row| row.outcome.standing() == Standing::Missed);
    for row in missed {
        row.component = Some(blame(row.area, components));
    }
}

/// One row for each test and stage, with the outcome that counts over all attempts. `server` is the release of the cluster.
pub fn merged_rows(result: &ConformanceResult, server: Option<Release>) -> Vec<ResultRow> {
    let entries = result.status.as_ref().map(|status| status.attempts.as_slice());
    let rows = merged(entries.unwrap_or_default(), server).into_iter();
    rows.map(|row| ResultRow {
        name: row.test.name.clone(),
        stage: row.stage,
        outcome: row.outcome,
        required_in: row.test.required_in,
        authority: row.test.authority,
        area: row.test.area,
        component: None,
        duration_milliseconds: row.test.duration_milliseconds,
        message: row.test.message.clone(),
    })
    .collect()
}
