//! From ends of tests to a report.

use std::collections::{BTreeMap, BTreeSet};

use conform_suite::GatewayProfile;

use super::{Ends, TestEnd};
use crate::{
    known::{self, LevelOf, Test, known},
    report::{
        API_V1, ConformanceReport, Implementation, KIND, Level, LevelResult, ProfileReport, Statistics,
    },
};

/// Most names of a reason.
const MOST_NAMES: usize = 5;

/// What a report says that no test does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Who was tested.
    pub implementation: Implementation,
    /// The release of Gateway API, such as `v1.7.0`.
    pub gateway_api_version: String,
    /// `standard` or `experimental`.
    pub gateway_api_channel: String,
    /// How the implementation was set up.
    pub mode: String,
    /// When the tests ran (RFC 3339).
    pub date: String,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// A report, and what has to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The report.
    pub report: ConformanceReport,
    /// What a reader of the report does not see.
    pub notes: Vec<String>,
}

/// Makes a report of these profiles. Every test of a profile has to have an end: else every reason why there is no report.
pub fn build(ends: &Ends, profiles: &[String], about: &About) -> Result<Built, Vec<Refusal>> {
    let mut reasons = Vec::new();
    let mut refuse = |reason: String| reasons.push(Refusal(reason));
    let minor = known::minor(&about.gateway_api_version);
    match minor {
        Some(minor) if minor > known().newest() || minor == 0 => refuse(format!(
            "what the tests of Gateway API {} need is not known: the newest release that is known is {}",
            about.gateway_api_version,
            known().versions().last().unwrap_or(&"none")
        )),
        None => refuse(format!(
            "{:?} is no release of Gateway API, such as v1.7.0",
            about.gateway_api_version
        )),
        Some(_) => {}
    }
    let mut chosen: Vec<&'static GatewayProfile> = Vec::new();
    for name in profiles {
        match known::profile(name) {
            Some(profile) if chosen.contains(&profile) => {}
            Some(profile) => chosen.push(profile),
            None => refuse(format!("the suite has no profile {name}")),
        }
    }
    if chosen.is_empty() {
        refuse("no profile was named: --profile GATEWAY-HTTP".to_owned());
    }
    if ends.is_empty() {
        refuse("nothing was heard of any test of Gateway API's suite".to_owned());
    }
    ends.doubts().into_iter().for_each(&mut refuse);
    let mut built = Vec::new();
    for profile in &chosen {
        match of_profile(profile, ends, minor) {
            Ok(report) => built.push(report),
            Err(reason) => refuse(reason),
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let report = ConformanceReport {
        api_version: Some(API_V1.to_owned()),
        kind: Some(KIND.to_owned()),
        date: Some(about.date.clone()),
        gateway_api_version: Some(about.gateway_api_version.clone()),
        gateway_api_channel: Some(about.gateway_api_channel.clone()),
        mode: Some(about.mode.clone()),
        implementation: about.implementation.clone(),
        profiles: built,
        succeeded_provisional_tests: provisional(ends, minor),
        others: Vec::new(),
    };
    let notes = notes(&report, &chosen, ends, minor);
    Ok(Built { report, notes })
}

/// Tests of both levels of a profile, in the order of their names.
fn tests_of(
    profile: &GatewayProfile,
    minor: Option<u16>,
) -> BTreeMap<&'static str, (&'static Test, LevelOf)> {
    let tests = known().tests_of(minor);
    let of_profile = tests.filter_map(|test| Some((test.name, (test, test.level(profile)?))));
    of_profile.collect()
}

fn of_profile(
    profile: &'static GatewayProfile,
    ends: &Ends,
    minor: Option<u16>,
) -> Result<ProfileReport, String> {
    let tests = tests_of(profile, minor);
    let is_lost = |name: &str| matches!(ends.of(name), None | Some(TestEnd::Unfinished));
    let lost: Vec<&str> = tests.keys().copied().filter(|name| is_lost(name)).collect();
    if !lost.is_empty() {
        let some: Vec<&str> = lost.iter().take(MOST_NAMES).copied().collect();
        let more = if lost.len() > MOST_NAMES { ", …" } else { "" };
        return Err(format!(
            "{} of {} tests of {} were not measured, since nobody saw their end: {}{more}",
            lost.len(),
            tests.len(),
            profile.name,
            some.join(", ")
        ));
    }
    let core: Vec<&Test> = tests
        .values()
        .filter(|(_, of)| *of == LevelOf::Core)
        .map(|(test, _)| *test)
        .collect();
    let not_asked = core
        .iter()
        .find(|test| ends.of(test.name) == Some(TestEnd::NotSupported));
    if let Some(test) = not_asked {
        return Err(format!(
            "{} was not run with profile {}: its core test {} was not asked for",
            "the suite", profile.name, test.name
        ));
    }
    let ran = |test: &&Test| matches!(ends.of(test.name), Some(TestEnd::Passed | TestEnd::Failed));
    if !core.iter().any(&ran) {
        return Err(format!("no core test of {} was run", profile.name));
    }
    let extended: Vec<&Test> = tests
        .values()
        .filter(|(_, of)| *of == LevelOf::Extended)
        .map(|(test, _)| *test)
        .collect();
    let mut report = ProfileReport {
        name: Some(profile.name.to_owned()),
        core: level(&core, ends),
        ..ProfileReport::default()
    };
    let counted = extended
        .iter()
        .any(|test| ends.of(test.name) != Some(TestEnd::NotSupported));
    if counted {
        let mut level = level(&extended, ends);
        let of = |is: &dyn Fn(&&Test) -> bool| features(profile, extended.iter().copied().filter(is));
        let supported = of(&ran);
        let asked_for = of(&|test| ends.of(test.name) != Some(TestEnd::NotSupported));
        let of_others = of(&|test| ends.of(test.name) == Some(TestEnd::NotSupported));
        level.unsupported_features = owned(of_others.difference(&asked_for));
        level.supported_features = owned(supported.iter());
        report.extended = Some(level);
    }
    report.summary = Some(summary(&report));
    Ok(report)
}

/// The features besides the core that tests need.
fn features<'test>(
    profile: &GatewayProfile,
    tests: impl Iterator<Item = &'test Test>,
) -> BTreeSet<&'static str> {
    let features = tests.flat_map(|test| test.features.iter().copied());
    features
        .filter(|feature| known().level(profile, feature) == Some(LevelOf::Extended))
        .collect()
}

fn owned<'name>(names: impl Iterator<Item = &'name &'static str>) -> Vec<String> {
    names.map(|name| (*name).to_owned()).collect()
}

fn level(tests: &[&Test], ends: &Ends) -> Level {
    let of = |end| {
        let names = tests.iter().filter(move |test| ends.of(test.name) == Some(end));
        names.map(|test| test.name.to_owned()).collect::<Vec<String>>()
    };
    let (skipped, failed) = (of(TestEnd::Skipped), of(TestEnd::Failed));
    let number = |names: &[String]| u32::try_from(names.len()).unwrap_or(u32::MAX);
    Level {
        result: Some(LevelResult::of_counts(number(&skipped), number(&failed))),
        statistics: Statistics {
            passed: Some(number(&of(TestEnd::Passed))),
            skipped: Some(number(&skipped)),
            failed: Some(number(&failed)),
            others: Vec::new(),
        },
        skipped_tests: skipped,
        failed_tests: failed,
        ..Level::default()
    }
}

/// The sentence that the suite writes.
fn summary(report: &ProfileReport) -> String {
    let said = |level: &Level| {
        let counts = &level.statistics;
        match &level.result {
            Some(LevelResult::Failure) => {
                format!("failed with {} test failures", counts.failed.unwrap_or_default())
            }
            Some(LevelResult::Partial) => {
                format!(
                    "partially succeeded with {} test skips",
                    counts.skipped.unwrap_or_default()
                )
            }
            _ => "succeeded".to_owned(),
        }
    };
    let core = format!("Core tests {}.", said(&report.core));
    match &report.extended {
        Some(extended) => format!("{core} Extended tests {}.", said(extended)),
        None => core,
    }
}

fn provisional(ends: &Ends, minor: Option<u16>) -> Vec<String> {
    let is_one = |name: &str| known().test_of(name, minor).is_some_and(|test| test.provisional);
    let passed = ends.iter().filter(|(_, end)| *end == TestEnd::Passed);
    passed
        .map(|(name, _)| name.to_owned())
        .filter(|name| is_one(name))
        .collect()
}

fn notes(
    report: &ConformanceReport,
    profiles: &[&'static GatewayProfile],
    ends: &Ends,
    minor: Option<u16>,
) -> Vec<String> {
    let mut notes = Vec::new();
    let in_some = |name: &str| {
        let test = known().test_of(name, minor);
        test.is_some_and(|test| profiles.iter().any(|profile| test.level(profile).is_some()))
    };
    let failed = ends
        .iter()
        .filter(|(name, end)| *end == TestEnd::Failed && !in_some(name));
    let failed: Vec<&str> = failed.map(|(name, _)| name).collect();
    if !failed.is_empty() {
        notes.push(format!(
            "failed, and in none of these profiles, so that the report does not show it: {}",
            failed.join(", ")
        ));
    }
    let beside: Vec<&str> = ends.failed_beside().take(MOST_NAMES).collect();
    if !beside.is_empty() {
        notes.push(format!(
            "failed, and no test of the suite that is known, so that the report does not show it: {}",
            beside.join(", ")
        ));
    }
    if !known()
        .versions()
        .contains(&report.gateway_api_version.as_deref().unwrap_or_default())
    {
        notes.push(format!(
            "the tests of {} itself are not known: those of the release that is known of the same minor were looked for ({})",
            report.gateway_api_version.as_deref().unwrap_or_default(),
            known().versions().join(", ")
        ));
    }
    for (profile, made) in profiles.iter().zip(&report.profiles) {
        let Some(extended) = &made.extended else { continue };
        let told: BTreeSet<&str> = extended
            .supported_features
            .iter()
            .chain(&extended.unsupported_features)
            .map(String::as_str)
            .collect();
        let untold = known().extended(profile, minor);
        let untold = untold.into_iter().filter(|feature| !told.contains(feature));
        let skipped = tests_of(profile, minor).into_values().map(|(test, _)| test);
        let skipped = skipped.filter(|test| ends.of(test.name) == Some(TestEnd::Skipped));
        let skipped = features(profile, skipped);
        let (skipped, untold): (Vec<&str>, Vec<&str>) = untold.partition(|feature| skipped.contains(feature));
        if !skipped.is_empty() {
            notes.push(format!(
                "{}: asked for, and every test that shows them was skipped, so that the report names them neither as \
                 supported nor as unsupported: {}",
                profile.name,
                skipped.join(", ")
            ));
        }
        if !untold.is_empty() {
            notes.push(format!(
                "{}: no test of the suite shows these, so that nothing is said of them: {}",
                profile.name,
                untold.join(", ")
            ));
        }
    }
    if !report.succeeded_provisional_tests.is_empty() {
        notes.push(format!(
            "provisional tests, which may still change, are among those that passed: {}",
            report.succeeded_provisional_tests.join(", ")
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        About {
            gateway_api_version: "v1.7.0".to_owned(),
            ..About::default()
        }
    }

    /// Every test of the newest suite passed, but those of these features.
    fn passed(without: &[&str]) -> Ends {
        let mut ends = Ends::default();
        for test in known().tests_of(None) {
            let lacks = test.features.iter().any(|feature| without.contains(feature));
            ends.add(
                test.name,
                if lacks {
                    TestEnd::NotSupported
                } else {
                    TestEnd::Passed
                },
            );
        }
        ends
    }

    fn reasons(ends: &Ends, profiles: &[&str]) -> Vec<String> {
        let profiles: Vec<String> = profiles.iter().map(|name| (*name).to_owned()).collect();
        match build(ends, &profiles, &about()) {
            Ok(_) => Vec::new(),
            Err(reasons) => reasons.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn features_are_those_behind_which_a_test_was_run() {
        let profiles = ["GATEWAY-HTTP".to_owned()];
        let mut ends = passed(&["HTTPRouteCORS"]);
        ends.add("HTTPRouteHeaderMatching", TestEnd::Skipped);
        ends.add("HTTPRouteMethodMatching", TestEnd::Failed);
        let built = build(&ends, &profiles, &about()).unwrap();
        let profile = &built.report.profiles[0];
        assert_eq!(profile.core.result, Some(LevelResult::Partial));
        assert_eq!(profile.core.skipped_tests, ["HTTPRouteHeaderMatching"]);
        let extended = profile.extended.as_ref().unwrap();
        assert_eq!(extended.failed_tests, ["HTTPRouteMethodMatching"]);
        assert_eq!(extended.unsupported_features, ["HTTPRouteCORS"]);
        assert!(
            extended
                .supported_features
                .contains(&"HTTPRouteMethodMatching".to_owned())
        );
        assert!(!extended.supported_features.contains(&"HTTPRoute".to_owned()));
        assert_eq!(
            profile.summary.as_deref(),
            Some(
                "Core tests partially succeeded with 1 test skips. Extended tests failed with 1 test failures."
            )
        );
        assert!(!built.report.succeeded_provisional_tests.is_empty());
    }

    #[test]
    fn a_feature_whose_tests_were_skipped_is_not_said_to_be_unsupported() {
        let profiles = ["GATEWAY-HTTP".to_owned()];
        let mut ends = passed(&["HTTPRouteCORS"]);
        ends.add("HTTPRouteMethodMatching", TestEnd::Skipped);
        let built = build(&ends, &profiles, &about()).unwrap();
        let extended = built.report.profiles[0].extended.as_ref().unwrap();
        assert_eq!(extended.unsupported_features, ["HTTPRouteCORS"]);
        let named = |names: &[String]| names.contains(&"HTTPRouteMethodMatching".to_owned());
        assert!(!named(&extended.supported_features));
        assert!(named(&extended.skipped_tests));
        let of_it = built
            .notes
            .iter()
            .filter(|note| note.contains("HTTPRouteMethodMatching"));
        let of_it: Vec<&String> = of_it.collect();
        assert!(
            matches!(of_it.as_slice(), [note] if note.contains("every test that shows them was skipped")),
            "{:?}",
            built.notes
        );
    }

    #[test]
    fn what_nobody_saw_the_end_of_is_no_pass() {
        let mut ends = passed(&[]);
        ends.add("HTTPRouteCORS", TestEnd::Unfinished);
        let reasons = reasons(&ends, &["GATEWAY-HTTP", "GATEWAY-GRPC"]);
        assert_eq!(reasons.len(), 1);
        assert!(
            reasons[0].ends_with("nobody saw their end: HTTPRouteCORS"),
            "{reasons:?}"
        );
    }

    #[test]
    fn a_report_needs_profiles_tests_and_a_release() {
        assert_eq!(reasons(&passed(&[]), &["GATEWAY-SMTP"]).len(), 2);
        assert!(reasons(&Ends::default(), &["MESH-HTTP"])[0].contains("nothing was heard"));
        let reasons = reasons(&passed(&["Mesh"]), &["MESH-HTTP"]);
        assert!(reasons[0].contains("was not asked for"), "{reasons:?}");
        let newer = About {
            gateway_api_version: "v1.99.0".to_owned(),
            ..About::default()
        };
        assert!(build(&passed(&[]), &["MESH-HTTP".to_owned()], &newer).is_err());
    }
}
