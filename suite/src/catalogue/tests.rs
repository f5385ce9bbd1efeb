use std::collections::BTreeSet;

use rstest::rstest;

use super::*;
use crate::{Authority, Requirement, Stage};

fn minor(minor: u16) -> Release {
    Release::new(1, minor)
}

/// Demoted in this minor, and by no patch release of one before.
fn no_more(since: u16) -> Life {
    Life::Demoted {
        since: minor(since),
        earlier: Vec::new(),
    }
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
#[case(20, 311)]
#[case(21, 339)]
#[case(22, 346)]
#[case(23, 346)]
#[case(24, 354)]
#[case(25, 360)]
#[case(26, 368)]
#[case(27, 378)]
#[case(28, 380)]
#[case(29, 388)]
#[case(30, 402)]
#[case(31, 404)]
#[case(32, 411)]
#[case(33, 419)]
#[case(34, 424)]
#[case(35, 438)]
#[case(36, 443)]
#[case(37, 462)]
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
        [29, 30, 31, 32, 33, 34, 35, 36, 37].map(early),
        [0, 0, 0, 0, 2, 0, 0, 0, 0]
    );
}

#[test]
fn every_requirement_has_one_identity_whatever_its_name() {
    let newest = upstream().newest().unwrap();
    let ids: BTreeSet<&str> = upstream().listed(newest).map(Known::id).collect();
    assert_eq!(ids.len(), 462);
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
    assert_eq!(renamed.len(), 118);
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
    // v1.36.5 demoted three.
    let is_left = |one: &&Requirement| !upstream().find(&one.name).unwrap().left().is_empty();
    let (left, required): (Vec<_>, Vec<_>) = suite.required.iter().partition(is_left);
    assert_eq!(left.len(), 3);
    assert_eq!(own.iter().collect::<Vec<_>>(), required);
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
    let earlier = ["1.24.13", "1.25.9"].map(|patch| patch.parse().unwrap()).to_vec();
    let since = minor(26);
    assert_eq!(standing(&timeout, minor(36)), Life::Demoted { since, earlier });
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
    assert_eq!(life(31), no_more(31));
    assert_eq!(life(32), no_more(31));
}

#[test]
fn a_test_is_present_exactly_where_it_is_required() {
    for release in upstream().releases() {
        let demands = crate::evaluation::Criteria::default().demands(release).unwrap();
        let present: BTreeSet<&str> = demands
            .staged()
            .filter(|(_, stage, _)| *stage == Stage::Present)
            .map(|(id, _, _)| id)
            .collect();
        for known in upstream().known() {
            let life = standing(&name(known.id()), release);
            let is_present = matches!(life, Life::Present { .. });
            assert_eq!(
                is_present,
                present.contains(known.id()),
                "{} in {release}: {life:?}",
                known.id()
            );
            // Seen from a later release it did not begin any later than the first list that has it.
            if let Life::Present { since } = life {
                assert!(since <= release, "{} in {release}: since {since}", known.id());
            }
        }
    }
}

#[test]
fn what_no_list_has_yet_is_future_whatever_release_it_names() {
    // Named 1.28 upstream, and first listed in 1.30.
    let text = "versions\tv1.29.1 v1.30.1 v1.31.1\n1.28\t30-31\ta\n1.9\t29-31\tb\n1.32\t31\tc";
    let upstream = Upstream::parse(text).unwrap();
    let life =
        |test, release| standing::of_known(upstream.find(&name(test)).unwrap(), &upstream, minor(release));
    let future = |from, releases| Life::Future {
        from: minor(from),
        releases,
        authority: Authority::Upstream,
    };
    assert_eq!(life("a", 29), future(30, 1));
    assert_eq!(life("a", 30), Life::Present { since: minor(30) });
    assert_eq!(life("a", 33), Life::Present { since: minor(30) });
    assert_eq!(life("b", 20), Life::Present { since: minor(9) });
    assert_eq!(life("b", 29), Life::Present { since: minor(9) });
    assert_eq!(life("c", 30), future(32, 2));
    assert_eq!(life("c", 31), future(32, 1));
    assert_eq!(life("c", 32), Life::Present { since: minor(32) });
}

#[test]
fn a_mark_stands_where_the_suite_of_the_minor_has_it() {
    let text = "versions\tv1.29.1 v1.30.1\n1.9\t29,30+1\ta [Serial]\n1.31\t30~\tb";
    let upstream = Upstream::parse(text).unwrap();
    let listed = |of: u16| -> Vec<String> {
        let listed = upstream
            .listed(minor(of))
            .filter_map(|known| known.requirement_in(minor(of)));
        listed.map(|one| one.name.to_string()).collect()
    };
    assert_eq!(listed(29), ["a [Serial] [Conformance]"]);
    assert_eq!(listed(30), ["a [Conformance] [Serial]", "b [FutureConformance]"]);
    for text in [
        "a [Serial] [Conformance]",
        "a [Conformance] [Serial]",
        "a [Serial]",
    ] {
        assert_eq!(upstream.find(&name(text)).unwrap().id(), "a [Serial]");
    }
    let future: Vec<bool> = upstream
        .known()
        .iter()
        .map(|one| one.is_marked_in(minor(30)))
        .collect();
    assert_eq!(future, [true, false]);
}

#[test]
fn suites_from_v1_37_on_sort_the_mark_in_among_the_last_tags() {
    let name_in = |of: u16| {
        let known = upstream().find_text("[sig-apps] Daemon set [Serial] should run and stop simple daemon");
        known.unwrap().requirement_in(minor(of)).unwrap().name.to_string()
    };
    assert_eq!(
        name_in(36),
        "[sig-apps] Daemon set [Serial] should run and stop simple daemon [Conformance]"
    );
    assert_eq!(
        name_in(37),
        "[sig-apps] Daemon set should run and stop simple daemon [Conformance] [Serial]"
    );
    assert_eq!(identity(&name(&name_in(36))), identity(&name(&name_in(37))));
}

#[test]
fn a_patch_release_may_demote_a_test() {
    let text = "versions\tv1.29.9 v1.30.9 v1.31.1\n1.9\t29,30<5\ta\n1.30\t30<7\tb";
    let upstream = Upstream::parse(text).unwrap();
    assert_eq!(upstream.listed(minor(30)).count(), 0);
    let life =
        |test, release| standing::of_known(upstream.find(&name(test)).unwrap(), &upstream, minor(release));
    let left = |patch: &str| Life::Demoted {
        since: minor(31),
        earlier: vec![patch.parse().unwrap()],
    };
    assert_eq!(life("a", 29), Life::Present { since: minor(9) });
    for release in [30, 31, 32] {
        assert_eq!(life("a", release), left("1.30.5"), "{release}");
    }
    // Nobody requires it, seen from before it came too.
    assert_eq!(life("b", 29), left("1.30.7"));
    assert_eq!(left("1.30.7"), left("v1.30.7+k3s1"));
}

#[test]
fn three_tests_were_demoted_in_v1_35_9_and_v1_36_5() {
    let demoted: Vec<&Known<'_>> = upstream()
        .known()
        .iter()
        .filter(|known| {
            known
                .left()
                .iter()
                .map(ToString::to_string)
                .eq(["1.35.9", "1.36.5"])
        })
        .collect();
    assert_eq!(demoted.len(), 3);
    for known in demoted {
        assert!(
            known
                .id()
                .contains("InPlace Resize Container guaranteed pods with multiple containers")
        );
        let life = standing(&name(known.id()), minor(37));
        assert!(
            matches!(life, Life::Demoted { since, .. } if since == minor(37)),
            "{life:?}"
        );
    }
}
