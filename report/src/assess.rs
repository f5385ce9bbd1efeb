//! From what the operator wrote back to the model that the verdict is made from.

use conform_crds::{ConformanceRun, ConformanceRunStatus, FutureSummary, conditions};
use conform_suite::{Assessment, Authority, FutureTally, Release, Row, Stage, Tally, future_note, rows};

/// The table of a run, and what to say below it. Nothing if the run has counted nothing yet.
pub fn table(run: &ConformanceRun) -> Option<(Vec<Row>, Option<&'static str>)> {
    let status = run.status.as_ref()?;
    let assessment = assessment(status)?;
    let mut rows = rows(&assessment);
    // A run of one stage says nothing of the other, rather than that nothing of it passed.
    let stages = run.spec.stages.in_order();
    rows.retain(|row| {
        // What users require runs with the future tests, even if it is due now.
        if row.authority == Some(Authority::User) {
            return stages.contains(&Stage::Future);
        }
        stages.contains(&row.stage) && (row.stage == Stage::Future || status.present.is_some())
    });
    let note = future_note(&assessment).filter(|_| stages.contains(&Stage::Future) && has_looked(status));
    Some((rows, note))
}

/// The release of the cluster that a run speaks of.
pub fn server_release(status: &ConformanceRunStatus) -> Option<Release> {
    let version = status
        .server_version
        .as_deref()
        .and_then(|version| version.parse().ok());
    version.or_else(|| status.present.as_ref().map(|present| present.release))
}

/// How the requirements of the cluster's release stand; all zero if the run has not counted them.
pub fn present_tally(status: &ConformanceRunStatus) -> Tally {
    let counted = status.present.as_ref();
    counted.map_or_else(Tally::default, |present| Tally {
        required: present.required,
        passed: present.passed,
        failed: present.failed,
        unevaluated: present.unevaluated,
    })
}

/// How the requirements of later releases stand, in the run's own order.
pub fn future_tallies(status: &ConformanceRunStatus) -> Vec<FutureTally> {
    let tally = |summary: &FutureSummary| FutureTally {
        release: summary.release,
        authority: summary.authority,
        tally: Tally {
            required: summary.total,
            passed: summary.passed,
            failed: summary.failed,
            unevaluated: summary.unevaluated,
        },
    };
    status.future.iter().map(tally).collect()
}

fn assessment(status: &ConformanceRunStatus) -> Option<Assessment> {
    if status.present.is_none() && status.future.is_empty() && !has_looked(status) {
        return None;
    }
    let present = present_tally(status);
    let future = future_tallies(status);
    let all: Tally = future.iter().map(|part| part.tally).sum();
    Some(Assessment {
        server: server_release(status)?,
        present,
        present_verdict: present.verdict(),
        future,
        future_verdict: all.verdict(),
    })
}

/// True if the future attempt ended, so that no future rows means that there are none.
fn has_looked(status: &ConformanceRunStatus) -> bool {
    let ended = status
        .attempts
        .iter()
        .any(|attempt| (attempt.stage == Stage::Future || attempt.combined) && attempt.end.is_some());
    let none = status
        .conditions
        .iter()
        .any(|condition| condition.reason == conditions::reasons::NONE_DEFINED);
    ended || none
}
