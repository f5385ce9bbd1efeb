use rstest::rstest;

use super::*;
use crate::{Release, catalogue::Life};

const RELEASE: Release = Release::new(1, 36);

#[rstest]
#[case("KEP-2086")]
#[case("kep-2086")]
#[case("2086")]
fn a_feature_is_found_by_its_number(#[case] query: &str) {
    let story = explain(query, RELEASE).unwrap().feature.unwrap();
    assert_eq!(story.reference, "KEP-2086");
    assert!(matches!(story.standing, Life::Future { from, .. } if from == Release::new(1, 41)));
    assert_eq!(
        story.needs.to_string(),
        "2 nodes, Linux, pods in the host's network"
    );
}

#[test]
fn an_issue_is_a_feature_too() {
    for query in ["#132954", "k/k#132954", "kubernetes/kubernetes#132954"] {
        assert_eq!(explain(query, RELEASE).unwrap().feature.unwrap().tests.len(), 1);
    }
}

#[test]
fn a_renamed_test_tells_its_names() {
    let old = "[sig-network] Services should provide secure master service [Conformance]";
    let story = explain(old, RELEASE).unwrap().test.unwrap();
    assert_eq!(
        story.id,
        "[sig-network] API Server should provide secure master service"
    );
    assert_eq!((story.names.len(), story.names[1].releases.len()), (2, 15));
    assert_eq!(
        story.standing,
        Life::Present {
            since: Release::new(1, 9)
        }
    );
    let part = explain("provide SECURE master", RELEASE).unwrap().test.unwrap();
    assert_eq!(part, story);
}

#[test]
fn a_test_of_a_feature_brings_the_feature() {
    let explained = explain("named targetPorts", RELEASE).unwrap();
    assert!(matches!(
        explained.test.unwrap().standing,
        Life::Future { releases: 5, .. }
    ));
    assert_eq!(
        explained.feature.unwrap().reference,
        "kubernetes/kubernetes#132954"
    );
}

#[test]
fn what_is_unknown_or_too_much_is_an_error() {
    let message = explain("no such \u{1b}[31mthing", RELEASE)
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "no known test has \"no such \u{fffd}[31mthing\" in its name, and no feature is called so"
    );
    let many = explain("Services", RELEASE).unwrap_err();
    assert!(
        matches!(many, ExplainError::Ambiguous { count, ref names, .. } if count > 10 && names.len() == 10)
    );
    assert!(explain("", RELEASE).is_err());
}
