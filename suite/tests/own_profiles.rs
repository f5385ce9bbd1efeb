//! What users require of the suite's tests, beside what upstream and conform's catalogue say.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use conform_suite::{
    Authority, Inventory, Outcome, OwnProfile, OwnRequirement, Release, Request, Selection, SelectionError,
    Stage, advisory, assess, records, report, select,
};
use rstest::rstest;

const REQUIRED: &str = include_str!("data/conformance-1.36.yaml");
const SERVER: Release = Release::new(1, 36);
const BALANCER: &str =
    "[sig-network] LoadBalancers should be able to create one [Feature:LoadBalancer] [Slow]";
const TERMINATING: &str = "[sig-network] LoadBalancers should drain [Feature:LoadBalancer]";

/// The suite of v1.36, with tests that nobody requires.
fn inventory(required: &str) -> Inventory {
    let names = Inventory::read("v1.36.3", "    a.go:1: a\n", required)
        .unwrap()
        .required;
    let upstream = names.iter().map(|requirement| requirement.name.as_str());
    let expected = advisory().iter().map(|one| one.requirement.name.as_str());
    let lines: Vec<String> = upstream
        .chain(expected)
        .chain([BALANCER, TERMINATING])
        .map(|name| format!("    a.go:1: {name}"))
        .collect();
    Inventory::read("v1.36.3", &lines.join("\n"), required).unwrap()
}

fn demand(name: &str, tag: &str, minor: u16) -> OwnRequirement {
    OwnRequirement {
        suite: None,
        name: name.into(),
        test: None,
        tag: Some(tag.into()),
        name_contains: None,
        required_in: Release::new(1, minor),
        because: None,
    }
}

fn of_test(name: &str, test: &str, minor: u16) -> OwnRequirement {
    OwnRequirement {
        suite: None,
        test: Some(test.into()),
        tag: None,
        ..demand(name, "", minor)
    }
}

fn request(stage: Stage, extends: &[&str], requirements: Vec<OwnRequirement>) -> Request {
    let own = OwnProfile {
        name: "platform".into(),
        extends: extends.iter().map(|name| (*name).to_owned()).collect(),
        requirements,
        suites: Vec::new(),
    };
    own.check().unwrap();
    Request {
        profiles: vec!["platform".into()],
        own: vec![own],
        stage,
        focus: None,
        skip: None,
        through_release: None,
        server: SERVER,
    }
}

fn future(requirements: Vec<OwnRequirement>) -> Result<Selection, SelectionError> {
    select(&inventory(REQUIRED), &request(Stage::Future, &[], requirements))
}

/// `name release authority selected`, of each candidate.
fn told(selection: &Selection) -> Vec<String> {
    let told = selection.requirements.iter();
    told.map(|candidate| {
        let one = &candidate.requirement;
        let selected = if candidate.selected { "" } else { " left out" };
        format!(
            "{} {} {}{selected}",
            one.name,
            one.required_in,
            one.authority.word()
        )
    })
    .collect()
}

#[test]
fn tests_with_a_tag_are_required_from_the_users_release_on() {
    let selection = future(vec![demand("lb", "Feature:LoadBalancer", 38)]).unwrap();
    assert_eq!(
        told(&selection),
        [
            format!("{BALANCER} 1.38 user"),
            format!("{TERMINATING} 1.38 user")
        ]
    );
    assert_eq!(
        selection.requirements[0].why,
        "required from 1.38 on by profile platform, lb: tag [Feature:LoadBalancer]"
    );
}

#[test]
fn of_two_requirements_the_earlier_counts() {
    let both = vec![
        demand("all", "Feature:LoadBalancer", 38),
        of_test("one", TERMINATING, 36),
        of_test("again", TERMINATING, 40),
    ];
    assert_eq!(
        told(&future(both).unwrap()),
        [
            format!("{BALANCER} 1.38 user"),
            format!("{TERMINATING} 1.36 user")
        ]
    );
}

#[test]
fn a_test_that_the_suite_lacks_stays_required_and_is_not_evaluated() {
    let selection = future(vec![of_test("gone", "[sig-x] was renamed", 36)]).unwrap();
    assert_eq!(told(&selection), ["[sig-x] was renamed 1.36 user left out"]);
    let records = records(&selection, &std::collections::BTreeMap::default());
    assert_eq!(records[0].outcome, Outcome::NotRun);
}

#[rstest]
#[case(demand("typo", "Feature:LoadBalanser", 36))]
#[case(OwnRequirement { name_contains: Some("no test says this".into()), tag: None, ..demand("typo", "", 36) })]
fn what_takes_nothing_is_an_error_and_is_named(#[case] wrong: OwnRequirement) {
    let error = future(vec![wrong]).unwrap_err().to_string();
    assert!(
        error.starts_with("profile platform: requirement typo takes no test of suite v1.36.3: "),
        "{error}"
    );
}

#[test]
fn what_takes_the_whole_suite_is_an_error() {
    let lines: Vec<String> = (0..1001)
        .map(|one| format!("    a.go:1: [sig-x] test {one}"))
        .collect();
    let inventory = Inventory::read("v1.36.3", &lines.join("\n"), REQUIRED).unwrap();
    let error = select(
        &inventory,
        &request(Stage::Future, &[], vec![demand("x", "sig-x", 36)]),
    )
    .unwrap_err();
    assert!(error.to_string().contains("more than 1000 tests"), "{error}");
}

#[test]
fn what_upstream_requires_now_stays_upstreams() {
    let present = inventory(REQUIRED).required[0].name.clone();
    let wanted = vec![of_test("ours", present.without_stage(), 30)];
    assert!(told(&future(wanted.clone()).unwrap()).is_empty());
    let now = select(
        &inventory(REQUIRED),
        &request(Stage::Present, &["kubernetes"], wanted),
    )
    .unwrap();
    assert_eq!(
        now.ginkgo_args(),
        [r"--focus=\[Conformance\]"],
        "the files can be submitted"
    );
}

#[rstest]
#[case::earlier(37, "1.37 user")]
#[case::later(39, "1.38 upstream")]
fn of_what_upstream_will_require_the_earlier_release_counts(#[case] minor: u16, #[case] told_as: &str) {
    let coming = format!(
        "{REQUIRED}- testname: x\n  codename: '{BALANCER} [FutureConformance]'\n  release: v1.38\n  file: a.go\n"
    );
    let request = request(
        Stage::Future,
        &["networking"],
        vec![of_test("lb", BALANCER, minor)],
    );
    let selection = select(&inventory(&coming), &request).unwrap();
    let lines: Vec<String> = told(&selection)
        .into_iter()
        .filter(|line| line.starts_with(BALANCER))
        .collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].ends_with(told_as), "{lines:?}");
}

#[test]
fn a_user_takes_the_place_of_conforms_own_catalogue() {
    let expected = advisory()[0].requirement.name.as_str();
    let wanted = vec![of_test("sooner", expected, 36)];
    let selection = select(
        &inventory(REQUIRED),
        &request(Stage::Future, &["kubernetes"], wanted),
    )
    .unwrap();
    let lines: Vec<String> = told(&selection)
        .into_iter()
        .filter(|line| line.starts_with(expected))
        .collect();
    assert_eq!(lines, [format!("{expected} 1.36 user")]);
    assert!(
        selection.requirements.len() > 1,
        "the built-in profile's own are there too"
    );
}

#[test]
fn releases_beyond_those_asked_for_are_left_out() {
    let requirements = vec![of_test("now", TERMINATING, 36), of_test("later", BALANCER, 40)];
    let mut request = request(Stage::Future, &[], requirements);
    request.through_release = Some(Release::new(1, 38));
    let selection = select(&inventory(REQUIRED), &request).unwrap();
    assert_eq!(told(&selection), [format!("{TERMINATING} 1.36 user")]);
}

#[test]
fn what_is_due_is_shown_apart_and_never_as_upstreams() {
    let requirements = vec![of_test("now", TERMINATING, 36), of_test("later", BALANCER, 38)];
    let selection = future(requirements).unwrap();
    let outcomes = selection
        .selected()
        .map(|one| (one.name.clone(), (Outcome::Failed, 1)))
        .collect();
    let records = records(&selection, &outcomes);
    let assessment = assess(SERVER, &records);
    assert_eq!(
        assessment.present.required, 0,
        "upstream's verdict is upstream's alone"
    );
    let rows: Vec<String> = report(&assessment, &records)
        .rows
        .iter()
        .filter(|row| row.authority == Some(Authority::User))
        .map(|row| format!("{} {} {}", row.stage.word(), row.required_in, row.verdict))
        .collect();
    assert_eq!(
        rows,
        [
            "present 1.36 Missed: required since 1.36 by your profile",
            "future 1.38 Warning: required in 2 releases by your profile"
        ]
    );
}

#[test]
fn a_plan_from_before_there_were_own_profiles_is_read() {
    let plan = r#"{"profiles":["quick"],"stage":"Future","server":"1.36"}"#;
    let request: Request = serde_json::from_str(plan).unwrap();
    assert!(request.own.is_empty());
    assert_eq!(serde_json::to_string(&request).unwrap(), plan);
}
