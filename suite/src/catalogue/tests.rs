use std::collections::BTreeSet;

use rstest::rstest;

use super::*;
use crate::{Authority, Stage};

fn minor(minor: u16) -> Release {
    Release::new(1, minor)
}

fn name(text: &str) -> TestName {
    TestName::new(text).unwrap()
}

#[test]
fn the_committed_catalogue_can_be_read() {
    let parsed = Upstream::parse(include_str!("../../data/catalogue.txt")).unwrap();
    assert_eq!(&parsed, upstream());
    assert!(parsed.versions().all(|version| version.starts_with("v1.")));
}

#[rstest]
#[case(29, 388)]
#[case(30, 402)]
#[case(31, 404)]
#[case(32, 411)]
#[case(33, 419)]
#[case(34, 424)]
#[case(35, 441)]
#[case(36, 446)]
fn the_list_of_every_minor_is_as_long_as_upstream_s(#[case] of: u16, #[case] count: usize) {
    assert_eq!(upstream().listed(minor(of)).count(), count);
}

#[test]
fn a_list_may_name_what_a_later_release_requires() {
    let early = |of: u16| {
        let listed = upstream().listed(minor(of));
        listed.filter(|known| known.first() > minor(of)).count()
    };
    assert_eq!(
        [29, 30, 31, 32, 33, 34, 35, 36].map(early),
        [0, 0, 0, 0, 2, 0, 0, 0]
    );
}

#[test]
fn every_requirement_has_one_identity_whatever_its_name() {
    let newest = upstream().newest().unwrap();
    let ids: BTreeSet<&str> = upstream().listed(newest).map(Known::id).collect();
    assert_eq!(ids.len(), 446);
    for known in upstream().known() {
        for (text, _) in known.names() {
            assert_eq!(identity(&name(text)), known.id());
            assert_eq!(identity(&name(&format!("{text} [Conformance]"))), known.id());
        }
    }
}

#[test]
fn renames_are_one_to_one() {
    for known in upstream().known() {
        let minors: Vec<Release> = known.names().flat_map(|(_, minors)| minors).copied().collect();
        let distinct: BTreeSet<Release> = minors.iter().copied().collect();
        assert_eq!(
            minors.len(),
            distinct.len(),
            "two names in one minor: {}",
            known.id()
        );
    }
    // That no name is there twice is a rule of the format.
    let renamed: Vec<_> = upstream()
        .known()
        .iter()
        .filter(|known| known.names().count() > 1)
        .collect();
    assert_eq!(renamed.len(), 14);
}

#[test]
fn names_are_without_stage_tags_and_fit_a_test_name() {
    for known in upstream().known() {
        for (text, _) in known.names() {
            assert_eq!(name(text).without_stage(), text);
            assert_eq!(name(text).as_str(), text);
        }
    }
}

#[test]
fn it_says_what_the_suite_of_v1_36_says_of_itself() {
    let list = include_str!("../../tests/data/conformance-1.36.yaml");
    let suite = crate::Inventory::read("v1.36.3", "    a.go:1: a\n", list).unwrap();
    let mut own: Vec<_> = upstream()
        .listed(minor(36))
        .filter_map(|known| known.requirement_in(minor(36)))
        .collect();
    own.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(own, suite.required);
    assert!(
        own.iter()
            .all(|one| one.authority == Authority::Upstream && one.stage(minor(36)) == Stage::Present)
    );
}

#[rstest]
#[case("", "no line names the versions")]
#[case("x", "line 1: a line has fields between tabs")]
#[case("versions\tv1.x", "line 1: a version is none")]
#[case("versions\tv1.29.1\n1.9\t29", "line 2: a test has three fields")]
#[case("versions\tv1.29.1\n1.9\t30\ta", "line 2: a minor has no version")]
#[case("versions\tv1.29.1\n1.9\t30-29\ta", "line 2: the minors are none")]
#[case("versions\tv1.29.1\n<\t29\ta", "line 2: an earlier name has no test above")]
#[case("versions\tv1.29.1\n1.9\t29\ta\n1.9\t29\ta", "line 3: a name is there twice")]
fn an_error_names_the_line(#[case] text: &str, #[case] message: &str) {
    assert_eq!(Upstream::parse(text).unwrap_err().to_string(), message);
}

#[test]
fn a_test_that_is_required_later_is_future_before() {
    let api = name(
        "[sig-network] ServiceCIDR and IPAddress API should support ServiceCIDR API operations [Conformance]",
    );
    assert_eq!(standing(&api, minor(36)), Life::Present { since: minor(34) });
    assert_eq!(
        standing(&api, minor(33)),
        Life::Future {
            from: minor(34),
            releases: 1,
            authority: Authority::Upstream
        }
    );
    let ports = name(
        "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints",
    );
    assert_eq!(
        standing(&ports, minor(36)),
        Life::Future {
            from: minor(41),
            releases: 5,
            authority: Authority::Advisory
        }
    );
    let timeout = name(
        "[sig-network] Services should have session affinity timeout work for NodePort service [LinuxOnly]",
    );
    assert_eq!(standing(&timeout, minor(36)), Life::Demoted { since: minor(26) });
    assert_eq!(
        standing(&name("[sig-apps] Job may do something"), minor(36)),
        Life::Optional
    );
}

#[test]
fn a_requirement_that_left_the_lists_is_demoted_from_then_on() {
    let text = "versions\tv1.29.1 v1.30.1 v1.31.1\n1.9\t29-30\ta\n1.10\t29-31\tb";
    let upstream = Upstream::parse(text).unwrap();
    let life = |release| standing::of_known(upstream.find(&name("a")).unwrap(), &upstream, minor(release));
    assert_eq!(life(30), Life::Present { since: minor(9) });
    assert_eq!(life(31), Life::Demoted { since: minor(31) });
    assert_eq!(life(32), Life::Demoted { since: minor(31) });
}
