//! The list of runs.

use conform_crds::{ConformanceRun, conditions};
use jiff::Timestamp;
use kube::ResourceExt;

use super::{Column, DEFAULT_WIDTH, Table};
use crate::{condition, text::shorten, time};

/// One row for each run. `wide` adds columns and shortens nothing.
pub fn runs(runs: &[ConformanceRun], now: Timestamp, wide: bool) -> String {
    let mut columns = ["NAME", "PROFILES", "PRESENT", "FUTURE", "SUCCEEDED", "REASON"]
        .map(Column::left)
        .to_vec();
    if wide {
        columns.extend(["PREFLIGHT", "COMPLETED", "SERVER"].map(Column::left));
    }
    columns.push(Column::left("AGE"));
    let mut table = Table::new(columns);
    for run in runs {
        let created = run.creation_timestamp().map(|time| time.0);
        let mut cells = vec![run.name_any(), profiles(run, wide)];
        cells.extend(
            [
                conditions::PRESENT_CONFORMANT,
                conditions::FUTURE_CONFORMANT,
                conditions::SUCCEEDED,
            ]
            .map(|kind| known(condition::find(run, kind).map(|condition| condition.status.clone()))),
        );
        cells.push(known(
            condition::find(run, conditions::SUCCEEDED).map(|condition| condition.reason.clone()),
        ));
        if wide {
            let preflight = condition::find(run, conditions::PREFLIGHT_PASSED);
            cells.push(known(preflight.map(|condition| condition.reason.clone())));
            let status = run.status.as_ref();
            let progress = status.and_then(|status| status.progress.as_ref());
            let completed = progress.map(|progress| format!("{}/{}", progress.completed, progress.total));
            cells.push(completed.unwrap_or_else(|| "<none>".to_owned()));
            cells.push(known(status.and_then(|status| status.server_version.clone())));
        }
        cells.push(time::age(created, now));
        table.row(cells);
    }
    table.render(None)
}

fn profiles(run: &ConformanceRun, wide: bool) -> String {
    let names = run.spec.profiles.join(",");
    let columns_beside_it = 65;
    if wide {
        names
    } else {
        shorten(&names, usize::from(DEFAULT_WIDTH) - columns_beside_it)
    }
}

/// What is not known is said in kubectl's way.
pub(super) fn known(value: Option<String>) -> String {
    value
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| "<unknown>".to_owned())
}
