//! Runs of one cluster over time: how its numbers went, and which tests went to and fro.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    Area, Outcome, Release, Standing, Tally, TestName, Verdict,
    catalogue::identity,
    evaluation::{InputReport, REPORT_VERSION},
};

/// Runs of one cluster over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trend {
    /// The version of this form.
    pub api_version: &'static str,
    /// `Trend`.
    pub kind: &'static str,
    /// What the runs have in common, such as their schedule.
    pub name: String,
    /// The runs, the oldest first.
    pub points: Vec<Point>,
    /// Every requirement that was missed or flaky in one of them; those that changed most often come first.
    pub unsteady: Vec<Unsteady>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// Its name.
    pub run: String,
    /// When it ended, RFC 3339; of files when it started, without a zone, since they say none. Empty if it is not known.
    pub time: String,
    /// The release of the cluster then.
    pub release: Release,
    /// Whether the cluster conformed.
    pub verdict: Verdict,
    /// How the requirements of that release stood.
    pub present: Tally,
    /// How many requirements of later releases were missed.
    pub future_failed: i32,
}

/// A requirement that was not always met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unsteady {
    /// The newest name of its test, without marks.
    pub name: String,
    /// The part of the cluster under test.
    pub area: Area,
    /// How often it went from met to missed or back; what was not measured in between changes nothing.
    pub changes: usize,
    /// What happened in each run.
    pub outcomes: Vec<Outcome>,
}

/// Puts runs in the order of time, and those of one time, or of none, in the order that they are given in; `runs` are
/// reports with all their tests, and when each run ended.
pub fn trend(name: &str, mut runs: Vec<(String, InputReport)>) -> Trend {
    runs.sort_by(|(time, _), (other, _)| time.cmp(other));
    let mut outcomes: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
    for (place, (_, report)) in runs.iter().enumerate() {
        for test in report.tests.as_ref().unwrap_or(&report.missed) {
            let row = outcomes
                .entry(identity(&test.name))
                .or_insert_with(|| vec![Outcome::NotRun; runs.len()]);
            if let Some(cell) = row.get_mut(place) {
                *cell = test.outcome;
            }
        }
    }
    let mut unsteady: Vec<Unsteady> = outcomes
        .into_iter()
        .filter(|(_, outcomes)| outcomes.iter().any(|outcome| is_unwell(*outcome)))
        .map(|(name, outcomes)| Unsteady {
            area: TestName::new(name).map_or(Area::Other, |name| Area::of(&name)),
            name: name.to_owned(),
            changes: changes(&outcomes),
            outcomes,
        })
        .collect();
    unsteady.sort_by(|a, b| (b.changes, &a.name).cmp(&(a.changes, &b.name)));
    Trend {
        api_version: REPORT_VERSION,
        kind: "Trend",
        name: name.to_owned(),
        points: runs
            .into_iter()
            .map(|(time, report)| Point::of(time, &report))
            .collect(),
        unsteady,
    }
}

impl Point {
    fn of(time: String, report: &InputReport) -> Self {
        Self {
            run: report.source.clone(),
            time,
            release: report.release,
            verdict: report.verdict,
            present: report.present,
            future_failed: report.later().failed,
        }
    }
}

fn is_unwell(outcome: Outcome) -> bool {
    outcome == Outcome::Flaky || outcome.standing() == Standing::Missed
}

fn changes(outcomes: &[Outcome]) -> usize {
    let measured = outcomes.iter().map(|outcome| outcome.standing());
    let measured: Vec<Standing> = measured
        .filter(|standing| *standing != Standing::Unevaluated)
        .collect();
    let pairs = measured.iter().zip(measured.iter().skip(1));
    pairs.filter(|(before, after)| before != after).count()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        Case, Junit, LogSummary,
        evaluation::{Criteria, Measured, evaluate},
    };

    /// A run that says this of some tests that every release requires.
    fn run(name: &str, outcomes: &[(&str, Outcome)]) -> InputReport {
        let case = |(name, outcome): &(&str, Outcome)| Case {
            name: TestName::new(name).unwrap(),
            outcome: *outcome,
            duration: Duration::ZERO,
            message: None,
            filtered: *outcome == Outcome::NotRun,
        };
        let file = Junit {
            cases: outcomes.iter().map(case).collect(),
            ..Junit::default()
        };
        let known = Some((Release::new(1, 34), crate::evaluation::ReleaseSource::Given));
        let measured = Measured::of_files(name, &[file], Some(&LogSummary::default()), known).unwrap();
        evaluate(&measured, &Criteria::default(), true).unwrap()
    }

    const DNS: &str = "[sig-network] DNS should provide DNS for services [Conformance]";
    const PODS: &str = "[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: http [NodeConformance] [Conformance]";

    #[test]
    fn what_goes_to_and_fro_comes_first() {
        use Outcome::{Failed, NotRun, Passed};
        let at = |hour: u8| format!("2026-11-22T{hour:02}:00:00Z");
        let trend = trend(
            "nightly",
            vec![
                (at(4), run("d", &[(DNS, Passed), (PODS, Failed)])),
                (at(1), run("a", &[(DNS, Passed), (PODS, Passed)])),
                (at(3), run("c", &[(DNS, NotRun), (PODS, Failed)])),
                (at(2), run("b", &[(DNS, Failed), (PODS, Passed)])),
            ],
        );
        let runs: Vec<&str> = trend.points.iter().map(|point| point.run.as_str()).collect();
        assert_eq!(runs, ["a", "b", "c", "d"]);
        assert_eq!(trend.points[1].present.failed, 1);
        assert_eq!(
            trend.points[0].verdict,
            Verdict::Undecided,
            "two of hundreds were measured"
        );
        let unsteady: Vec<(usize, &[Outcome])> = trend
            .unsteady
            .iter()
            .map(|one| (one.changes, one.outcomes.as_slice()))
            .collect();
        assert_eq!(
            unsteady,
            [
                (2, [Passed, Failed, NotRun, Passed].as_slice()),
                (1, [Passed, Passed, Failed, Failed].as_slice()),
            ]
        );
        assert_eq!(trend.unsteady[0].area, Area::Dns);
    }

    #[test]
    fn no_runs_are_no_trend() {
        let trend = trend("x", Vec::new());
        assert!(trend.points.is_empty() && trend.unsteady.is_empty());
    }
}
