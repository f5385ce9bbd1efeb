//! `GatewayApi`: what a suite of Gateway API's would measure is there, whole, and claims something.

use conform_crds::{ConformanceRunSpec, GatewaySummary};
use conform_gateway::claim::GatewayFeatures;

use super::{Facts, Finding, Seen, failed, passed, some, warned};

/// What was seen for one suite of a run.
#[derive(Clone, Debug)]
pub struct GatewaySeen {
    /// The suite: `platform/gateway`.
    pub suite: String,
    /// The profiles that it measures.
    pub profiles: Vec<String>,
    /// What the cluster says.
    pub features: Seen<GatewayFeatures>,
}

impl GatewaySeen {
    /// What the run goes by, and its reports say; nothing if it cannot be said.
    pub fn summary(&self) -> Option<GatewaySummary> {
        let features = self.features.as_ref().ok()?;
        let installed = features.installed.as_ref()?;
        Some(GatewaySummary {
            suite: self.suite.clone(),
            version: installed.version.clone(),
            channel: installed.channel.clone(),
            supported_features: features.supported_features.clone(),
        })
    }
}

/// Fails if a suite would stop at its start, or would measure what nobody claims.
pub fn check(facts: &Facts, _: &ConformanceRunSpec) -> Finding {
    let mut obstacles = Vec::new();
    let mut notes = Vec::new();
    for GatewaySeen {
        suite,
        profiles,
        features,
    } in &facts.gateways
    {
        match features {
            Err(why) => obstacles.push(format!("{suite}: {why}")),
            Ok(features) => {
                obstacles.extend(features.obstacles.iter().map(|why| format!("{suite}: {why}")));
                let chosen = features.profiles.iter();
                let chosen = chosen.filter(|profile| profiles.iter().any(|name| name == profile.name));
                notes.extend(
                    chosen
                        .filter(|profile| !profile.missing_core.is_empty())
                        .map(|profile| {
                            format!(
                                "{suite}: {} is measured, and of its core {} is not claimed",
                                profile.name,
                                profile.missing_core.join(", ")
                            )
                        }),
                );
            }
        }
    }
    if !obstacles.is_empty() {
        failed(format!("{}.", some(&obstacles, 4)))
    } else if notes.is_empty() {
        passed("What the suites of Gateway API's would measure is there.")
    } else {
        warned(format!("{}.", some(&notes, 4)))
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use conform_gateway::claim::{Claimant, ClaimantKind, Definition, preview};

    use super::*;

    fn seen(accepted: bool, claims: &[&str], version: &str) -> GatewaySeen {
        let claimant = Claimant {
            kind: ClaimantKind::GatewayClass,
            name: "acme".to_owned(),
            controller: "example.org/acme".to_owned(),
            accepted: Some(accepted),
            features: claims.iter().map(|claim| (*claim).to_owned()).collect(),
        };
        let definition = |version: &str| Definition {
            name: "gateways".to_owned(),
            version: Some(version.to_owned()),
            channel: Some("standard".to_owned()),
        };
        GatewaySeen {
            suite: "platform/gateway".to_owned(),
            profiles: vec!["GATEWAY-HTTP".to_owned()],
            features: Ok(preview(claimant, &[definition("v1.7.0"), definition(version)])),
        }
    }

    fn found(gateway: GatewaySeen) -> Finding {
        let facts = Facts {
            gateways: vec![gateway],
            ..Facts::well()
        };
        check(&facts, &ConformanceRunSpec::default())
    }

    const CORE: &[&str] = &["Gateway", "HTTPRoute", "ReferenceGrant"];

    #[test]
    fn a_suite_starts_only_on_definitions_of_one_release_and_with_claims() {
        assert_eq!(found(seen(true, CORE, "v1.7.0")).0, CheckState::Passed);
        for (bad, part) in [
            (seen(true, CORE, "v1.6.1"), "several releases are mixed"),
            (seen(false, CORE, "v1.7.0"), "is not accepted"),
            (seen(true, &[], "v1.7.0"), "claims no feature"),
            (
                GatewaySeen {
                    features: Err("there is no GatewayClass \"acme\"".to_owned()),
                    ..seen(true, CORE, "v1.7.0")
                },
                "there is no GatewayClass",
            ),
        ] {
            let (state, message) = found(bad);
            assert_eq!(state, CheckState::Failed);
            assert!(
                message.contains(part) && message.contains("platform/gateway"),
                "{message}"
            );
        }
        let (state, message) = found(seen(true, &["Gateway"], "v1.7.0"));
        assert_eq!(state, CheckState::Warned);
        assert!(
            message.contains("HTTPRoute, ReferenceGrant is not claimed"),
            "{message}"
        );
    }

    #[test]
    fn a_summary_is_of_what_is_whole() {
        let summary = seen(true, CORE, "v1.7.0").summary().unwrap();
        assert_eq!(
            (summary.version.as_str(), summary.supported_features.len()),
            ("v1.7.0", 3)
        );
        assert_eq!(seen(true, CORE, "v1.6.1").summary(), None);
    }
}
