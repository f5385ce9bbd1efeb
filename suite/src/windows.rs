//! What KEP-2578 asks of clusters with Windows nodes, list by list.
//!
//! Nobody has marked tests for Windows upstream, so a run may leave out any of them unseen. What each list holds is therefore
//! known here by name: all that the newest suite has (`cargo xtask generate windows`), and what the input names besides.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    Applicability, Area, Choice, NodeOs, Outcome, Profile, Release, Tally, TestName, Verdict,
    evaluation::{Criteria, Measured, REPORT_VERSION, UnknownRelease, evaluate},
    profiles,
};

/// The tests of the newest suite that the KEP's lists take and that no release requires.
const NAMES: &str = include_str!("../data/windows.txt");

/// What the KEP asks for and no test of the suite shows: the part, its list, and the behaviour.
const UNTESTED: [(&str, &str, &str); 3] = [
    (
        "windows",
        "basic scheduling",
        "fifty reschedulings of a pod in a row",
    ),
    (
        "windows",
        "service accounts and local storage",
        "three containers of one node that share files",
    ),
    (
        "windows",
        "basic networking",
        "a reboot of every Windows node while pods run",
    ),
];

/// How a cluster stands with KEP-2578.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WindowsReport {
    /// The version of this form.
    pub api_version: &'static str,
    /// `WindowsReport`.
    pub kind: &'static str,
    /// The input, as its user named it.
    pub source: String,
    /// The release of the cluster.
    pub release: Release,
    /// Why nothing of this is about the cluster, if it is known to have no Windows node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<String>,
    /// Each list, those of the core first.
    pub lists: Vec<WindowsList>,
    /// Whether every list of the core was met. The other parts depend on more than Kubernetes, and each stands for itself.
    pub verdict: Verdict,
}

/// How a cluster stands with one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WindowsList {
    /// The profile that the list is of: `windows` is the core.
    pub profile: &'static str,
    /// What its tests have in common.
    pub list: &'static str,
    /// How they stand.
    pub tally: Tally,
    /// What that means.
    pub verdict: Verdict,
    /// Those that were missed or not measured.
    pub open: Vec<OpenTest>,
    /// What the KEP asks for besides and no test shows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub untested: Vec<&'static str>,
}

/// A test that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenTest {
    /// The test.
    pub name: TestName,
    /// What happened.
    pub outcome: Outcome,
}

/// Which tests of a suite the KEP's lists take besides those that a release requires, in the order of their names.
pub fn windows_tests<'a>(names: impl IntoIterator<Item = &'a TestName>) -> BTreeSet<&'a TestName> {
    let is_free = |name: &&TestName| !name.has_tag("Conformance");
    let takes = |name: &&TestName| windows_profiles().any(|profile| taken(profile, name).is_some());
    names.into_iter().filter(is_free).filter(takes).collect()
}

/// Those of the newest suite whose names are known.
pub(crate) fn known_tests() -> impl Iterator<Item = TestName> {
    let names = NAMES.lines().filter(|line| !line.starts_with('#'));
    names.filter_map(|name| TestName::new(name).ok())
}

/// Judges what was measured by every list. `os_labels` are the values of the label `kubernetes.io/os` of the cluster's
/// schedulable nodes, if they are known.
pub fn windows_report(
    measured: &Measured,
    os_labels: Option<&[String]>,
) -> Result<WindowsReport, UnknownRelease> {
    let mut lists: Vec<WindowsList> = windows_profiles().flat_map(empty_lists).collect();
    let present = evaluate(measured, &Criteria::new(Some(measured.release)), true)?;
    let required = present.tests.into_iter().flatten();
    for test in required.filter(|test| test.required_in <= measured.release) {
        for profile in windows_profiles() {
            let about = profile.present.why(&test.name, test.area);
            count(&mut lists, profile, about.as_deref(), &test.name, test.outcome);
        }
    }
    for (name, outcome) in expected(measured) {
        for profile in windows_profiles() {
            count(
                &mut lists,
                profile,
                taken(profile, &name).as_deref(),
                &name,
                outcome,
            );
        }
    }
    for list in &mut lists {
        list.verdict = list.tally.verdict();
    }
    Ok(WindowsReport {
        api_version: REPORT_VERSION,
        kind: "WindowsReport",
        source: measured.source.clone(),
        release: measured.release,
        not_applicable: os_labels.and_then(not_applicable),
        verdict: core(&lists).verdict(),
        lists,
    })
}

/// The profiles of the KEP, the core first.
fn windows_profiles() -> impl Iterator<Item = &'static Profile> {
    profiles()
        .iter()
        .filter(|profile| profile.nodes == Some(NodeOs::Windows))
}

/// The list of a profile that takes a test besides those that are required.
fn taken(profile: &Profile, name: &TestName) -> Option<String> {
    profile.own.why(name, Area::Windows)
}

/// What the newest suite has and what the input names, each with what happened to it. Suites differ in where they put tags.
fn expected(measured: &Measured) -> BTreeMap<TestName, Outcome> {
    let named: BTreeSet<String> = windows_tests(measured.seen.keys())
        .into_iter()
        .map(TestName::settled)
        .collect();
    let mut expected: BTreeMap<TestName, Outcome> = known_tests()
        .filter(|name| !named.contains(&name.settled()))
        .map(|name| (name, Outcome::NotRun))
        .collect();
    for name in windows_tests(measured.seen.keys()) {
        let outcome = measured
            .seen
            .get(name)
            .map_or(Outcome::NotRun, |seen| seen.outcome);
        expected.insert(name.clone(), outcome);
    }
    expected
}

fn empty_lists(profile: &'static Profile) -> Vec<WindowsList> {
    let abouts = [&profile.present, &profile.own].into_iter().flat_map(abouts);
    let list = |about: &'static str| {
        let untested = UNTESTED.iter();
        let untested = untested.filter(|(of, list, _)| *of == profile.name && *list == title(about));
        WindowsList {
            profile: profile.name,
            list: title(about),
            tally: Tally::default(),
            verdict: Verdict::Undecided,
            open: Vec::new(),
            untested: untested.map(|(_, _, behaviour)| *behaviour).collect(),
        }
    };
    abouts.map(list).collect()
}

fn abouts(choice: &Choice) -> Vec<&'static str> {
    match choice {
        Choice::Names(patterns) => patterns.iter().map(|pattern| pattern.about).collect(),
        _ => Vec::new(),
    }
}

/// What a list is called beside the KEP's name.
fn title(about: &str) -> &str {
    about.strip_prefix("KEP-2578, ").unwrap_or(about)
}

fn count(
    lists: &mut [WindowsList],
    profile: &Profile,
    about: Option<&str>,
    name: &TestName,
    outcome: Outcome,
) {
    let is_meant = |list: &&mut WindowsList| {
        list.profile == profile.name && about.is_some_and(|about| list.list == title(about))
    };
    let Some(list) = lists.iter_mut().find(is_meant) else {
        return;
    };
    list.tally.count(outcome.standing());
    if outcome.standing() != crate::Standing::Met {
        list.open.push(OpenTest {
            name: name.clone(),
            outcome,
        });
    }
}

/// The lists of the core taken together.
fn core(lists: &[WindowsList]) -> Tally {
    let of_core = lists.iter().filter(|list| list.profile == "windows");
    of_core.fold(Tally::default(), |sum, list| sum.plus(list.tally))
}

fn not_applicable(os_labels: &[String]) -> Option<String> {
    let nodes: Vec<NodeOs> = os_labels
        .iter()
        .filter_map(|label| NodeOs::of_label(label))
        .collect();
    match windows_profiles().next()?.applies_to(&nodes) {
        Applicability::Applicable => None,
        Applicability::NotApplicable { because } => Some(because),
    }
}

#[cfg(test)]
mod tests;
