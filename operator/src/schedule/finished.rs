//! What a schedule says of the run that finished last.

use conform_crds::{
    ConformanceRun, FailureSummary, FinishedRun,
    conditions::{self, reasons},
};
use conform_suite::Stage;
use jiff::Timestamp;

use super::due::TOLERANCE;
use crate::condition::{Said, Truth, said};

/// How many tests a message names.
const NAMED: usize = 5;

/// When a run ended, as far as that can be believed at `now`: one that ended later than that was timed by a clock that was
/// ahead, and counts from when the API server made it. Otherwise nothing that ends until then would be the newest.
pub fn ended(run: &ConformanceRun, now: Timestamp) -> Option<Timestamp> {
    let time = run.status.as_ref()?.completion_time.as_ref()?.0;
    if !is_ahead(time, now) {
        return Some(time);
    }
    let made = run.metadata.creation_timestamp.as_ref();
    made.map(|made| made.0)
}

/// The same of a run that is remembered; of one that was timed by a clock that was ahead, nothing is known.
pub fn remembered_end(run: &FinishedRun, now: Timestamp) -> Option<Timestamp> {
    let time = run.completion_time.as_ref()?.0;
    (!is_ahead(time, now)).then_some(time)
}

fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) > TOLERANCE
}

/// What is remembered of a finished run.
pub fn summary(run: &ConformanceRun) -> FinishedRun {
    let status = run.status.clone().unwrap_or_default();
    let reason = said(&status.conditions, conditions::SUCCEEDED).map(|said| said.reason);
    FinishedRun {
        name: run.metadata.name.clone().unwrap_or_default(),
        uid: run.metadata.uid.clone().unwrap_or_default(),
        completion_time: status.completion_time,
        reason: reason.unwrap_or_default(),
        server_version: status.server_version,
    }
}

/// `Conformant`: what the run found of the present requirements, no more and no less.
pub fn conformant(run: Option<&ConformanceRun>) -> Said {
    match run.map(|run| (run, of(run, conditions::PRESENT_CONFORMANT))) {
        None => not_yet(),
        Some((run, None)) => Said::new(
            Truth::Unknown,
            reasons::NOTHING_MEASURED,
            format!("Run {} says nothing of the present requirements.", name(run)),
        ),
        Some((run, Some(said))) => Said {
            message: format!(
                "Run {}: {}{}",
                name(run),
                said.message,
                failing(run, Stage::Present)
            ),
            ..said
        },
    }
}

/// `FutureAtRisk`: the opposite of what the run found of the future requirements.
pub fn future_at_risk(run: Option<&ConformanceRun>) -> Said {
    let Some((run, said)) = run.and_then(|run| Some((run, of(run, conditions::FUTURE_CONFORMANT)?))) else {
        return not_yet();
    };
    let (truth, reason) = match said.truth {
        Truth::True => (Truth::False, said.reason.as_str()),
        Truth::False => (Truth::True, reasons::FUTURE_MISSED),
        Truth::Unknown => (Truth::Unknown, said.reason.as_str()),
    };
    let message = format!(
        "Run {}: {}{}",
        name(run),
        said.message,
        failing(run, Stage::Future)
    );
    Said::new(truth, reason, message)
}

/// The first names of a longer list, as the end of a sentence; nothing if there are none. `unnamed` more belong to it.
pub fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>, unnamed: usize) -> String {
    let (count, names) = (names.len(), names.take(NAMED).collect::<Vec<_>>());
    match (
        names.is_empty(),
        count.saturating_sub(NAMED).saturating_add(unnamed),
    ) {
        (true, 0) => String::new(),
        (true, more) => format!("{more} whose names are not kept"),
        (false, 0) => names.join("; "),
        (false, more) => format!("{}; and {more} more", names.join("; ")),
    }
}

fn failing(run: &ConformanceRun, stage: Stage) -> String {
    let failures = run.status.as_ref().map(|status| status.failures.as_slice());
    let of_stage: Vec<&FailureSummary> = failures
        .unwrap_or_default()
        .iter()
        .filter(|failure| failure.stage == stage)
        .collect();
    if of_stage.is_empty() {
        return String::new();
    }
    let names = of_stage.iter().map(|failure| failure.name.as_str());
    format!(" {}.", listed(names, 0))
}

fn of(run: &ConformanceRun, kind: &str) -> Option<Said> {
    said(&run.status.as_ref()?.conditions, kind)
}

fn name(run: &ConformanceRun) -> &str {
    run.metadata.name.as_deref().unwrap_or_default()
}

fn not_yet() -> Said {
    Said::new(
        Truth::Unknown,
        reasons::NO_FINISHED_RUN,
        "No run of this schedule has finished yet.",
    )
}
