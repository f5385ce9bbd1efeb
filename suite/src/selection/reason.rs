//! Why a test is among the candidates of a run.

use crate::{Authority, Profile, Requirement, Stage, advisory, catalogue::identity};

/// Which profile takes the requirement, and by what; the first of them.
pub(super) fn taken(profiles: &[&Profile], stage: Stage, requirement: &Requirement) -> Option<String> {
    let by = |profile: &&Profile| {
        let choice = match stage {
            Stage::Present => &profile.present,
            Stage::Future => &profile.future,
        };
        let (name, area) = (&requirement.name, requirement.area);
        let own = match requirement.authority {
            Authority::Upstream | Authority::User => None,
            Authority::Advisory => profile.own.why(name, area),
        };
        let why = own.or_else(|| choice.why(name, area))?;
        Some(format!("profile {}: {why}", profile.name))
    };
    profiles.iter().find_map(by)
}

/// Who requires it, and which profile takes it.
pub(super) fn why(profiles: &[&Profile], stage: Stage, requirement: &Requirement) -> String {
    let by = taken(profiles, stage, requirement).unwrap_or_else(|| "taken by no profile".to_owned());
    let release = requirement.required_in;
    match requirement.authority {
        Authority::Upstream if stage == Stage::Present => format!("required since {release}; {by}"),
        Authority::Upstream => format!("will be required in {release}; {by}"),
        Authority::User => format!("required from {release} on by a user; {by}"),
        Authority::Advisory => match advisory()
            .iter()
            .find(|one| one.test.name == identity(&requirement.name))
        {
            Some(one) => format!(
                "{}, not before {release} ({}); {by}",
                one.reference, one.lead_time
            ),
            None => format!("asked for by the profile alone; {by}"),
        },
    }
}
