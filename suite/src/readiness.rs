//! What a later release will ask of a cluster, and what of that it already does.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    Authority, Release, RequirementList, Stage, Standing, Tally, Verdict,
    catalogue::{Known, Life, identity, standing, upstream},
    evaluation::{Criteria, InputReport, Measured, REPORT_VERSION, TestReport, UnknownRelease, evaluate},
};

/// What becomes required on the way to a release, and how the cluster stands with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Readiness {
    /// The version of this form.
    pub api_version: &'static str,
    /// `Readiness`.
    pub kind: &'static str,
    /// The input, as its user named it.
    pub source: String,
    /// The release of the cluster.
    pub release: Release,
    /// The release that is looked ahead to.
    pub to: Release,
    /// How those requirements of today stand that go on; none if they were not asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Step>,
    /// What becomes required on the way, by release and authority.
    pub steps: Vec<Step>,
    /// What is required today and no more then.
    pub demoted: Vec<String>,
    /// Whether the cluster meets everything that upstream's lists require by then, or of that what comes on the way, if nothing
    /// else was asked about. What is advisory does not count.
    pub verdict: Verdict,
}

/// The requirements that one release brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// The release.
    pub release: Release,
    /// Who says so.
    pub authority: Authority,
    /// How they stand.
    pub tally: Tally,
    /// Those that were missed or not measured.
    pub open: Vec<TestReport>,
}

/// Looks ahead from what was measured to release `to`, by the lists too, see [`Criteria::with_lists`].
pub fn readiness(
    measured: &Measured,
    to: Release,
    lists: Vec<RequirementList>,
) -> Result<Readiness, UnknownRelease> {
    let criteria = Criteria::new(Some(to)).with_lists(lists);
    let is_listed = criteria.demands(measured.release)?.is_listed();
    let report = evaluate(measured, &criteria, true)?;
    let mut kept = Step::new(report.release, Authority::Upstream);
    let mut steps: Vec<Step> = Vec::new();
    let mut demoted = if is_listed { left_out(&report) } else { Vec::new() };
    let mut upstream = Tally::default();
    for test in report.tests.into_iter().flatten() {
        if test.stage == Stage::Present {
            if !is_listed && matches!(standing(&test.name, to), Life::Demoted { .. }) {
                demoted.push(test.name.without_stage().to_owned());
                continue;
            }
            upstream.count(test.outcome.standing());
            kept.take(test);
            continue;
        }
        if test.authority == Authority::Upstream {
            // What comes and goes again on the way is not asked then.
            if !is_listed && matches!(standing(&test.name, to), Life::Demoted { .. }) {
                continue;
            }
            upstream.count(test.outcome.standing());
        }
        let place = (test.required_in, test.authority);
        if steps
            .last()
            .is_none_or(|step| (step.release, step.authority) != place)
        {
            steps.push(Step::new(test.required_in, test.authority));
        }
        if let Some(step) = steps.last_mut() {
            step.take(test);
        }
    }
    let mut verdict = upstream.verdict();
    if measured.cut().is_some() && verdict == Verdict::Conformant {
        verdict = Verdict::Undecided;
    }
    Ok(Readiness {
        api_version: REPORT_VERSION,
        kind: "Readiness",
        source: report.source,
        release: report.release,
        to,
        kept: Some(kept),
        steps,
        demoted,
        verdict,
    })
}

impl Readiness {
    /// The same of a run that asked only about what comes on the way: what is required today was not looked at, and decides
    /// nothing. If nothing comes, there is nothing that the cluster lacks, as far as upstream's lists are known.
    #[must_use]
    pub fn of_steps(mut self) -> Self {
        self.kept = None;
        let steps = self
            .steps
            .iter()
            .filter(|step| step.authority == Authority::Upstream);
        let tally = steps.fold(Tally::default(), |sum, step| sum.plus(step.tally));
        self.verdict = if tally.required == 0 && upstream().covers(self.to) {
            Verdict::Conformant
        } else {
            tally.verdict()
        };
        self
    }
}

/// What the catalogue requires of the release and a given list does not.
fn left_out(report: &InputReport) -> Vec<String> {
    let tests = report.tests.iter().flatten();
    let listed: BTreeSet<&str> = tests.map(|test| identity(&test.name)).collect();
    let binds = |known: &&Known<'_>| known.first() <= report.release && !listed.contains(known.id());
    let known = upstream().listed(report.release).filter(binds);
    known.map(|known| known.id().to_owned()).collect()
}

impl Step {
    const fn new(release: Release, authority: Authority) -> Self {
        Self {
            release,
            authority,
            tally: Tally {
                required: 0,
                passed: 0,
                failed: 0,
                unevaluated: 0,
            },
            open: Vec::new(),
        }
    }

    fn take(&mut self, test: TestReport) {
        let standing = test.outcome.standing();
        self.tally.count(standing);
        if standing != Standing::Met {
            self.open.push(test);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Write};

    use super::*;
    use crate::{
        Circumstances, Outcome, TestName,
        evaluation::{ReleaseSource, Seen},
    };

    const RELEASE: Release = Release::new(1, 34);

    /// A run of the suite of 1.36 on a cluster of 1.34, as far as `outcome` says.
    fn run(outcome: impl Fn(&TestName) -> Outcome) -> Measured {
        let newest = Release::new(1, 36);
        let requirements = upstream()
            .listed(newest)
            .filter_map(|known| known.requirement_in(newest));
        let seen: BTreeMap<TestName, Seen> = requirements
            .map(|one| {
                let seen = Seen {
                    outcome: outcome(&one.name),
                    attempts: 1,
                    milliseconds: None,
                    message: None,
                };
                (one.name, seen)
            })
            .collect();
        Measured {
            source: "x".to_owned(),
            release: RELEASE,
            release_source: ReleaseSource::Given,
            seen,
            marks: BTreeMap::new(),
            circumstances: Circumstances::plain(newest, RELEASE),
            patterns: Vec::new(),
            logs: BTreeMap::new(),
            started_at: None,
        }
    }

    fn steps(readiness: &Readiness) -> Vec<(u16, Authority, i32, usize)> {
        let told = |step: &Step| {
            (
                step.release.minor(),
                step.authority,
                step.tally.required,
                step.open.len(),
            )
        };
        readiness.steps.iter().map(told).collect()
    }

    #[test]
    fn every_release_on_the_way_is_a_step() {
        let ready = readiness(&run(|_| Outcome::Passed), Release::new(1, 36), Vec::new()).unwrap();
        assert_eq!(
            steps(&ready),
            [(35, Authority::Upstream, 14, 0), (36, Authority::Upstream, 5, 0)]
        );
        assert_eq!(
            (ready.kept.unwrap().tally.required, ready.verdict),
            (424, Verdict::Conformant)
        );
        let near = readiness(&run(|_| Outcome::Passed), Release::new(1, 35), Vec::new()).unwrap();
        assert_eq!(near.steps.len(), 1);
    }

    #[test]
    fn one_missed_step_decides_and_advisory_ones_do_not() {
        let new = |name: &TestName| {
            upstream()
                .find(name)
                .is_some_and(|known| known.first() == Release::new(1, 36))
        };
        let missed = run(|name| {
            if new(name) {
                Outcome::Failed
            } else {
                Outcome::Passed
            }
        });
        let readiness_of = |minor| readiness(&missed, Release::new(1, minor), Vec::new()).unwrap();
        assert_eq!(readiness_of(35).verdict, Verdict::Conformant);
        assert_eq!(readiness_of(36).verdict, Verdict::NotConformant);
        assert_eq!(readiness_of(36).steps[1].open.len(), 5);
        let far = readiness(&run(|_| Outcome::Passed), Release::new(1, 41), Vec::new()).unwrap();
        assert_eq!(
            (far.steps.len(), far.steps[3].authority, far.verdict),
            (4, Authority::Advisory, Verdict::Undecided)
        );
    }

    #[test]
    fn a_run_of_what_comes_decides_without_what_is_required_today() {
        let comes = |name: &TestName| {
            let known = upstream().find(name);
            known.is_some_and(|known| !known.is_in(RELEASE))
        };
        let of = |coming: Outcome, minor: u16| {
            let measured = run(|name| if comes(name) { coming } else { Outcome::NotRun });
            readiness(&measured, Release::new(1, minor), Vec::new()).unwrap()
        };
        assert_eq!(of(Outcome::Passed, 36).verdict, Verdict::Undecided);
        let verdict = |coming, minor| {
            let ready = of(coming, minor).of_steps();
            assert_eq!(ready.kept, None);
            ready.verdict
        };
        assert_eq!(verdict(Outcome::Passed, 36), Verdict::Conformant);
        assert_eq!(verdict(Outcome::Failed, 36), Verdict::NotConformant);
        assert_eq!(verdict(Outcome::Skipped, 36), Verdict::Undecided);
        // Nothing comes on the way to where the cluster is; of what the lists do not know nothing is said.
        assert_eq!(verdict(Outcome::NotRun, 34), Verdict::Conformant);
        let mut newest = of(Outcome::NotRun, 34);
        newest.to = upstream().newest().unwrap().plus(1);
        assert_eq!(newest.of_steps().verdict, Verdict::Undecided);
    }

    #[test]
    fn what_comes_and_goes_on_the_way_is_not_asked_then() {
        let old = Measured {
            release: Release::new(1, 25),
            ..run(|_| Outcome::Passed)
        };
        let ready = |minor| readiness(&old, Release::new(1, minor), Vec::new()).unwrap();
        // One of the tests of v1.26 is no longer required in v1.28.
        assert_eq!([27, 28].map(|minor| ready(minor).steps[0].tally.required), [8, 7]);
    }

    #[test]
    fn a_list_of_a_later_release_says_what_comes_and_what_goes() {
        let newest = Release::new(1, 36);
        let requirements = upstream()
            .listed(newest)
            .filter_map(|known| known.requirement_in(newest));
        let mut text = "- {codename: '[sig-x] new [Conformance]', release: v1.38}\n".to_owned();
        for one in requirements.skip(1) {
            let (name, release) = (one.name.as_str(), one.required_in);
            writeln!(text, "- {{codename: {name:?}, release: v{release}}}").unwrap();
        }
        let lists = || vec![RequirementList::read(&text).unwrap()];
        let measured = run(|_| Outcome::Passed);
        let ready = readiness(&measured, Release::new(1, 38), lists()).unwrap();
        // Three tests came to the list of 1.35 with releases of long ago, and a list alone says no more than that.
        assert_eq!(
            steps(&ready),
            [
                (35, Authority::Upstream, 11, 0),
                (36, Authority::Upstream, 5, 0),
                (37, Authority::Upstream, 19, 19),
                (38, Authority::Upstream, 1, 1)
            ]
        );
        assert_eq!(
            (
                ready.kept.unwrap().tally.required,
                ready.demoted.len(),
                ready.verdict
            ),
            (426, 1, Verdict::Undecided)
        );
        let near = readiness(&measured, newest, lists()).unwrap();
        assert_eq!(near.verdict, Verdict::Conformant);
    }
}
