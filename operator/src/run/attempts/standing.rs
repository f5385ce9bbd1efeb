//! How far a stage is, over all its attempts.

use conform_crds::Progress;
use conform_suite::{Stage, Standing};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    entries::{entries, known_outcomes},
    log::Logged,
};
use crate::run::observed::Observed;

/// Most tests that the run's status names as running.
const MAX_NAMED: usize = 16;

/// How far the stage of `attempts` is; none if no pod has said what there is to run. `attempts` are of one stage.
pub fn progress(observed: &Observed, stage: Stage, attempts: &[&Logged]) -> Option<Progress> {
    let names = || attempts.iter().map(|logged| logged.summary.name.as_str());
    let all: Vec<_> = names().flat_map(|name| entries(observed, name)).collect();
    let total = all
        .iter()
        .filter_map(|entry| entry.selection.as_ref())
        .map(|selection| selection.selected)
        .max()?;
    let outcomes = known_outcomes(observed, names());
    let ended = || outcomes.values().filter(|(outcome, _)| outcome.is_terminal());
    let completed = number(ended().count());
    let failed = ended().filter(|(outcome, _)| outcome.standing() == Standing::Missed);
    let mut running: Vec<_> = all
        .iter()
        .filter(|entry| entry.end.is_none())
        .flat_map(|entry| entry.running.iter().cloned())
        .collect();
    running.truncate(MAX_NAMED);
    let began = all.iter().map(|entry| entry.start_time.0).min();
    Some(Progress {
        stage,
        total,
        completed,
        failed: number(failed.count()),
        running,
        estimated_completion_time: began.and_then(|began| estimate(began, observed.now, completed, total)),
    })
}

/// When the rest will have ended if it takes as long for each test; not before a tenth is known.
fn estimate(began: Timestamp, now: Timestamp, completed: i32, total: i32) -> Option<Time> {
    let rest = total - completed;
    if completed < 1 || completed < total / 10 || rest <= 0 {
        return None;
    }
    let spent = now.duration_since(began).as_secs().max(1);
    let seconds = spent.saturating_mul(i64::from(rest)) / i64::from(completed);
    let end = now.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    // In whole seconds, as the API writes times.
    Timestamp::from_second(end.as_second()).ok().map(Time)
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
