use super::*;
use crate::assess;

const SERVER: Release = Release::new(1, 36);

fn record(stage: Stage, minor: u16, authority: Authority, name: &str, outcome: Outcome) -> Record {
    let name = TestName::new(name).unwrap();
    let requirement = Requirement {
        area: Area::of(&name),
        name,
        required_in: Release::new(1, minor),
        authority,
    };
    Record {
        requirement,
        stage,
        outcome,
        attempts: 1,
        message: None,
    }
}

fn table(records: &[Record]) -> String {
    let assessment = assess(SERVER, records);
    let report = report(&assessment, records);
    let rows = report.rows.iter().map(|row| {
        let authority = row.authority.map_or("-", Authority::word);
        format!(
            "{} {} {authority} {}/{} {} {} {}",
            row.stage.word(),
            row.required_in,
            row.passed,
            row.total,
            row.failed,
            row.unevaluated,
            row.verdict
        )
    });
    let failures = report.failures.iter().map(|failure| {
        let Failure {
            name,
            required_in,
            area,
            outcome,
            ..
        } = failure;
        format!(
            "{} {required_in} {} {outcome:?} {name}",
            failure.stage.word(),
            area.word()
        )
    });
    let lines: Vec<String> = rows
        .chain(failures)
        .chain(future_note(&assessment).map(str::to_owned))
        .collect();
    lines.join("\n")
}

use Authority::{Advisory, Upstream};
use Outcome::{Failed, NotRun, Passed, Skipped, TimedOut};
use Stage::{Future, Present};

#[test]
fn now_and_later_side_by_side() {
    let records = [
        record(Present, 9, Upstream, "[sig-network] Services serve", Passed),
        record(Future, 41, Advisory, "[sig-network] Services named ports", Failed),
        record(Future, 38, Upstream, "[sig-network] DNS x", TimedOut),
        record(Future, 38, Upstream, "[sig-network] DNS a", Failed),
        record(Future, 37, Upstream, "[sig-node] Pods b", Failed),
        record(Future, 37, Advisory, "[sig-node] Pods c", Passed),
    ];
    insta::assert_snapshot!(table(&records), @"
    present 1.36 - 1/1 0 0 Conformant
    future 1.37 upstream 0/1 1 0 Warning: required in 1 release
    future 1.37 advisory 1/1 0 0 Ready (advisory)
    future 1.38 upstream 0/2 2 0 Warning: required in 2 releases
    future 1.41 advisory 0/1 1 0 Warning: may be required in 5 releases (advisory)
    future 1.37 node Failed [sig-node] Pods b
    future 1.38 dns Failed [sig-network] DNS a
    future 1.38 dns TimedOut [sig-network] DNS x
    future 1.41 service-proxy Failed [sig-network] Services named ports
    ");
}

#[test]
fn what_is_required_now_comes_first_among_the_failures() {
    let records = [
        record(Future, 37, Upstream, "[sig-apps] Job a", Failed),
        record(Present, 30, Upstream, "[sig-apps] Job b", Failed),
        record(Present, 9, Upstream, "[sig-apps] Job c", TimedOut),
        record(Present, 9, Upstream, "[sig-apps] Job d", Passed),
        record(Present, 9, Upstream, "[sig-apps] Job e", NotRun),
    ];
    insta::assert_snapshot!(table(&records), @"
    present 1.36 - 1/4 2 1 Not conformant
    future 1.37 upstream 0/1 1 0 Warning: required in 1 release
    present 1.30 workloads Failed [sig-apps] Job b
    present 1.9 workloads TimedOut [sig-apps] Job c
    future 1.37 workloads Failed [sig-apps] Job a
    ");
}

#[test]
fn what_was_not_measured_is_said_so() {
    let records = [
        record(Present, 9, Upstream, "[sig-apps] Job a", Passed),
        record(Present, 9, Upstream, "[sig-apps] Job b", NotRun),
        record(Future, 38, Upstream, "[sig-apps] Job c", Skipped),
        record(Future, 41, Advisory, "[sig-apps] Job d", Passed),
        record(Future, 41, Advisory, "[sig-apps] Job e", Skipped),
    ];
    insta::assert_snapshot!(table(&records), @"
    present 1.36 - 1/2 0 1 Undecided: 1 of 2 measured, all passed
    future 1.38 upstream 0/1 0 1 Undecided: none of 1 measured
    future 1.41 advisory 1/2 0 1 Undecided: 1 of 2 measured, all passed
    ");
}

#[test]
fn nothing_at_all_is_said_in_words() {
    insta::assert_snapshot!(table(&[]), @"
    present 1.36 - 0/0 0 0 Undecided: nothing is required
    This suite and these profiles define no future requirements.
    ");
}

#[test]
fn a_release_that_has_come_is_no_distance() {
    let records = [
        record(Present, 9, Upstream, "[sig-apps] Job a", Passed),
        record(Future, 36, Advisory, "[sig-apps] Job b", Failed),
        record(Future, 37, Upstream, "[sig-apps] Job c", Passed),
    ];
    insta::assert_snapshot!(table(&records), @"
    present 1.36 - 1/1 0 0 Conformant
    future 1.36 advisory 0/1 1 0 Warning: may be required in 1.36 or later (advisory)
    future 1.37 upstream 1/1 0 0 Ready
    future 1.36 workloads Failed [sig-apps] Job b
    ");
}
