//! What every renderer shows of a report, counted and put in order once.

use super::{Evaluation, FutureReport, InputReport, TestReport};
use crate::{Obstacle, Stage, Standing, Tally, Verdict};

/// One input of an [`Evaluation`], by its place in the list that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputAt {
    /// One that was judged.
    Judged(usize),
    /// One that could not be.
    Unreadable(usize),
}

impl InputReport {
    /// What ends early, if something does: what it lacks may be what failed.
    pub fn cut(&self) -> Option<&Obstacle> {
        let mut obstacles = self.certifiable.obstacles.iter();
        obstacles.find(|one| matches!(one, Obstacle::Truncated | Obstacle::ArchiveTruncated))
    }

    /// How the requirements of all later releases stand together.
    pub fn later(&self) -> Tally {
        self.future.iter().map(FutureReport::tally).sum()
    }

    /// How the tests of a stage stand that the report lists one by one.
    pub fn listed(&self, stage: Stage) -> Tally {
        let mut tally = Tally::default();
        let tests = self.tests.iter().flatten().filter(|test| test.stage == stage);
        tests.for_each(|test| tally.count(test.outcome.standing()));
        tally
    }

    /// Every test that is listed, or else those that were missed: first what was missed, then what was not evaluated; of
    /// each what is required now before what will be.
    pub fn telling_first(&self) -> Vec<&TestReport> {
        let tests = self.tests.as_deref().unwrap_or(&self.missed);
        let mut sorted: Vec<&TestReport> = tests.iter().collect();
        let importance = |test: &&TestReport| match test.outcome.standing() {
            Standing::Missed => 0,
            Standing::Unevaluated => 1,
            Standing::Met => 2,
        };
        sorted.sort_by_key(|test| (importance(test), test.stage));
        sorted
    }
}

impl Evaluation {
    /// Every input, the worst first: those that do not conform, those that could not be read, those that decide nothing,
    /// and the rest. What is alike stays in the order that it was given in.
    pub fn worst_first(&self) -> Vec<InputAt> {
        let judged = self.inputs.iter().enumerate().map(|(at, report)| {
            let place = match report.verdict {
                Verdict::NotConformant => 0,
                Verdict::Undecided => 2,
                Verdict::Conformant => 3,
            };
            (place, InputAt::Judged(at))
        });
        let unreadable = (0..self.unreadable.len()).map(|at| (1, InputAt::Unreadable(at)));
        let mut all: Vec<(u8, InputAt)> = judged.chain(unreadable).collect();
        all.sort_by_key(|(place, _)| *place);
        all.into_iter().map(|(_, at)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        Outcome, Release,
        catalogue::upstream,
        evaluation::{Criteria, Measured, ReleaseSource, Seen, Unreadable, evaluate},
    };

    const RELEASE: Release = Release::new(1, 34);

    /// A run in which every test ended alike, but the first.
    fn report(first: Outcome, others: Outcome) -> InputReport {
        let seen = |outcome| Seen {
            outcome,
            attempts: 1,
            milliseconds: None,
            message: None,
        };
        let listed = upstream().listed(RELEASE);
        let requirements = listed.filter_map(|known| known.requirement_in(RELEASE));
        let mut all: BTreeMap<_, _> = requirements.map(|one| (one.name, seen(others))).collect();
        all.first_entry().unwrap().get_mut().outcome = first;
        let measured = Measured {
            source: "x".to_owned(),
            release: RELEASE,
            release_source: ReleaseSource::Given,
            seen: all,
            marks: BTreeMap::new(),
            circumstances: crate::Circumstances::plain(RELEASE, RELEASE),
            patterns: Vec::new(),
            logs: BTreeMap::new(),
            started_at: None,
        };
        evaluate(&measured, &Criteria::default(), true).unwrap()
    }

    #[test]
    fn tests_are_counted_by_stage_and_told_by_what_they_tell() {
        let report = report(Outcome::Skipped, Outcome::Passed);
        assert_eq!(report.listed(Stage::Present), report.present);
        assert_eq!(report.listed(Stage::Future), report.later());
        let first = report.telling_first();
        assert_eq!(first[0].outcome, Outcome::Skipped);
        assert_eq!(first.len(), report.tests.as_ref().unwrap().len());
        assert!(first.is_sorted_by_key(|test| test.outcome.standing() == Standing::Met));
    }

    #[test]
    fn the_worst_input_is_first() {
        let unreadable = Unreadable {
            source: "y".to_owned(),
            error: "broken".to_owned(),
        };
        let evaluation = Evaluation::new(
            vec![
                report(Outcome::Passed, Outcome::Passed),
                report(Outcome::NotRun, Outcome::Passed),
                report(Outcome::Failed, Outcome::Passed),
                report(Outcome::Failed, Outcome::Passed),
            ],
            vec![unreadable],
        );
        let at = InputAt::Judged;
        assert_eq!(
            evaluation.worst_first(),
            [at(2), at(3), InputAt::Unreadable(0), at(1), at(0)]
        );
    }
}
