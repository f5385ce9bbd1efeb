//! What a stage of a run asks about, before anything narrows it.

use std::collections::BTreeSet;

use super::{Candidate, Request, own::Own, reason};
use crate::{Area, Authority, Inventory, LeadTime, Profile, Requirement, Stage, TestName, advisory};

/// All requirements of the stage. What the profiles do not take of the future is nobody's requirement here, while a
/// present requirement that is not taken is still required.
pub(super) fn of(
    inventory: &Inventory,
    request: &Request,
    profiles: &[&Profile],
    mut users: Own,
) -> Vec<Candidate> {
    users.yield_to(&inventory.required, request);
    let known: BTreeSet<&str> = inventory
        .required
        .iter()
        .map(|upstream| upstream.name.without_stage())
        .collect();
    // What upstream says of a behaviour, under whatever stage, is all that there is to say of it.
    let unsaid = |name: &TestName| !known.contains(name.without_stage());
    let catalogue: BTreeSet<&TestName> = advisory().iter().map(|one| &one.requirement.name).collect();
    let own = inventory
        .tests
        .iter()
        .filter(|&name| unsaid(name) && !catalogue.contains(name))
        .filter_map(|name| own(name, inventory, profiles));
    let expected = advisory().iter().map(|advisory| &advisory.requirement);
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
    let mut candidates: Vec<Candidate> = inventory
        .required
        .iter()
        .chain(expected)
        .cloned()
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
