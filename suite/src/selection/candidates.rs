//! What a stage of a run asks about, before anything narrows it.

use std::collections::BTreeSet;

use super::{Candidate, Request, own::Own, reason};
use crate::{
    Area, Authority, Inventory, LeadTime, Profile, Release, Requirement, Stage, TestName, advisory,
    catalogue::{identity, upstream},
};

/// All requirements of the stage. What the profiles do not take of the future is nobody's requirement here, while a
/// present requirement that is not taken is still required.
pub(super) fn of(
    inventory: &Inventory,
    request: &Request,
    profiles: &[&Profile],
    mut users: Own,
) -> Vec<Candidate> {
    let required = of_suite(inventory, request.server);
    users.yield_to(&required, request);
    let known: BTreeSet<&str> = required
        .iter()
        .map(|upstream| upstream.name.without_stage())
        .collect();
    // What upstream says of a behaviour, under whatever stage, is all that there is to say of it.
    let unsaid = |name: &TestName| !known.contains(name.without_stage());
    let catalogue: BTreeSet<&str> = advisory().iter().map(|one| one.test.name).collect();
    let own = inventory
        .tests
        .iter()
        .filter(|&name| unsaid(name) && !catalogue.contains(identity(name)))
        .filter_map(|name| own(name, inventory, profiles));
    let expected = advisory().iter().map(|one| {
        // An earlier suite may have the test under an earlier name.
        let name = one.test.name_in(|name| inventory.has(name));
        Requirement {
            name: name.unwrap_or_else(|| one.requirement.name.clone()),
            ..one.requirement.clone()
        }
    });
    let expected = expected.filter(|requirement| unsaid(&requirement.name));
    let within = |requirement: &Requirement| match requirement.stage(request.server) {
        Stage::Present => true,
        Stage::Future => {
            request
                .through_release
                .is_none_or(|last| requirement.required_in <= last)
                && (requirement.authority == Authority::User
                    || reason::taken(profiles, Stage::Future, requirement).is_some())
        }
    };
    let mut candidates: Vec<Candidate> = required
        .iter()
        .cloned()
        .chain(expected)
        .chain(own)
        .filter(|one| !users.has(&one.name))
        .chain(users.requirements().cloned())
        .filter(|one| one.stage(request.server) == request.stage)
        .filter(within)
        .map(|requirement| Candidate {
            why: users.why(&requirement).map_or_else(
                || reason::why(profiles, request.stage, &requirement),
                str::to_owned,
            ),
            requirement,
            selected: true,
        })
        .collect();
    candidates.sort_by(|a, b| a.requirement.name.cmp(&b.requirement.name));
    candidates
}

/// What the suite requires of a cluster of release `server`. A suite of another release names the release that first required a
/// test, which may be older than the first list that has it: what the server's own list lacks, the server's release does not
/// require, and what no later list has either, nobody does.
fn of_suite(inventory: &Inventory, server: Release) -> Vec<Requirement> {
    let mut required = inventory.required.clone();
    if inventory.release == server || !upstream().covers(server) {
        return required;
    }
    required.retain_mut(|requirement| {
        let Some(known) = upstream().find(&requirement.name) else {
            return true;
        };
        let from = upstream().required_from(known, server);
        requirement.required_in = requirement.required_in.max(from.unwrap_or(server));
        from.is_some()
    });
    required
}

/// A test that only a profile asks for. It is advisory, and the earliest that it could be required is what the rule
/// for a test without a feature gives.
fn own(name: &TestName, inventory: &Inventory, profiles: &[&Profile]) -> Option<Requirement> {
    let area = Area::of(name);
    let taken = profiles
        .iter()
        .any(|profile| profile.own.why(name, area).is_some());
    taken.then(|| Requirement {
        name: name.clone(),
        required_in: LeadTime::YearOfNotice.earliest(inventory.release, None),
        authority: Authority::Advisory,
        area,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Criteria;

    /// The suite of v1.36.
    fn suite() -> Inventory {
        let list = include_str!("../../tests/data/conformance-1.36.yaml");
        Inventory::read("v1.36.3", "    a.go:1: a\n", list).unwrap()
    }

    #[test]
    fn a_newer_suite_asks_of_each_cluster_what_its_own_release_requires() {
        let suite = suite();
        // Suites of long ago had tests that no suite of today has.
        let oldest = Release::new(1, 29);
        for server in upstream()
            .releases()
            .filter(|one| (oldest..=suite.release).contains(one))
        {
            let mut required = of_suite(&suite, server);
            // What a later patch release of its own minor demoted, this suite requires.
            let is_left = |one: &Requirement| {
                upstream()
                    .find(&one.name)
                    .is_some_and(|known| !known.left().is_empty())
            };
            let count = required.len();
            required.retain(|one| !is_left(one));
            assert_eq!(
                count - required.len(),
                if server == suite.release { 3 } else { 0 },
                "{server}"
            );
            let present = required.iter().filter(|one| one.stage(server) == Stage::Present);
            let asked: BTreeSet<&str> = present.map(|one| identity(&one.name)).collect();
            let demands = Criteria::default().demands(server).unwrap();
            let required: BTreeSet<&str> = demands
                .staged()
                .filter(|(_, stage, _)| *stage == Stage::Present)
                .map(|(id, _, _)| id)
                .collect();
            assert_eq!(asked, required, "{server}");
        }
    }

    #[test]
    fn a_test_that_the_server_s_list_lacks_is_future_for_it() {
        // Its suite names 1.28, and the lists have it from 1.30 on.
        let webhook = "should reject mutating webhook configurations with invalid match conditions";
        let from = |server: u16| {
            let required = of_suite(&suite(), Release::new(1, server));
            let one = required
                .into_iter()
                .find(|one| one.name.as_str().contains(webhook));
            one.unwrap().required_in.minor()
        };
        assert_eq!([28, 29, 30, 36].map(from), [30, 30, 28, 28]);
        // Of a release that the lists do not have the suite's own word counts.
        assert_eq!(from(19), 28);
    }
}
