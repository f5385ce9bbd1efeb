//! Tables and pages that people see, as they are.

use conform_gateway::claim::{Claimant, ClaimantKind, Definition, preview};
use conform_report::{RunLine, runs_html};
use conform_suite::{
    Fleet, FleetRow, FleetState, Outcome, Release, Tally, Verdict,
    evaluation::Evaluation,
    submission::{FOUR_FILES, HandedIn, Product, Submission, Terms, verify},
    trend,
};
use jiff::{Timestamp, civil::date};

use super::offline_tests::{failing, report, run};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

#[test]
fn an_evaluation_in_wide_shortens_nothing() {
    let evaluation = Evaluation::new(vec![report(&failing())], Vec::new());
    insta::assert_snapshot!(super::evaluation(&evaluation, true, 80));
}

#[test]
fn a_verification() {
    let file = |name: &str| HandedIn {
        name: name.to_owned(),
        bytes: Some(1),
        fault: None,
    };
    let given = Submission {
        title: None,
        commits: Some(2),
        folder: "v1.36/example".to_owned(),
        files: FOUR_FILES
            .map(file)
            .into_iter()
            .chain([file("\u{1b}[2Jx.tar.gz")])
            .collect(),
        product: Some(Product::read(b"name: Example\ntype: hosted\nversion: 1.20\n")),
        junit: None,
        log: None,
        pages: None,
        judged: None,
    };
    let terms = Terms {
        newest: Release::new(1, 36),
        is_told: true,
        today: date(2026, 11, 22),
    };
    let verification = verify("x", &given, terms);
    insta::assert_snapshot!(super::verification(&verification, false, 80));
    let narrow = super::verification(&verification, false, 60);
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
}

#[test]
fn a_fleet() {
    let of = |name: &str, changes: &[(&str, Outcome)], time: Option<&str>| {
        FleetRow::of(name, &report(&run("nightly-7", changes)), time.map(str::to_owned))
    };
    let fleet = Fleet::new(vec![
        of("good", &[], Some("2026-11-22T09:00:00Z")),
        of(
            "files",
            &[("provide DNS for services", Outcome::Failed)],
            Some("2026-11-15T12:00:00"),
        ),
        of("part", &[("serve a basic endpoint", Outcome::NotRun)], None),
        FleetRow::unknown(
            "gone-with-a-name-that-is-longer-than-others",
            FleetState::Unreachable,
            "cannot reach the API server\u{1b}[2J",
        ),
    ]);
    let table = super::fleet(&fleet, now(), false, 120);
    assert!(table.lines().next().unwrap().ends_with("AGE"));
    insta::assert_snapshot!("fleet", table);
    let narrow = super::fleet(&fleet, now(), false, 80);
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    insta::assert_snapshot!("fleet_at_80", narrow);
    insta::assert_snapshot!("fleet_wide", super::fleet(&fleet, now(), true, 120));
}

#[test]
fn what_a_gateway_claims() {
    let claims = [
        "Gateway",
        "HTTPRoute",
        "ReferenceGrant",
        "HTTPRouteMethodMatching",
        "Mesh",
        "Imagined",
    ];
    let claimant = Claimant {
        kind: ClaimantKind::GatewayClass,
        name: "acme".to_owned(),
        controller: "example.org/acme".to_owned(),
        accepted: Some(false),
        features: claims.map(str::to_owned).to_vec(),
    };
    let definition = Definition {
        name: "gateways.gateway.networking.k8s.io".to_owned(),
        version: Some("v1.7.0".to_owned()),
        channel: Some("standard".to_owned()),
    };
    let features = preview(claimant, &[definition]);
    insta::assert_snapshot!("gateway_features", super::gateway_features(&features, false, 100));
    insta::assert_snapshot!(
        "gateway_features_wide",
        super::gateway_features(&features, true, 100)
    );
}

#[test]
fn runs_over_time() {
    let at =
        |name: &str, time: &str, changes: &[(&str, Outcome)]| (time.to_owned(), report(&run(name, changes)));
    let trend = trend(
        "nightly",
        vec![
            at(
                "nightly-2",
                "2026-11-22T02:00:00Z",
                &[("provide DNS for services", Outcome::Failed)],
            ),
            at(
                "nightly-1",
                "2026-11-21T02:00:00Z",
                &[("provide DNS for the cluster", Outcome::Flaky)],
            ),
            at(
                "nightly-3",
                "2026-11-22T04:00:00Z",
                &[("provide DNS for services", Outcome::NotRun)],
            ),
        ],
    );
    insta::assert_snapshot!("trend", super::trend(&trend, false, 100));
    let mut long = trend.clone();
    long.points[0].run = "runs/of/a/folder/with-a-long-name/junit_01.xml".to_owned();
    let narrow = super::trend(&long, false, 80);
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    insta::assert_snapshot!("trend_at_80", narrow);
    insta::assert_snapshot!("trend_wide", super::trend(&trend, true, 100));
}

#[test]
fn the_page_of_all_runs() {
    let run = |name: &str, verdict, failed, ended: Option<&str>, state: &str| RunLine {
        name: name.to_owned(),
        verdict,
        release: Some(Release::new(1, 36)),
        present: Tally {
            required: 446,
            passed: 446 - failed,
            failed,
            unevaluated: 0,
        },
        ended: ended.map(str::to_owned),
        state: state.to_owned(),
    };
    let runs = [
        run("nightly-2", Verdict::Undecided, 0, None, "running"),
        run(
            "nightly-1",
            Verdict::NotConformant,
            2,
            Some("2026-11-21T02:00:00Z"),
            "failed, <b>PresentTestsFailed</b>",
        ),
    ];
    let page = runs_html(&runs, false).unwrap();
    // The style and the script are those of every page.
    let (head, body) = (page.find("<style>").unwrap(), page.find("</style>").unwrap());
    let lines = page[..head].lines().filter(|line| !line.starts_with("<meta"));
    let head: Vec<&str> = lines.collect();
    let end = page.find("<script>").unwrap_or(page.len());
    insta::assert_snapshot!(format!("{}\n{}", head.join("\n"), &page[body..end]));
}
