//! What users require of the suite's tests.

use std::collections::BTreeMap;

use super::Request;
use crate::{
    Area, Authority, Inventory, Requirement, SelectionError, Stage, TestName,
    profile::own::{MAX_OWN_TESTS, Means},
};

/// Users' requirements of one run, by the name of the test without its stage.
#[derive(Debug, Default)]
pub(super) struct Own(BTreeMap<String, Demand>);

#[derive(Debug)]
struct Demand {
    requirement: Requirement,
    why: String,
}

impl Own {
    /// Those of the request's profiles, held against what the suite has. Of two that mean one test the earlier release
    /// counts.
    pub(super) fn of(inventory: &Inventory, request: &Request) -> Result<Self, SelectionError> {
        let mut own = Self::default();
        for profile in &request.own {
            let of_kubernetes = profile
                .requirements
                .iter()
                .filter(|wanted| wanted.suite.is_none());
            for wanted in of_kubernetes {
                let means = wanted.means().map_err(|error| SelectionError::OwnProfile {
                    profile: profile.name.clone(),
                    message: error.to_string(),
                })?;
                let mut names: Vec<&TestName> =
                    inventory.tests.iter().filter(|name| means.takes(name)).collect();
                match &means {
                    // It stays required, and is not evaluated.
                    Means::Test(name) if names.is_empty() => names.push(name),
                    _ if names.is_empty() => {
                        return Err(SelectionError::OwnProfile {
                            profile: profile.name.clone(),
                            message: format!(
                                "requirement {} takes no test of suite {}: {}",
                                wanted.name,
                                inventory.version,
                                means.words()
                            ),
                        });
                    }
                    _ => {}
                }
                let because = wanted.because.as_ref().map(|because| format!(" ({because})"));
                let why = format!(
                    "required from {} on by profile {}, {}{}: {}",
                    wanted.required_in,
                    profile.name,
                    wanted.name,
                    because.unwrap_or_default(),
                    means.words()
                );
                for name in names {
                    own.demand(
                        Requirement {
                            name: name.clone(),
                            required_in: wanted.required_in,
                            authority: Authority::User,
                            area: Area::of(name),
                        },
                        &why,
                    );
                }
                if own.0.len() > MAX_OWN_TESTS {
                    return Err(SelectionError::OwnProfile {
                        profile: profile.name.clone(),
                        message: format!(
                            "with requirement {} the run's own requirements take more than {MAX_OWN_TESTS} tests",
                            wanted.name
                        ),
                    });
                }
            }
        }
        Ok(own)
    }

    fn demand(&mut self, requirement: Requirement, why: &str) {
        let key = requirement.name.without_stage().to_owned();
        let earlier = self
            .0
            .get(&key)
            .is_none_or(|known| requirement.required_in < known.requirement.required_in);
        if earlier {
            let why = why.to_owned();
            self.0.insert(key, Demand { requirement, why });
        }
    }

    /// Leaves to upstream what it requires now, or no later than the user does.
    pub(super) fn yield_to(&mut self, upstream: &[Requirement], request: &Request) {
        for theirs in upstream {
            let key = theirs.name.without_stage();
            let present = theirs.stage(request.server) == Stage::Present;
            let ours = self.0.get(key).map(|demand| demand.requirement.required_in);
            if ours.is_some_and(|ours| present || theirs.required_in <= ours) {
                self.0.remove(key);
            }
        }
    }

    /// True if a user requires this test.
    pub(super) fn has(&self, name: &TestName) -> bool {
        self.0.contains_key(name.without_stage())
    }

    /// The requirements.
    pub(super) fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.0.values().map(|demand| &demand.requirement)
    }

    /// Why a test is required, if a user requires it.
    pub(super) fn why(&self, requirement: &Requirement) -> Option<&str> {
        let demand = self.0.get(requirement.name.without_stage())?;
        (requirement.authority == Authority::User).then_some(demand.why.as_str())
    }
}
