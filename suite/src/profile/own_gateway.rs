//! A user's own suite that is Gateway API's: what it is to measure.

use serde::{Deserialize, Serialize};

use super::{gateway_profiles, own_suite::OwnSuiteFault};

/// The core feature of a mesh's profiles.
const MESH: &str = "Mesh";

/// What a Gateway API suite is to measure. Exactly one of `gatewayClass` and `mesh` names who is measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnGateway {
    /// The GatewayClass of the implementation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 253)))]
    pub gateway_class: Option<String>,
    /// The XMesh of the implementation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 253)))]
    pub mesh: Option<String>,
    /// Gateway API's profiles that are measured, such as GATEWAY-HTTP.
    #[cfg_attr(
        feature = "schema",
        schemars(
            length(min = 1, max = 8),
            inner(length(min = 1, max = 63)),
            extend("x-kubernetes-list-type" = "set")
        )
    )]
    pub profiles: Vec<String>,
}

impl OwnGateway {
    /// Looks whether the profiles are of those who are measured.
    pub(super) fn check(&self) -> Result<(), OwnSuiteFault> {
        if self.gateway_class.is_some() == self.mesh.is_some() {
            return Err(OwnSuiteFault::NotOneGateway);
        }
        let fits = |name: &String| {
            gateway_profiles()
                .iter()
                .any(|profile| profile.name == name && profile.core.contains(&MESH) == self.mesh.is_some())
        };
        match self.profiles.iter().find(|name| !fits(name)) {
            Some(name) => Err(OwnSuiteFault::GatewayProfile(name.clone())),
            None if self.profiles.is_empty() => Err(OwnSuiteFault::GatewayProfile(String::new())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some("acme"), None, &["GATEWAY-HTTP", "GATEWAY-TLS"], true)]
    #[case(None, Some("acme"), &["MESH-HTTP"], true)]
    #[case(None, Some("acme"), &["GATEWAY-HTTP"], false)]
    #[case(Some("acme"), None, &["MESH-HTTP"], false)]
    #[case(Some("acme"), Some("acme"), &["GATEWAY-HTTP"], false)]
    #[case(None, None, &["GATEWAY-HTTP"], false)]
    #[case(Some("acme"), None, &["HTTP"], false)]
    #[case(Some("acme"), None, &[], false)]
    fn one_is_measured_by_profiles_of_its_kind(
        #[case] class: Option<&str>,
        #[case] mesh: Option<&str>,
        #[case] profiles: &[&str],
        #[case] is_fine: bool,
    ) {
        let gateway = OwnGateway {
            gateway_class: class.map(str::to_owned),
            mesh: mesh.map(str::to_owned),
            profiles: profiles.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!(gateway.check().is_ok(), is_fine);
    }
}
