//! What has become of the runs: which are active, which have finished, and what the last one says.

use std::sync::Arc;

use conform_crds::{
    ActiveRun, Comparison, ConformanceResult, ConformanceRun, FinishedRun, MAX_REGRESSIONS,
    conditions::{self, reasons},
};
use jiff::Timestamp;

use super::{
    super::{
        finished::{conformant, future_at_risk, summary},
        history::succeeded,
        observed::Observed,
        regression::{Side, compare},
    },
    draft::Draft,
};
use crate::{
    condition::{Truth, truth},
    run::is_finished,
};

/// Brings everything in the status that speaks of runs up to date.
pub fn account(draft: &mut Draft<'_>) {
    active(draft);
    let newest = newest(draft.observed);
    compared(draft);
    remember(draft);
    // The last run may be gone: what was said of it stays.
    if newest.is_some() || draft.status.last_run.is_none() {
        let newest = newest.map(|run| &**run);
        draft.say(conditions::CONFORMANT, &conformant(newest));
        draft.say(conditions::FUTURE_AT_RISK, &future_at_risk(newest));
    }
}

/// The run that finished last, if no later one is remembered.
fn newest(observed: &Observed) -> Option<&Arc<ConformanceRun>> {
    let finished = observed.runs.iter().filter(|run| is_finished(run));
    let newest = finished.max_by_key(|run| (completed(run), run.metadata.creation_timestamp.clone()))?;
    let remembered = observed
        .schedule
        .status
        .as_ref()
        .and_then(|status| status.last_run.as_ref());
    let later = remembered
        .and_then(|run| run.completion_time.as_ref())
        .is_some_and(|time| Some(time.0) > completed(newest));
    (!later).then_some(newest)
}

fn completed(run: &ConformanceRun) -> Option<Timestamp> {
    run.status.as_ref()?.completion_time.as_ref().map(|time| time.0)
}

/// Lists the runs that are not finished, and tells of those that no longer are.
fn active(draft: &mut Draft<'_>) {
    let observed = draft.observed;
    let before = std::mem::take(&mut draft.status.active);
    for one in &before {
        let run = observed
            .runs
            .iter()
            .find(|run| run.metadata.name.as_ref() == Some(&one.name));
        match run {
            None => draft.announce(
                false,
                "RunGone",
                format!("Run {} was deleted before it finished.", one.name),
            ),
            Some(run) if is_finished(run) => {
                let note = format!("Run {} finished: {}.", one.name, summary(run).reason);
                draft.announce(false, "RunFinished", note);
            }
            Some(_) => {}
        }
    }
    let active = observed.runs.iter();
    let active = active.filter(|run| !is_finished(run) && run.metadata.deletion_timestamp.is_none());
    draft.status.active = active
        .map(|run| ActiveRun {
            name: run.metadata.name.clone().unwrap_or_default(),
            uid: run.metadata.uid.clone().unwrap_or_default(),
        })
        .collect();
    draft
        .status
        .active
        .sort_by(|one, other| one.name.cmp(&other.name));
}

/// Remembers the last run, and the last that succeeded.
fn remember(draft: &mut Draft<'_>) {
    if let Some(run) = newest(draft.observed) {
        draft.status.last_run = Some(summary(run));
    }
    let good = draft
        .observed
        .runs
        .iter()
        .filter(|run| is_finished(run) && succeeded(run));
    let good = good.max_by_key(|run| completed(run)).map(|run| summary(run));
    draft.status.last_successful_run = later(good, draft.status.last_successful_run.take());
}

fn later(one: Option<FinishedRun>, other: Option<FinishedRun>) -> Option<FinishedRun> {
    let time = |run: &FinishedRun| run.completion_time.clone();
    match (one, other) {
        (Some(one), Some(other)) => Some(if time(&one) >= time(&other) { one } else { other }),
        (one, other) => one.or(other),
    }
}

/// The run that finished last and was not compared yet, with the good run before it.
pub fn to_compare(observed: &Observed) -> Option<(&Arc<ConformanceRun>, Option<FinishedRun>)> {
    let newest = newest(observed)?;
    let status = observed.schedule.status.as_ref();
    let done = status.and_then(|status| status.comparison.as_ref());
    if done.is_some_and(|done| Some(&done.uid) == newest.metadata.uid.as_ref()) {
        return None;
    }
    let others = observed.runs.iter();
    let others = others.filter(|run| run.metadata.uid != newest.metadata.uid && is_finished(run));
    let good = others
        .filter(|run| succeeded(run))
        .max_by_key(|run| completed(run));
    let remembered = status.and_then(|status| status.last_successful_run.clone());
    let remembered = remembered.filter(|run| Some(&run.uid) != newest.metadata.uid.as_ref());
    Some((newest, later(good.map(|run| summary(run)), remembered)))
}

/// Compares the last run with the good one, once.
fn compared(draft: &mut Draft<'_>) {
    let observed = draft.observed;
    let Some((newest, good)) = to_compare(observed) else {
        if truth(&draft.status.conditions, conditions::REGRESSED).is_none() {
            let not_yet = crate::condition::Said::new(
                Truth::Unknown,
                reasons::NO_FINISHED_RUN,
                "No run of this schedule has finished yet.",
            );
            draft.say(conditions::REGRESSED, &not_yet);
        }
        return;
    };
    let newest = summary(newest);
    let found = compare(
        side(&newest, observed.outcomes.newest.as_ref()),
        good.as_ref()
            .map(|good| side(good, observed.outcomes.good.as_ref())),
        &draft.status.regressions,
    );
    let was = truth(&draft.status.conditions, conditions::REGRESSED);
    match (was, found.said.truth) {
        (Some(Truth::True), Truth::False) => {
            draft.announce(false, "Recovered", found.said.message.clone());
        }
        (was, Truth::True) if was != Some(Truth::True) || found.regressions != draft.status.regressions => {
            draft.announce(true, "Regressed", found.said.message.clone());
        }
        _ => {}
    }
    draft.say(conditions::REGRESSED, &found.said);
    let omitted = found.regressions.len().saturating_sub(MAX_REGRESSIONS);
    draft.status.regressions = found.regressions;
    draft.status.regressions.truncate(MAX_REGRESSIONS);
    draft.status.regressions_omitted = i32::try_from(omitted).ok().filter(|omitted| *omitted > 0);
    draft.status.comparison = Some(Comparison {
        uid: newest.uid,
        with: good.map(|good| good.uid),
    });
}

fn side<'a>(run: &'a FinishedRun, result: Option<&'a ConformanceResult>) -> Side<'a> {
    Side {
        name: &run.name,
        server: run
            .server_version
            .as_deref()
            .and_then(|version| version.parse().ok()),
        result,
    }
}
