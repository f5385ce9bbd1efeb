use std::{collections::BTreeMap, fmt::Write};

use super::*;
use crate::{Circumstances, TestName, evaluation::ReleaseSource};

const RC: &str =
    "[sig-api-machinery] Garbage collector should orphan pods created by rc if delete options say so";

fn run(minor: u16, changes: &[(&str, Outcome)]) -> Measured {
    let release = Release::new(1, minor);
    let seen = |outcome| Seen {
        outcome,
        attempts: 1,
        milliseconds: None,
        message: None,
    };
    let requirements = upstream()
        .listed(release)
        .filter_map(|known| known.requirement_in(release));
    let mut all: BTreeMap<TestName, Seen> = requirements
        .map(|one| (one.name, seen(Outcome::Passed)))
        .collect();
    for (part, outcome) in changes {
        let (_, one) = all
            .iter_mut()
            .find(|(name, _)| name.as_str().contains(part))
            .unwrap();
        one.outcome = *outcome;
    }
    Measured {
        source: format!("run-{minor}"),
        release,
        release_source: ReleaseSource::Given,
        seen: all,
        marks: BTreeMap::new(),
        circumstances: Circumstances::plain(release, release),
        patterns: Vec::new(),
        logs: BTreeMap::new(),
        started_at: None,
    }
}

fn told(diff: &Diff) -> Vec<(ChangeKind, &str)> {
    diff.changes
        .iter()
        .map(|change| (change.kind, change.name.as_str()))
        .collect()
}

#[test]
fn equal_runs_differ_in_nothing() {
    let diff = diff(&run(36, &[]), &run(36, &[]), Vec::new()).unwrap();
    assert_eq!(diff.changes, []);
    assert!(!diff.is_worse());
}

#[test]
fn what_happened_changes() {
    let before = run(
        36,
        &[
            ("provide DNS for services", Outcome::Failed),
            ("provide DNS for the cluster", Outcome::Flaky),
        ],
    );
    let after = run(
        36,
        &[
            ("serve a basic endpoint", Outcome::TimedOut),
            ("provide DNS for ExternalName", Outcome::Skipped),
        ],
    );
    let diff = diff(&before, &after, Vec::new()).unwrap();
    assert_eq!(
        told(&diff),
        [
            (
                ChangeKind::NewlyFailing,
                "[sig-network] Services should serve a basic endpoint from pods"
            ),
            (
                ChangeKind::Fixed,
                "[sig-network] DNS should provide DNS for services"
            ),
            (
                ChangeKind::Flaky,
                "[sig-network] DNS should provide DNS for the cluster"
            ),
            (
                ChangeKind::NotRun,
                "[sig-network] DNS should provide DNS for ExternalName services"
            ),
        ]
    );
    assert!(diff.is_worse());
    assert_eq!(
        (diff.before.verdict, diff.after.verdict),
        (Verdict::NotConformant, Verdict::NotConformant)
    );
}

#[test]
fn a_renamed_test_is_one_requirement() {
    let diff = diff(&run(32, &[(RC, Outcome::Failed)]), &run(33, &[]), Vec::new()).unwrap();
    let of_rc: Vec<ChangeKind> = diff
        .changes
        .iter()
        .filter(|change| change.name.starts_with(RC))
        .map(|change| change.kind)
        .collect();
    assert_eq!(of_rc, [ChangeKind::Fixed, ChangeKind::Renamed]);
    let newly = diff
        .changes
        .iter()
        .filter(|change| change.kind == ChangeKind::NewlyRequired)
        .count();
    // The list of v1.33 has eight new tests, of which two are required from 1.34 on.
    assert_eq!(newly, 6);
    let back = super::diff(&run(33, &[]), &run(32, &[]), Vec::new()).unwrap();
    assert_eq!(
        back.changes
            .iter()
            .filter(|change| change.kind == ChangeKind::Demoted)
            .count(),
        6
    );
}

/// The newest list, with a test more that is required from the next release on, and with one test less.
fn next_list(without: &str) -> (Release, Vec<RequirementList>) {
    let newest = upstream().newest().unwrap();
    let next = Release::new(1, newest.minor() + 1);
    let requirements = upstream()
        .listed(newest)
        .filter_map(|known| known.requirement_in(newest));
    let names = requirements.map(|one| one.name.as_str().to_owned());
    let entries = names.filter(|name| !name.contains(without));
    let mut text = format!("- {{codename: '[sig-x] new [Conformance]', release: v{next}}}\n");
    for name in entries {
        writeln!(text, "- {{codename: {name:?}, release: v1.9}}").unwrap();
    }
    (next, vec![RequirementList::read(&text).unwrap()])
}

#[test]
fn a_list_says_what_is_required_of_either_run() {
    let (next, list) = next_list("serve a basic endpoint");
    let newest = next.minor() - 1;
    let before = run(newest, &[]);
    let mut after = run(newest, &[("serve a basic endpoint", Outcome::Failed)]);
    after.release = next;
    assert!(diff(&before, &after, Vec::new()).is_err());
    let diff = diff(&before, &after, list).unwrap();
    assert_eq!(told(&diff), [(ChangeKind::NewlyRequired, "[sig-x] new")]);
    assert_eq!(
        (diff.before.verdict, diff.after.verdict),
        (Verdict::Conformant, Verdict::Undecided)
    );
}

const FUTURE: &str = "[sig-network] Services should do what comes [FutureConformance]";

/// The same run with a test of which its name says that it will be required from a release on.
fn with_future(minor: u16, required_in: u16, outcome: Outcome) -> Measured {
    let mut run = run(minor, &[]);
    let name = TestName::new(FUTURE).unwrap();
    run.marks.insert(name.clone(), Release::new(1, required_in));
    let seen = run.seen.values().next().unwrap().clone();
    run.seen.insert(name, Seen { outcome, ..seen });
    run
}

fn stages(diff: &Diff) -> Vec<(Stage, ChangeKind, u16)> {
    let mine = diff
        .changes
        .iter()
        .filter(|change| change.name.contains("what comes"));
    mine.map(|change| (change.stage, change.kind, change.required_in.minor()))
        .collect()
}

#[test]
fn what_is_required_later_is_compared_and_never_makes_it_worse() {
    use ChangeKind::{Demoted, Fixed, NewlyFailing, NewlyRequired, NotRun};
    use Outcome::{Failed, NotRun as Not, Passed};
    let then = |outcome| with_future(36, 38, outcome);
    for (before, after, kind) in [
        (then(Passed), then(Failed), NewlyFailing),
        (then(Failed), then(Passed), Fixed),
        (then(Failed), then(Not), NotRun),
        (run(36, &[]), then(Failed), NewlyRequired),
        (then(Not), run(36, &[]), Demoted),
    ] {
        let diff = diff(&before, &after, Vec::new()).unwrap();
        assert_eq!(stages(&diff), [(Stage::Future, kind, 38)]);
        assert_eq!(diff.changes.len(), 1);
        assert!(!diff.is_worse(), "{kind:?}");
    }
}

#[test]
fn what_becomes_due_counts() {
    let (before, mut after) = (with_future(35, 36, Outcome::Passed), run(36, &[]));
    let name = TestName::new(&FUTURE.replace("Future", "")).unwrap();
    let seen = after.seen.values().next().unwrap().clone();
    let outcome = Outcome::Failed;
    after.marks.insert(name.clone(), Release::new(1, 36));
    after.seen.insert(name, Seen { outcome, ..seen });
    let diff = diff(&before, &after, Vec::new()).unwrap();
    assert_eq!(
        stages(&diff),
        [
            (Stage::Present, ChangeKind::NewlyFailing, 36),
            (Stage::Present, ChangeKind::NewlyRequired, 36)
        ]
    );
    assert!(diff.is_worse());
}

#[test]
fn what_binds_is_told_before_what_does_not() {
    let before = with_future(36, 38, Outcome::Passed);
    let mut after = with_future(36, 38, Outcome::Failed);
    let dns = after
        .seen
        .keys()
        .find(|name| name.as_str().contains("provide DNS for services"));
    let dns = dns.unwrap().clone();
    after.seen.get_mut(&dns).unwrap().outcome = Outcome::Failed;
    let diff = diff(&before, &after, Vec::new()).unwrap();
    let order: Vec<Stage> = diff.changes.iter().map(|change| change.stage).collect();
    assert_eq!(order, [Stage::Present, Stage::Future]);
    assert!(diff.is_worse());
}
