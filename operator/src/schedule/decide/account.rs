//! What has become of the runs: which are active, which have finished, and what the last one says.

use std::sync::Arc;

use conform_crds::{
    ActiveRun, Comparison, ConformanceResult, ConformanceRun, FinishedRun,
    conditions::{self, reasons},
};
use jiff::Timestamp;

use super::{
    super::{
        finished::{conformant, ended, future_at_risk, remembered_end, summary},
        history::{is_good, succeeded},
        observed::Observed,
        regression::{Before, Listed, Side, compare},
    },
    draft::Draft,
};
use crate::{
    condition::{Truth, said, truth},
    run::is_finished,
};

/// Brings everything in the status that speaks of runs up to date.
pub fn account(draft: &mut Draft<'_>) {
    active(draft);
    let (new, old) = (to_compare(draft.observed), draft.status.last_run.is_some());
    let new = new.map(|(newest, _)| newest);
    compared(draft);
    remember(draft);
    if new.is_some() || !old {
        let newest = new.map(|run| &**run);
        draft.say(conditions::CONFORMANT, &conformant(newest));
        draft.say(conditions::FUTURE_AT_RISK, &future_at_risk(newest));
        return;
    }
    // It is written down, and the run may be gone: what was said of it stays.
    for kind in [conditions::CONFORMANT, conditions::FUTURE_AT_RISK] {
        if let Some(said) = said(&draft.status.conditions, kind) {
            draft.say(kind, &said);
        }
    }
}

/// The run that finished last, if no later one is remembered.
fn newest(observed: &Observed) -> Option<&Arc<ConformanceRun>> {
    let finished = observed.runs.iter().filter(|run| is_finished(run));
    let order = |run: &ConformanceRun| (ended(run, observed.now), run.metadata.creation_timestamp.clone());
    let newest = finished.max_by_key(|run| order(run))?;
    let remembered = observed
        .schedule
        .status
        .as_ref()
        .and_then(|status| status.last_run.as_ref());
    let remembered = remembered.and_then(|run| remembered_end(run, observed.now));
    let later = remembered.is_some_and(|time| Some(time) > ended(newest, observed.now));
    (!later).then_some(newest)
}

/// The run of these that ended last.
fn last<'a>(
    runs: impl Iterator<Item = &'a Arc<ConformanceRun>>,
    now: Timestamp,
) -> Option<&'a Arc<ConformanceRun>> {
    runs.filter(|run| is_finished(run))
        .max_by_key(|run| ended(run, now))
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
    let now = draft.observed.now;
    let good = last(draft.observed.runs.iter().filter(|run| succeeded(run)), now);
    draft.status.last_successful_run = later(good, draft.status.last_successful_run.take(), now);
}

/// Whichever ended later: a run that is there, or one that is remembered.
fn later(
    run: Option<&Arc<ConformanceRun>>,
    remembered: Option<FinishedRun>,
    now: Timestamp,
) -> Option<FinishedRun> {
    match (run, remembered) {
        (Some(run), Some(other)) if ended(run, now) < remembered_end(&other, now) => Some(other),
        (Some(run), _) => Some(summary(run)),
        (None, other) => other,
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
    let others = others.filter(|run| run.metadata.uid != newest.metadata.uid && succeeded(run));
    // One that lost its future tests says nothing of those that a later one fails.
    if let Some(whole) = last(others.clone().filter(|run| is_good(run)), observed.now) {
        return Some((newest, Some(summary(whole))));
    }
    let good = last(others.filter(|run| has_tested(&summary(run))), observed.now);
    let remembered = status.and_then(|status| status.last_successful_run.clone());
    let remembered =
        remembered.filter(|run| Some(&run.uid) != newest.metadata.uid.as_ref() && has_tested(run));
    Some((newest, later(good, remembered, observed.now)))
}

/// True unless it succeeded by looking before, and not by testing.
fn has_tested(run: &FinishedRun) -> bool {
    run.reason != reasons::PREFLIGHT_PASSED
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
    let before = Before {
        regressions: &draft.status.regressions,
        omitted: draft.status.regressions_omitted.unwrap_or(0),
    };
    let listed = Listed::of(newest);
    let newest = summary(newest);
    let found = compare(
        side(&newest, observed.outcomes.newest.as_ref()),
        listed,
        good.as_ref()
            .map(|good| side(good, observed.outcomes.good.as_ref())),
        before,
    );
    let was = truth(&draft.status.conditions, conditions::REGRESSED);
    match (was, found.said.truth) {
        // What was worse passes again, whether or not there is still a run to compare the rest with.
        (Some(Truth::True), Truth::False | Truth::Unknown) => {
            draft.announce(false, "Recovered", found.said.message.clone());
        }
        (was, Truth::True)
            if was != Some(Truth::True)
                || found.regressions != draft.status.regressions
                || Some(found.omitted) != draft.status.regressions_omitted.or(Some(0)) =>
        {
            draft.announce(true, "Regressed", found.said.message.clone());
        }
        _ => {}
    }
    draft.say(conditions::REGRESSED, &found.said);
    draft.status.regressions = found.regressions;
    draft.status.regressions_omitted = Some(found.omitted).filter(|omitted| *omitted > 0);
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
