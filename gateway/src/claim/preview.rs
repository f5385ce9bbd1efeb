//! What a suite would measure of what an implementation claims.

use std::collections::BTreeSet;

use conform_suite::{GatewayProfile, evaluation::REPORT_VERSION, gateway_profiles};
use serde::Serialize;

use super::{Definition, Installed, installed};
use crate::known::{self, known};

/// Who claims features.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ClaimantKind {
    /// A GatewayClass, in `status.supportedFeatures` (GEP-2162).
    GatewayClass,
    /// An XMesh, likewise.
    XMesh,
}

/// The object in whose status an implementation claims features.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Claimant {
    /// Its kind.
    pub kind: ClaimantKind,
    /// Its name.
    pub name: String,
    /// The controller that it is served by.
    pub controller: String,
    /// Whether that controller has accepted it; none if it has said nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
    /// The features that it claims.
    pub features: Vec<String>,
}

/// What a suite would measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GatewayFeatures {
    /// The version of this form.
    pub api_version: &'static str,
    /// `GatewayFeatures`.
    pub kind: &'static str,
    /// Who claims.
    pub claimant: Claimant,
    /// What is installed, if it is of one release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installed: Option<Installed>,
    /// Why no suite should start.
    pub obstacles: Vec<String>,
    /// The claims that count, in order: what a suite is to be given as `--supported-features`.
    pub supported_features: Vec<String>,
    /// Claims that no release of Gateway API knows, or not the one that is installed.
    pub unknown: Vec<String>,
    /// Claims that are another kind's to make, as the suite leaves them out: a mesh's on a GatewayClass, a gateway's on an XMesh.
    pub misplaced: Vec<String>,
    /// Each profile that could be run.
    pub profiles: Vec<ProfilePreview>,
}

/// What a suite would measure of one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProfilePreview {
    /// Its name, such as `GATEWAY-HTTP`.
    pub name: &'static str,
    /// The core features that are not claimed, though a suite that is given the profile tests them all the same.
    pub missing_core: Vec<&'static str>,
    /// How many extended features are claimed.
    pub extended: i32,
    /// Of how many.
    pub of_extended: i32,
    /// Claimed features that no test needs: a report may not call them supported.
    pub untested: Vec<&'static str>,
    /// How many tests would run.
    pub tests: i32,
    /// Those of them that may still change.
    pub provisional: Vec<&'static str>,
}

/// Says what a suite would measure, and why it should not start. `definitions` are those that carry one of Gateway API's
/// annotations.
pub fn preview(claimant: Claimant, definitions: &[Definition]) -> GatewayFeatures {
    let (installed, mut obstacles) = match installed(definitions) {
        Ok(installed) => (Some(installed), Vec::new()),
        Err(reasons) => (None, reasons.iter().map(ToString::to_string).collect()),
    };
    let minor = installed
        .as_ref()
        .and_then(|installed| known::minor(&installed.version));
    let said: BTreeSet<&str> = claimant.features.iter().map(String::as_str).collect();
    let (misplaced, rest): (Vec<&str>, Vec<&str>) = said
        .into_iter()
        .partition(|feature| is_misplaced(claimant.kind, feature));
    let (claimed, unknown): (Vec<&str>, Vec<&str>) =
        rest.into_iter().partition(|feature| is_known(feature, minor));
    obstacles.extend(refusals(&claimant, &claimed));
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let of_kind =
        |profile: &&GatewayProfile| profile.core.contains(&"Mesh") == (claimant.kind == ClaimantKind::XMesh);
    let claimed_set: BTreeSet<&str> = claimed.iter().copied().collect();
    GatewayFeatures {
        api_version: REPORT_VERSION,
        kind: "GatewayFeatures",
        installed,
        obstacles,
        supported_features: names(&claimed),
        unknown: names(&unknown),
        misplaced: names(&misplaced),
        profiles: gateway_profiles()
            .iter()
            .filter(of_kind)
            .map(|profile| of_profile(profile, &claimed_set, minor))
            .collect(),
        claimant,
    }
}

fn is_misplaced(kind: ClaimantKind, feature: &str) -> bool {
    match kind {
        ClaimantKind::GatewayClass => feature.starts_with("Mesh"),
        ClaimantKind::XMesh => feature.starts_with("Gateway"),
    }
}

fn is_known(feature: &str, minor: Option<u16>) -> bool {
    let newest = known().newest();
    known()
        .feature(feature)
        .is_some_and(|minors| minor.is_none_or(|minor| minor > newest || minors.contains(&minor)))
}

/// What the controller's own word leaves to be desired.
fn refusals(claimant: &Claimant, claimed: &[&str]) -> Vec<String> {
    let Claimant { name, kind, .. } = claimant;
    let mut refusals = Vec::new();
    if claimant.accepted != Some(true) {
        refusals.push(format!(
            "{kind:?} {name} is not accepted by its controller {:?}: its condition Accepted is not True",
            claimant.controller
        ));
    }
    if claimed.is_empty() {
        refusals.push(format!(
            "{kind:?} {name} claims no feature of the installed release in status.supportedFeatures: name the features to the suite \
             yourself, or ask its author"
        ));
    }
    refusals
}

fn of_profile(profile: &GatewayProfile, claimed: &BTreeSet<&str>, minor: Option<u16>) -> ProfilePreview {
    let minor = minor.filter(|minor| *minor <= known().newest());
    let extended = known().extended(profile, minor);
    let has = |feature: &str| profile.core.contains(&feature) || claimed.contains(feature);
    let tests: Vec<_> = known()
        .tests_of(minor)
        .filter(|test| test.level(profile).is_some() && test.features.iter().all(|feature| has(feature)))
        .collect();
    let tested: BTreeSet<&str> = tests
        .iter()
        .flat_map(|test| test.features.iter().copied())
        .collect();
    let of_it = extended.iter().filter(|feature| claimed.contains(**feature));
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    ProfilePreview {
        name: profile.name,
        missing_core: profile
            .core
            .iter()
            .copied()
            .filter(|feature| !claimed.contains(feature))
            .collect(),
        extended: count(of_it.clone().count()),
        of_extended: count(extended.len()),
        untested: of_it
            .copied()
            .filter(|feature| !tested.contains(feature))
            .collect(),
        tests: count(tests.len()),
        provisional: tests
            .iter()
            .filter(|test| test.provisional)
            .map(|test| test.name)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definitions(version: &str) -> Vec<Definition> {
        vec![Definition {
            name: "gateways.gateway.networking.k8s.io".to_owned(),
            version: Some(version.to_owned()),
            channel: Some("standard".to_owned()),
        }]
    }

    fn claimant(kind: ClaimantKind, features: &[&str]) -> Claimant {
        Claimant {
            kind,
            name: "acme".to_owned(),
            controller: "example.org/acme".to_owned(),
            accepted: Some(true),
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        }
    }

    #[test]
    fn claims_of_a_class_say_what_a_suite_measures() {
        let claims = [
            "HTTPRoute",
            "Gateway",
            "ReferenceGrant",
            "HTTPRouteCORS",
            "MeshHTTPRouteRewritePath",
            "Teleport",
            "GatewayInfrastructurePropagation",
        ];
        let preview = preview(
            claimant(ClaimantKind::GatewayClass, &claims),
            &definitions("v1.7.0"),
        );
        assert_eq!(preview.obstacles, [""; 0]);
        assert_eq!(preview.installed.unwrap().version, "v1.7.0");
        assert_eq!(
            preview.supported_features,
            ["Gateway", "HTTPRoute", "HTTPRouteCORS", "ReferenceGrant"]
        );
        // v1.5 was the last release that knew it by this name.
        assert_eq!(preview.unknown, ["GatewayInfrastructurePropagation", "Teleport"]);
        assert_eq!(preview.misplaced, ["MeshHTTPRouteRewritePath"]);
        let http = &preview.profiles[0];
        assert_eq!((http.name, http.extended), ("GATEWAY-HTTP", 1));
        assert_eq!(http.missing_core, [""; 0]);
        assert!(
            preview
                .profiles
                .iter()
                .all(|profile| !profile.name.starts_with("MESH"))
        );
        let grpc = preview
            .profiles
            .iter()
            .find(|profile| profile.name == "GATEWAY-GRPC");
        assert_eq!(grpc.unwrap().missing_core, ["GRPCRoute"]);
    }

    #[test]
    fn a_claim_more_is_tests_more_and_never_fewer() {
        let tests = |features: &[&str]| {
            let preview = preview(
                claimant(ClaimantKind::GatewayClass, features),
                &definitions("v1.7.0"),
            );
            preview.profiles[0].tests
        };
        let core = tests(&["Gateway", "HTTPRoute", "ReferenceGrant"]);
        let all: Vec<&str> = gateway_profiles()[0].extended_features().into_iter().collect();
        let mut claimed = vec!["Gateway", "HTTPRoute", "ReferenceGrant"];
        let mut before = core;
        for feature in all {
            claimed.push(feature);
            let now = tests(&claimed);
            assert!(now >= before, "{feature}");
            before = now;
        }
        assert!(before > core);
    }

    #[test]
    fn what_no_suite_should_start_with_is_said() {
        let mut class = claimant(ClaimantKind::GatewayClass, &[]);
        class.accepted = None;
        let preview = preview(class, &[]);
        let obstacles = preview.obstacles.join("\n");
        for part in [
            "install its release first",
            "is not accepted",
            "claims no feature",
        ] {
            assert!(obstacles.contains(part), "{obstacles}");
        }
    }

    #[test]
    fn a_mesh_runs_the_profiles_of_meshes() {
        let mesh = claimant(ClaimantKind::XMesh, &["Mesh", "HTTPRoute", "GatewayPort8080"]);
        let preview = preview(mesh, &definitions("v1.7.0"));
        assert_eq!(preview.misplaced, ["GatewayPort8080"]);
        let names: Vec<&str> = preview.profiles.iter().map(|profile| profile.name).collect();
        assert_eq!(names, ["MESH-HTTP", "MESH-GRPC"]);
        assert!(preview.profiles[0].tests > 0);
    }
}
