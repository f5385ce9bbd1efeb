use super::*;
use crate::{Release, Stage, catalogue::Life};

const SERVER: Release = Release::new(1, 36);

fn feature(reference: &str) -> &'static Feature {
    features().find(|feature| feature.reference == reference).unwrap()
}

#[test]
fn every_entry_is_a_test_once() {
    let names: Vec<_> = advisory()
        .iter()
        .map(|advisory| &advisory.requirement.name)
        .collect();
    assert_eq!(names.len(), 19);
    assert!(names.is_sorted_by(|a, b| a < b));
    let mut all: Vec<&str> = features()
        .flat_map(|feature| feature.tests)
        .map(|test| test.name)
        .collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    for name in all {
        assert_eq!(TestName::new(name).unwrap().without_stage(), name);
    }
}

#[test]
fn no_entry_ever_binds() {
    for Advisory { requirement, .. } in advisory() {
        assert_eq!(requirement.authority, Authority::Advisory);
        assert_eq!(requirement.required_in, Release::new(1, 41));
        assert_eq!(requirement.stage(Release::new(1, 99)), Stage::Future);
    }
}

#[test]
fn what_cannot_be_promoted_as_it_is_named_is_left_out() {
    // Upstream refuses a conformance test with one of these in its name.
    let refused = |name: &str| {
        ["[Feature:", "[Alpha]", "[Flaky]", "Conformance]"]
            .iter()
            .any(|tag| name.contains(tag))
    };
    for Advisory { requirement, .. } in advisory() {
        assert!(!refused(requirement.name.as_str()), "{}", requirement.name);
    }
    for test in features().flat_map(|feature| feature.tests) {
        assert_eq!(
            refused(test.name),
            matches!(test.fitness, Fitness::Tagged | Fitness::AlwaysSkips),
            "{}",
            test.name
        );
    }
}

#[test]
fn every_feature_of_the_survey_is_there() {
    let keps = features()
        .filter(|feature| feature.reference.starts_with("KEP-"))
        .count();
    assert_eq!((keps, features().count()), (16, 18));
    for untested in ["KEP-1138", "KEP-3836", "KEP-1860"] {
        assert!(feature(untested).tests.is_empty());
    }
}

#[test]
fn a_feature_stands_where_its_tests_do() {
    let from = |reference: &str| match feature(reference).standing(SERVER) {
        Life::Future { from, authority, .. } => {
            assert_eq!(authority, Authority::Advisory);
            from.to_string()
        }
        other => format!("{other:?}"),
    };
    assert_eq!(from("KEP-2086"), "1.41");
    // A test that does not exist yet cannot have two years behind it.
    assert_eq!(from("KEP-3836"), "1.44");
    assert_eq!(from("KEP-2079"), "Optional");
    let minor = |minor| Release::new(1, minor);
    let upstream_from = |from, releases| Life::Future {
        from: minor(from),
        releases,
        authority: Authority::Upstream,
    };
    // Two of its five tests are required from 1.34 on.
    assert_eq!(feature("KEP-752").standing(minor(33)), upstream_from(34, 1));
    assert_eq!(
        feature("KEP-752").standing(SERVER),
        Life::Present { since: minor(34) }
    );
    // Those that are required read the API; the one that adds a range is for no cluster in use.
    for before in [32, 33] {
        assert_eq!(
            feature("KEP-1880").standing(minor(before)),
            upstream_from(34, 34 - before)
        );
    }
    for after in [34, 36] {
        assert_eq!(feature("KEP-1880").standing(minor(after)), Life::Optional);
    }
    assert!(matches!(feature("KEP-1138").standing(SERVER), Life::Absorbed { by } if by.len() == 5));
    assert_eq!(
        feature("kubernetes/kubernetes#112806").standing(SERVER),
        Life::Demoted {
            since: Release::new(1, 26),
            earlier: Vec::new(),
        }
    );
}

#[test]
fn the_test_that_adds_a_service_range_is_never_run() {
    let test = feature("KEP-1880")
        .tests
        .iter()
        .find(|test| test.fitness == Fitness::Unsafe)
        .unwrap();
    assert!(
        !advisory()
            .iter()
            .any(|advisory| advisory.requirement.name.as_str() == test.name)
    );
    assert!(
        feature("KEP-1880")
            .history()
            .iter()
            .any(|(release, event)| *release == Release::new(1, 34) && event.starts_with("requires"))
    );
}

#[test]
fn what_shows_a_behaviour_of_other_things_is_required() {
    for name in features().flat_map(|feature| feature.shown_by) {
        let known = crate::catalogue::upstream().find(&TestName::new(name).unwrap());
        assert_eq!(known.unwrap().id(), *name);
    }
}

#[test]
fn an_earlier_name_is_the_same_test() {
    for test in features().flat_map(|feature| feature.tests) {
        for name in test.names() {
            let name = TestName::new(name).unwrap();
            assert_eq!(name.without_stage(), name.as_str());
            let newest = TestName::new(test.name).unwrap();
            assert_eq!(
                crate::catalogue::identity(&name),
                crate::catalogue::identity(&newest)
            );
            assert_eq!(feature_of(&name).unwrap().1, test);
        }
    }
}

#[test]
fn a_suite_s_own_name_is_taken_if_its_release_has_the_feature_on() {
    let test = feature("KEP-3015").tests.first().unwrap();
    let of = |names: &[&str]| {
        let name = test.name_in(|name| names.contains(&name.as_str()));
        name.map(|name| name.to_string())
    };
    let [beta, alpha] = test.earlier else { panic!() };
    assert_eq!(of(&[test.name]).as_deref(), Some(test.name));
    assert_eq!(of(&[beta]).as_deref(), Some(*beta));
    // Nobody's cluster has an alpha feature on.
    assert_eq!(of(&[alpha]), None);
}
