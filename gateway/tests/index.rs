//! The tables and badges of a tree.

use conform_gateway::{
    ConformanceReport,
    index::{Standing, badge, by_folder, root_page, sorted, with_table},
    report::{Implementation, Level, LevelResult, ProfileReport, Statistics},
};

fn level(result: LevelResult, counts: [u32; 3], features: &[&str]) -> Level {
    Level {
        result: Some(result),
        statistics: Statistics {
            passed: Some(counts[0]),
            skipped: Some(counts[1]),
            failed: Some(counts[2]),
            others: Vec::new(),
        },
        supported_features: features.iter().map(|name| (*name).to_owned()).collect(),
        ..Level::default()
    }
}

fn report(version: &str, profiles: Vec<ProfileReport>) -> ConformanceReport {
    ConformanceReport {
        gateway_api_channel: Some("standard".to_owned()),
        mode: Some("default".to_owned()),
        implementation: Implementation {
            version: Some(version.to_owned()),
            url: Some("https://example.org/op".to_owned()),
            ..Implementation::default()
        },
        profiles,
        ..ConformanceReport::default()
    }
}

fn profile(name: &str, core: Level, extended: Option<Level>) -> ProfileReport {
    ProfileReport {
        name: Some(name.to_owned()),
        core,
        extended,
        ..ProfileReport::default()
    }
}

fn tree() -> Vec<(&'static str, ConformanceReport)> {
    let passed = |count| level(LevelResult::Success, [count, 0, 0], &[]);
    let http = profile(
        "GATEWAY-HTTP",
        passed(38),
        Some(level(
            LevelResult::Partial,
            [3, 1, 0],
            &["HTTPRouteCORS", "HTTPRouteMethodMatching"],
        )),
    );
    let grpc = profile("GATEWAY-GRPC", passed(16), None);
    vec![
        (
            "r/v1.6/acme-operator/standard-v2.9.0-default-report.yaml",
            report("v2.9.0", vec![http.clone()]),
        ),
        (
            "r/v1.7/acme-operator/standard-v2.9.0-default-report.yaml",
            report("v2.9.0", vec![http.clone()]),
        ),
        (
            "r/v1.7/acme-operator/standard-v2.13.0-default-report.yaml",
            report("v2.13.0", vec![http, grpc]),
        ),
        (
            "r/v1.7/umbrella/standard-v1.8.0-default-report.yaml",
            report("v1.8.0|<b>", vec![profile("MESH-HTTP", passed(0), None)]),
        ),
        ("somewhere/else.yaml", report("v1", Vec::new())),
    ]
}

#[test]
fn the_newest_comes_first() {
    let tree = tree();
    let reports = sorted(tree.iter().map(|(path, report)| (*path, report)));
    assert_eq!(reports.len(), 4);
    insta::assert_snapshot!(root_page(None, &reports).unwrap());
}

#[test]
fn a_page_is_made_or_brought_up_to_date_and_the_rest_of_it_stays() {
    let tree = tree();
    let reports = sorted(tree.iter().map(|(path, report)| (*path, report)));
    let folders = by_folder(&reports);
    let of_acme = &folders[&("v1.7", "acme-operator")];
    let made = with_table(None, of_acme).unwrap();
    insta::assert_snapshot!(made);
    assert_eq!(with_table(Some(&made), of_acme).unwrap(), made);
    let theirs = "# Acme\n\nWe made this.\n\n## How to reproduce\n\nLike so.\n";
    let first = with_table(Some(theirs), of_acme).unwrap();
    assert!(
        first.starts_with("# Acme\n\nWe made this.\n\n<!-- conform"),
        "{first}"
    );
    assert!(first.ends_with("\n## How to reproduce\n\nLike so.\n"), "{first}");
    assert_eq!(with_table(Some(&first), of_acme).unwrap(), first);
    // One report less is one row less.
    let fewer = with_table(Some(&first), &of_acme[..1]).unwrap();
    assert_eq!(fewer.lines().count() + 1, first.lines().count());
}

#[test]
fn a_page_whose_marks_are_no_pair_is_left_alone() {
    let tree = tree();
    let reports = sorted(tree.iter().map(|(path, report)| (*path, report)));
    let made = root_page(None, &reports).unwrap();
    let (begin, end) = ("<!-- conform: reports -->", "<!-- conform: end -->");
    let broken = [
        made.replace(end, ""),
        made.replace(begin, ""),
        format!("{end}\n{begin}\n"),
        format!("{made}{made}"),
        format!("{begin}\nold\n{made}"),
    ];
    for old in broken {
        let why = root_page(Some(&old), &reports).unwrap_err().to_string();
        assert!(why.contains(begin) && why.contains("put them right"), "{why}");
    }
}

#[test]
fn what_nobody_measured_is_not_conformant() {
    let of_release = |version: &str, core, extended| {
        let mut report = report("v1", vec![profile("GATEWAY-HTTP", core, extended)]);
        report.gateway_api_version = Some(version.to_owned());
        Standing::of(&report, &report.profiles[0])
    };
    let of = |core, extended| of_release("main", core, extended);
    let passed = |count| level(LevelResult::Success, [count, 0, 0], &[]);
    assert_eq!(of(passed(3), None), Standing::Conformant);
    assert_eq!(of(passed(0), None), Standing::NotMeasured);
    assert_eq!(
        of(passed(3), Some(level(LevelResult::Partial, [1, 1, 0], &[]))),
        Standing::Partial
    );
    assert_eq!(
        of(level(LevelResult::Success, [3, 0, 1], &[]), None),
        Standing::Failed
    );
    assert_eq!(of(Level::default(), None), Standing::Failed);
    assert_eq!(
        of(level(LevelResult::Partial, [0, 3, 0], &[]), None),
        Standing::NotMeasured
    );
    // Three of forty are not all, and no suite has five thousand.
    assert_eq!(of_release("v1.7.0", passed(40), None), Standing::Conformant);
    assert_eq!(of_release("v1.7.0", passed(3), None), Standing::Partial);
    assert_eq!(of_release("v1.7.0", passed(5000), None), Standing::NotMeasured);
    // Words count less than numbers.
    assert_eq!(
        of(level(LevelResult::Success, [3, 1, 0], &[]), None),
        Standing::Partial
    );
    assert_eq!(of(passed(3), Some(passed(0))), Standing::NotMeasured);
}

#[test]
fn a_badge_holds_what_it_says_and_nothing_else() {
    insta::assert_snapshot!(badge("v1.7", "GATEWAY-HTTP", Standing::Partial));
    let hostile = badge("v1.7", "</text><script>\"'&", Standing::Failed);
    assert!(!hostile.contains("<script>"), "{hostile}");
}
