use std::sync::LazyLock;

use regex::Regex;
use rstest::rstest;

use super::*;
use crate::{Outcome, Release, SelectionError, TestName, Verdict, advisory, assess, merge, records};

const REQUIRED: &str = include_str!("../../tests/data/conformance-1.36.yaml");
const SERVER: Release = Release::new(1, 36);
const TARGET_PORTS: &str = "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints";

/// The suite of v1.36 as far as it matters: what it requires, what the catalogue knows, and some other tests.
fn inventory_with(more_tests: &[&str], more_required: &str) -> Inventory {
    let required = format!("{REQUIRED}{more_required}");
    let names = Inventory::read("v1.36.3", "    a.go:1: a\n", &required)
        .unwrap()
        .required;
    let names = names
        .iter()
        .map(|requirement| requirement.name.as_str().to_owned());
    let own = advisory()
        .iter()
        .map(|advisory| advisory.requirement.name.as_str().to_owned());
    let others = ["[sig-apps] Job may do something [Feature:X]"]
        .iter()
        .chain(more_tests)
        .map(|&name| name.to_owned());
    let lines: Vec<String> = names
        .chain(own)
        .chain(others)
        .map(|name| format!("    a.go:1: {name}"))
        .collect();
    Inventory::read("v1.36.3", &lines.join("\n"), &required).unwrap()
}

fn inventory() -> Inventory {
    static INVENTORY: LazyLock<Inventory> = LazyLock::new(|| inventory_with(&[], ""));
    INVENTORY.clone()
}

fn request(profile: &str, stage: Stage) -> Request {
    let profiles = vec![profile.to_owned()];
    Request {
        profiles,
        own: Vec::new(),
        stage,
        focus: None,
        skip: None,
        through_release: None,
        server: SERVER,
    }
}

fn names(selection: &Selection) -> Vec<&str> {
    selection
        .selected()
        .map(|requirement| requirement.name.as_str())
        .collect()
}

#[test]
fn the_kubernetes_profile_is_certification_s_own_run() {
    let selection = select(&inventory(), &request("kubernetes", Stage::Present)).unwrap();
    assert_eq!(
        (selection.requirements.len(), selection.selected().count()),
        (446, 446)
    );
    assert!(selection.is_whole() && selection.narrowings.is_empty());
    assert_eq!(selection.ginkgo_args(), [r"--focus=\[Conformance\]"]);
}

#[test]
fn every_advisory_requirement_is_in_its_future() {
    let selection = select(&inventory(), &request("kubernetes", Stage::Future)).unwrap();
    assert_eq!(selection.requirements.len(), advisory().len());
    assert!(selection.is_whole());
    assert!(names(&selection).contains(&TARGET_PORTS));
}

#[test]
fn every_test_of_quick_is_one_that_v1_36_requires() {
    let selection = select(&inventory(), &request("quick", Stage::Present)).unwrap();
    assert_eq!(selection.requirements.len(), 446);
    assert_eq!(selection.selected().count(), 18);
    assert_eq!(
        selection.narrowings[0].to_string(),
        "profile quick leaves out 428 tests"
    );
    for tag in ["Serial", "Slow", "Disruptive", "LinuxOnly"] {
        assert!(
            selection
                .selected()
                .all(|requirement| !requirement.name.has_tag(tag)),
            "{tag}"
        );
    }
    let future = select(&inventory(), &request("quick", Stage::Future)).unwrap();
    assert_eq!(names(&future), [TARGET_PORTS]);
}

#[rstest]
#[case("networking", 47)]
#[case("service-proxy", 18)]
fn a_part_of_the_network_is_a_part_of_its_tests(#[case] profile: &str, #[case] count: usize) {
    let selection = select(&inventory(), &request(profile, Stage::Present)).unwrap();
    assert_eq!(selection.selected().count(), count, "{:#?}", names(&selection));
    assert!(
        selection
            .selected()
            .all(|requirement| requirement.name.sig() == Some("network"))
    );
}

#[test]
fn several_profiles_are_a_union() {
    let both = Request {
        profiles: vec!["quick".into(), "networking".into()],
        ..request("", Stage::Present)
    };
    let selection = select(&inventory(), &both).unwrap();
    // Four of the tests of quick are SIG Network's.
    assert_eq!(selection.selected().count(), 47 + 18 - 4);
}

#[test]
fn focus_and_skip_say_what_they_leave_out() {
    let request = Request {
        focus: Some(r"^\[sig-network\] (DNS|Services)".into()),
        skip: Some("LinuxOnly".into()),
        ..request("networking", Stage::Present)
    };
    let selection = select(&inventory(), &request).unwrap();
    let reasons: Vec<String> = selection.narrowings.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(reasons.join("\n"), @r#"
    profile networking leaves out 399 tests
    focus "^\[sig-network\] (DNS|Services)" leaves out 24 tests
    skip "LinuxOnly" leaves out 5 tests
    "#);
    let left_out: i32 = selection
        .narrowings
        .iter()
        .map(|narrowing| narrowing.left_out)
        .sum();
    assert_eq!(
        usize::try_from(left_out).unwrap() + selection.selected().count(),
        446
    );
}

#[test]
fn no_present_test_at_all_is_an_error_that_says_why() {
    let request = Request {
        focus: Some("nothing like it".into()),
        ..request("networking", Stage::Present)
    };
    let message = select(&inventory(), &request).unwrap_err().to_string();
    assert_eq!(
        message,
        "no present test is left: profile networking leaves out 399 tests; focus \"nothing like it\" leaves out 47 tests"
    );
    let future = Request {
        stage: Stage::Future,
        ..request
    };
    assert_eq!(select(&inventory(), &future).unwrap().selected().count(), 0);
}

#[test]
fn a_release_older_than_every_requirement_is_an_error() {
    let request = Request {
        server: Release::new(1, 1),
        ..request("kubernetes", Stage::Present)
    };
    let message = select(&inventory(), &request).unwrap_err().to_string();
    assert_eq!(
        message,
        "no present test is left: the suite requires nothing of this release"
    );
}

#[test]
fn nothing_is_run_for_an_empty_selection() {
    let request = Request {
        through_release: Some(Release::new(1, 37)),
        ..request("quick", Stage::Future)
    };
    let selection = select(&inventory(), &request).unwrap();
    assert!(selection.requirements.is_empty() && selection.narrowings.is_empty());
    assert_eq!(selection.ginkgo_args(), [""; 0]);
}

#[test]
fn empty_patterns_are_none() {
    let request = Request {
        focus: Some(String::new()),
        skip: Some(String::new()),
        ..request("kubernetes", Stage::Present)
    };
    assert!(select(&inventory(), &request).unwrap().is_whole());
}

#[rstest]
#[case(Some("("), None, "focus")]
#[case(None, Some("a{1000}{1000}{1000}"), "skip")]
fn a_pattern_that_is_none_is_named(
    #[case] focus: Option<&str>,
    #[case] skip: Option<&str>,
    #[case] bad: &str,
) {
    let request = Request {
        focus: focus.map(str::to_owned),
        skip: skip.map(str::to_owned),
        ..request("kubernetes", Stage::Present)
    };
    let error = select(&inventory(), &request).unwrap_err();
    assert!(
        matches!(error, SelectionError::InvalidPattern { which, .. } if which == bad),
        "{error}"
    );
}

#[test]
fn no_profile_is_no_choice() {
    let request = Request {
        profiles: Vec::new(),
        ..request("", Stage::Present)
    };
    assert_eq!(select(&inventory(), &request), Err(SelectionError::NoProfile));
}

#[test]
fn a_promoted_test_is_upstream_s_and_no_longer_advisory() {
    let promoted = format!("{TARGET_PORTS} [Conformance]");
    let suite = inventory_with(&[], &format!("- {{codename: '{promoted}', release: v1.36}}\n"));
    let present = select(&suite, &request("quick", Stage::Present)).unwrap();
    assert_eq!(
        (present.requirements.len(), present.selected().count()),
        (447, 18)
    );
    let future = select(&suite, &request("quick", Stage::Future)).unwrap();
    assert!(future.requirements.is_empty());

    let marked = format!("{TARGET_PORTS} [FutureConformance]");
    let suite = inventory_with(&[], &format!("- {{codename: '{marked}', release: v1.40}}\n"));
    let future = select(&suite, &request("quick", Stage::Future)).unwrap();
    assert_eq!(names(&future), [marked]);
    assert_eq!(future.requirements[0].requirement.authority, Authority::Upstream);
}

#[test]
fn what_the_suite_lacks_stays_in_the_table() {
    let mut suite = inventory();
    suite.tests.retain(|name| name.as_str() != TARGET_PORTS);
    let selection = select(&suite, &request("quick", Stage::Future)).unwrap();
    assert_eq!(
        (selection.requirements.len(), selection.selected().count()),
        (1, 0)
    );
    assert_eq!(
        selection.narrowings[0].to_string(),
        "suite v1.36.3 lacks 1 required test"
    );
}

#[test]
fn a_suite_newer_than_the_cluster_is_not_asked_by_its_mark() {
    let request = Request {
        server: Release::new(1, 35),
        ..request("kubernetes", Stage::Present)
    };
    let selection = select(&inventory(), &request).unwrap();
    assert!(selection.is_whole());
    assert_eq!(selection.selected().count(), 438);
    assert_eq!(matched(&selection, &inventory()), names(&selection));
    let future = Request {
        stage: Stage::Future,
        ..request
    };
    let selection = select(&inventory(), &future).unwrap();
    let newer = selection
        .selected()
        .filter(|requirement| requirement.authority == Authority::Upstream);
    assert_eq!(newer.count(), 5);
}

/// What ginkgo would run for a selection's arguments, of all tests of the suite.
fn matched<'a>(selection: &Selection, suite: &'a Inventory) -> Vec<&'a str> {
    let args = selection.ginkgo_args();
    let patterns: Vec<&str> = args
        .iter()
        .map(|arg| arg.strip_prefix("--focus=").unwrap())
        .collect();
    let focus = Regex::new(&patterns.join("|")).unwrap();
    let names = suite.tests.iter().map(TestName::as_str);
    names
        .filter(|name| focus.is_match(&format!("Kubernetes e2e suite {name}")))
        .collect()
}

#[rstest]
#[case("quick", Stage::Present)]
#[case("quick", Stage::Future)]
#[case("networking", Stage::Present)]
#[case("networking", Stage::Future)]
#[case("kubernetes", Stage::Present)]
#[case("kubernetes", Stage::Future)]
fn ginkgo_runs_exactly_what_is_selected(#[case] profile: &str, #[case] stage: Stage) {
    // Names that end or start with another's must not come along.
    let quick = "[sig-network] API Server should provide secure master service [Conformance]";
    let (longer, other) = (format!("[sig-x] {quick}"), format!("{quick} [Slow]"));
    let suite = inventory_with(&[&longer, &other], "");
    let mut request = request(profile, stage);
    request.skip = Some("session affinity".to_owned());
    let selection = select(&suite, &request).unwrap();
    assert_eq!(matched(&selection, &suite), names(&selection));
}

#[test]
fn arguments_stay_below_what_linux_takes() {
    let long = "y".repeat(100);
    let entry =
        |number| format!("- {{codename: '[sig-x] {long} {number} (a|b) [Conformance]', release: v1.9}}\n");
    let required: Vec<String> = (0..4000).map(entry).collect();
    let suite = inventory_with(&[], &required.concat());
    let request = Request {
        skip: Some("DNS".into()),
        ..request("kubernetes", Stage::Present)
    };
    let selection = select(&suite, &request).unwrap();
    let args = selection.ginkgo_args();
    assert!(args.len() > 8 && args.iter().all(|arg| arg.len() < 64 << 10));
    assert_eq!(
        args.iter()
            .map(|arg| arg.matches("\\[Conformance\\]").count())
            .sum::<usize>(),
        selection.selected().count()
    );
}

#[test]
fn the_digest_is_of_the_selected_names() {
    let one = select(&inventory(), &request("quick", Stage::Future)).unwrap();
    // printf '%s\n' "$name" | sha256sum
    insta::assert_snapshot!(one.digest, @"
    sha256:e6118699a318a2886ccbff04ff5b34c32e348c12814e009c9b05a4e10c36511c
    ");
    let all = select(&inventory(), &request("kubernetes", Stage::Future)).unwrap();
    assert_ne!(one.digest, all.digest);
}

#[test]
fn a_request_is_plain_json() {
    let text = r#"{"profiles":["quick"],"stage":"Future","throughRelease":"1.41","server":"1.36"}"#;
    let request: Request = serde_json::from_str(text).unwrap();
    assert_eq!(request.through_release, Some(Release::new(1, 41)));
    assert_eq!(serde_json::to_string(&request).unwrap(), text);
    assert!(serde_json::from_str::<Request>(&text.replace("server", "sever")).is_err());
}

#[test]
fn each_single_required_test_decides() {
    let selection = select(&inventory(), &request("kubernetes", Stage::Present)).unwrap();
    let passed = selection
        .selected()
        .map(|requirement| (requirement.name.clone(), Outcome::Passed));
    let mut all = records(&selection, &merge(passed));
    assert_eq!(assess(SERVER, &all).present_verdict, Verdict::Conformant);
    for index in 0..all.len() {
        let mut with = |outcome| {
            all[index].outcome = outcome;
            assess(SERVER, &all).present_verdict
        };
        assert_eq!(with(Outcome::Failed), Verdict::NotConformant);
        assert_eq!(with(Outcome::TimedOut), Verdict::NotConformant);
        assert_eq!(with(Outcome::Skipped), Verdict::Undecided);
        assert_eq!(with(Outcome::NotRun), Verdict::Undecided);
        assert_eq!(with(Outcome::Flaky), Verdict::Conformant);
    }
}

#[test]
fn a_required_test_without_an_outcome_is_not_run() {
    let selection = select(&inventory(), &request("kubernetes", Stage::Present)).unwrap();
    let passed = selection
        .selected()
        .skip(1)
        .map(|requirement| (requirement.name.clone(), Outcome::Passed));
    let all = records(&selection, &merge(passed));
    assert_eq!(
        (all.len(), all[0].outcome, all[0].attempts),
        (446, Outcome::NotRun, 0)
    );
    assert_eq!(assess(SERVER, &all).present_verdict, Verdict::Undecided);
}

fn why(selection: &Selection, part: &str) -> String {
    let candidate = selection
        .requirements
        .iter()
        .find(|candidate| candidate.requirement.name.as_str().contains(part));
    candidate.unwrap().why.clone()
}

#[test]
fn every_candidate_says_why_it_is_in() {
    let both = Request {
        profiles: vec!["dns".into(), "networking".into()],
        ..request("", Stage::Present)
    };
    let present = select(&inventory(), &both).unwrap();
    assert_eq!(
        why(&present, "DNS should provide DNS for services"),
        "required since 1.9; profile dns: area dns"
    );
    assert_eq!(
        why(&present, "Services should serve a basic endpoint"),
        "required since 1.9; profile networking: tag [sig-network]"
    );
    assert_eq!(
        why(&present, "Job should run a job to completion"),
        "required since 1.16; taken by no profile"
    );
    let future = select(&inventory(), &request("service-proxy", Stage::Future)).unwrap();
    assert_eq!(
        why(&future, "named targetPorts"),
        "kubernetes/kubernetes#132954, not before 1.41 (KEP-5922: a year's notice); profile service-proxy: area service-proxy"
    );
}

#[rstest]
#[case("pod-network", 5)]
#[case("dns", 8)]
#[case("node", 106)]
#[case("storage", 91)]
#[case("workloads", 71)]
#[case("control-plane", 128)]
#[case("windows", 400)]
fn every_part_is_a_part_of_the_required_tests(#[case] profile: &str, #[case] count: usize) {
    let selection = select(&inventory(), &request(profile, Stage::Present)).unwrap();
    assert_eq!(selection.selected().count(), count);
}

const WINDOWS_TESTS: [&str; 8] = [
    "[sig-windows] Services should be able to create a functioning NodePort service for Windows",
    "[sig-windows] [Feature:WindowsHostProcessContainers] HostProcess containers should support init containers",
    "[sig-windows] [Feature:Windows] GMSA Full [Serial] [Slow] GMSA support works end to end",
    "[sig-windows] [Feature:Windows] Memory Limits [Serial] [Slow] Allocatable node memory should be equal",
    "[sig-windows] [Feature:WindowsHyperVContainers] HyperV containers should start a hyperv isolated container",
    "[sig-network] Netpol NetworkPolicy between server and client should deny ingress [Feature:NetworkPolicy]",
    "[sig-network] Netpol [LinuxOnly] NetworkPolicy between server and client using UDP should deny [Feature:NetworkPolicy]",
    "[sig-node] Pods should do it [NodeConformance]",
];

#[rstest]
#[case("windows", &[0, 3, 7])]
#[case("windows-host-process", &[1])]
#[case("windows-active-directory", &[2])]
#[case("windows-network-policy", &[5])]
#[case("windows-service-proxy", &[0])]
fn windows_profiles_take_tests_that_nobody_else_requires(#[case] profile: &str, #[case] taken: &[usize]) {
    let inventory = inventory_with(&WINDOWS_TESTS, "");
    let selection = select(&inventory, &request(profile, Stage::Future)).unwrap();
    let of_windows: Vec<&str> = names(&selection)
        .into_iter()
        .filter(|name| WINDOWS_TESTS.contains(name))
        .collect();
    let mut expected: Vec<&str> = taken.iter().map(|&index| WINDOWS_TESTS[index]).collect();
    expected.sort_unstable();
    assert_eq!(of_windows, expected);
    let own = selection
        .requirements
        .iter()
        .filter(|one| WINDOWS_TESTS.contains(&one.requirement.name.as_str()));
    for candidate in own {
        assert_eq!(candidate.requirement.authority, Authority::Advisory);
        assert!(candidate.why.contains("KEP-2578"), "{}", candidate.why);
    }
    // No other profile takes them.
    let all = select(&inventory, &request("kubernetes", Stage::Future)).unwrap();
    assert_eq!(all.requirements.len(), advisory().len());
}
