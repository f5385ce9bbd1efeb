//! One run: present and future side by side, then what failed, then why something is not decided.

use conform_crds::{ConformanceRun, ConformanceRunStatus, FailureSummary, conditions};
use conform_report::{row_verdict, state};
use conform_suite::{Row, Stage};
use jiff::Timestamp;
use kube::ResourceExt;

use super::{Column, Table, own_suites::own_suites, preflight};
use crate::{
    assess, condition,
    progress::counts,
    text::{clean_line, count, hang, shorten},
    time,
};

/// Longest message of a failed test that is shown; `results -o yaml` and `logs` have the rest.
const MESSAGE_WIDTH: usize = 220;

/// Everything that `status` shows.
pub fn status(run: &ConformanceRun, now: Timestamp, width: u16) -> String {
    let mut parts = vec![headline(run, now, width)];
    let looks_only = run.spec.preflight.only;
    match assess::table(run) {
        _ if looks_only => {
            let checks = run.status.as_ref().map(|status| status.preflight.as_slice());
            let checks = checks.filter(|checks| !checks.is_empty());
            parts.extend(checks.map(|checks| preflight::preflight(checks, width)));
            return parts.join("\n\n");
        }
        Some((rows, note)) => {
            if !rows.is_empty() {
                parts.push(stages(&rows, width));
            }
            parts.extend(note.map(|note| hang("", note, width.into())));
        }
        None => parts.push(so_far(run)),
    }
    if let Some(status) = &run.status {
        if !status.own_suites.is_empty() {
            parts.push(own_suites(&status.own_suites, width));
        }
        let now_failing = failures(status, Stage::Present, "Failing now", width);
        let later = failures(status, Stage::Future, "Failing today and required later", width);
        parts.extend([now_failing, later].into_iter().flatten());
        if let Some(more) = status.failures_omitted.filter(|more| *more > 0) {
            let name = run.name_any();
            let more = count(more.into(), "further failure");
            let hint =
                format!("{more} not shown: `kubectl conform results {name} --outcome failed` lists all.");
            parts.push(hang("", &hint, width.into()));
        }
    }
    parts.extend(preflight::trouble(run, width));
    parts.extend(remarks(run, width));
    parts.join("\n\n")
}

/// What there is of a run before its verdict: `results` names the tests.
fn so_far(run: &ConformanceRun) -> String {
    let progress = run.status.as_ref().and_then(|status| status.progress.as_ref());
    match progress.filter(|progress| progress.completed > 0) {
        Some(progress) => format!("{}: {}", progress.stage.word(), counts(progress)),
        None => "No test has an outcome yet.".to_owned(),
    }
}

fn headline(run: &ConformanceRun, now: Timestamp, width: u16) -> String {
    let mut lines = vec![hang(
        "",
        &format!("Run {}: {}", run.name_any(), state(run)),
        width.into(),
    )];
    if let Some(status) = &run.status {
        let mut facts = Vec::new();
        facts.extend(
            status
                .server_version
                .as_ref()
                .map(|version| format!("server {version}")),
        );
        facts.extend(
            status
                .suite
                .as_ref()
                .map(|suite| format!("suite {}", suite.image)),
        );
        if let Some(start) = &status.start_time {
            let end = status.completion_time.as_ref().map(|end| end.0);
            let took = time::short(end.unwrap_or(now).duration_since(start.0).as_secs());
            facts.push(if end.is_some() {
                format!("took {took}")
            } else {
                format!("running for {took}")
            });
        }
        if !facts.is_empty() {
            lines.push(hang("", &clean_line(&facts.join(", ")), width.into()));
        }
    }
    lines.join("\n")
}

/// The table of stages.
pub(super) fn stages(rows: &[Row], width: u16) -> String {
    let mut table = Table::new([
        Column::left("STAGE"),
        Column::left("REQUIRED IN"),
        Column::right("PASSED"),
        Column::right("FAILED"),
        Column::right("NOT EVALUATED"),
        Column::wrapping("VERDICT"),
    ]);
    for row in rows {
        table.row([
            row.stage.word().to_owned(),
            row.required_in.to_string(),
            format!("{}/{}", row.passed, row.total),
            row.failed.to_string(),
            row.unevaluated.to_string(),
            row_verdict(row),
        ]);
    }
    table.render(Some(width))
}

fn failures(status: &ConformanceRunStatus, stage: Stage, title: &str, width: u16) -> Option<String> {
    let of_stage: Vec<&FailureSummary> = status
        .failures
        .iter()
        .filter(|failure| failure.stage == stage)
        .collect();
    if of_stage.is_empty() {
        return None;
    }
    let mut lines = vec![format!("{title}:")];
    for failure in of_stage {
        lines.push(hang("  - ", &clean_line(failure.name.as_str()), width.into()));
        let mut facts = format!("{}, {:?}", place(failure), failure.outcome);
        if stage == Stage::Future {
            facts = format!("{facts}, {}", deadline(failure, status));
        }
        if let Some(message) = &failure.message {
            facts = format!("{facts}: {}", shorten(&clean_line(message), MESSAGE_WIDTH));
        }
        lines.push(hang("      ", &facts, width.into()));
    }
    Some(lines.join("\n"))
}

/// The area, and what implements it here as far as the run looked.
fn place(failure: &FailureSummary) -> String {
    let area = failure.area.word();
    match &failure.component {
        Some(component) => format!("{area}: {}", clean_line(component)),
        None => area.to_owned(),
    }
}

/// From when on a future requirement binds, who says so, and how long that leaves.
fn deadline(failure: &FailureSummary, status: &ConformanceRunStatus) -> String {
    let left = match assess::server_release(status).map(|server| server.releases_until(failure.required_in)) {
        Some(0) | None => String::new(),
        Some(releases) => format!(", {} left", count(releases.into(), "release")),
    };
    format!(
        "required in {} ({}){left}",
        failure.required_in,
        failure.authority.word()
    )
}

/// What is not as it could be, with the operator's reason.
fn remarks(run: &ConformanceRun, width: u16) -> Option<String> {
    let mut lines = Vec::new();
    let status = run.status.iter();
    for one in status.flat_map(|status| &status.not_applicable) {
        lines.push(hang(
            "",
            &clean_line(&format!("Not applicable: {}", one.because)),
            width.into(),
        ));
    }
    let mut say = |words: &str, kind: &str| {
        if let Some(condition) = condition::find(run, kind) {
            let message = clean_line(&condition.message);
            let why = if message.is_empty() {
                condition.reason.clone()
            } else {
                message
            };
            lines.push(hang("", &format!("{words}: {why}"), width.into()));
        }
    };
    if condition::status(run, conditions::STALLED) == "True" {
        say("Stuck until something changes", conditions::STALLED);
    }
    if condition::is_finished(run) {
        let stages = run.spec.stages.in_order();
        // That there is no future requirement is right, and said below the table.
        let undecided = |kind| {
            let found = condition::find(run, kind);
            found.is_some_and(|found| {
                found.status == "Unknown" && found.reason != conditions::reasons::NONE_DEFINED
            })
        };
        if stages.contains(&Stage::Present) && undecided(conditions::PRESENT_CONFORMANT) {
            say(
                "Not decided whether the cluster conforms now",
                conditions::PRESENT_CONFORMANT,
            );
        }
        if stages.contains(&Stage::Future) && undecided(conditions::FUTURE_CONFORMANT) {
            say(
                "Not decided whether the cluster will conform",
                conditions::FUTURE_CONFORMANT,
            );
        }
        if condition::status(run, conditions::CERTIFIABLE) == "True" {
            say("The files can be submitted", conditions::CERTIFIABLE);
        } else {
            say("The files cannot be submitted", conditions::CERTIFIABLE);
        }
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}
