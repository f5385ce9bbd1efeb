//! Named choices of requirements.

mod applicable;
mod built_in;
mod choice;
mod gateway;
mod nodes;
pub(crate) mod own;
mod own_gateway;
mod own_suite;
mod quick;
mod windows;

pub use applicable::Applicable;
pub use choice::{Choice, Pattern};
pub use gateway::{GatewayProfile, gateway_profiles};
pub use nodes::{Applicability, NodeOs};
pub use own::{OwnProfile, OwnProfileError, OwnRequirement};
pub use own_gateway::OwnGateway;
pub use own_suite::{
    MAX_SUITES, OwnQuantities, OwnResources, OwnSuite, OwnSuiteFault, OwnVariable, SuiteAccess, own_test_name,
};

use crate::SelectionError;

/// A named choice of requirements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that a run gives.
    pub name: &'static str,
    /// One line for a list of profiles.
    pub summary: &'static str,
    /// Which of the present requirements.
    pub present: Choice,
    /// Which of the future requirements, upstream's and advisory.
    pub future: Choice,
    /// Which other tests of the suite. Nobody but the profile requires them, so they count as advisory.
    pub own: Choice,
    /// The operating system of the nodes that the profile is about; none if it is about the whole cluster.
    pub nodes: Option<NodeOs>,
}

/// Every built-in profile, the usual ones first.
pub const fn profiles() -> &'static [Profile] {
    built_in::PROFILES
}

/// The built-in profile of this name.
pub fn profile(name: &str) -> Result<&'static Profile, SelectionError> {
    profiles()
        .iter()
        .find(|profile| profile.name == name)
        .ok_or_else(|| SelectionError::UnknownProfile {
            name: name.to_owned(),
            known: profiles().iter().map(|profile| profile.name).collect(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_profile_is_told_which_there_are() {
        let message = profile("quik").unwrap_err().to_string();
        assert_eq!(
            message,
            "there is no profile \"quik\": the built-in ones are kubernetes, quick, networking, service-proxy, \
             pod-network, dns, node, storage, workloads, control-plane, windows, windows-host-process, \
             windows-active-directory, windows-network-policy, windows-service-proxy"
        );
        assert_eq!(profile("quick").unwrap().name, "quick");
    }

    #[test]
    fn names_of_tests_are_written_without_their_stage() {
        for name in quick::PRESENT.iter().chain(quick::FUTURE) {
            assert_eq!(crate::TestName::new(name).unwrap().without_stage(), *name);
        }
    }
}
