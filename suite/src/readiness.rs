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
    /// How those requirements of today stand that go on.
    pub kept: Step,
    /// What becomes required on the way, by release and authority.
    pub steps: Vec<Step>,
    /// What is required today and no more then.
    pub demoted: Vec<String>,
    /// Whether the cluster meets everything that upstream's lists require by then. What is advisory does not count.
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
    Ok(Readiness {
        api_version: REPORT_VERSION,
        kind: "Readiness",
        source: report.source,
        release: report.release,
        to,
        kept,
        steps,
        demoted,
        verdict: upstream.verdict(),
    })
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
            [(35, Authority::Upstream, 17, 0), (36, Authority::Upstream, 5, 0)]
        );
        assert_eq!(
            (ready.kept.tally.required, ready.verdict),
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
            (far.steps.len(), far.steps[2].authority, far.verdict),
            (3, Authority::Advisory, Verdict::Conformant)
        );
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
                (35, Authority::Upstream, 14, 0),
                (36, Authority::Upstream, 5, 0),
                (38, Authority::Upstream, 1, 1)
            ]
        );
        assert_eq!(
            (ready.kept.tally.required, ready.demoted.len(), ready.verdict),
            (426, 1, Verdict::Undecided)
        );
        let near = readiness(&measured, newest, lists()).unwrap();
        assert_eq!(near.verdict, Verdict::Conformant);
    }
}
