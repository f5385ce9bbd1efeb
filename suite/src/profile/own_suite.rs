//! Suites of users' own: any image that writes JUnit files.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::OwnGateway;
use crate::{InvalidTestName, Release, TestName};

/// What an image's name looks like: registry, path, tag and digest, of which only a path is needed.
const IMAGE: &str = r"^([a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$";
/// The start of the names of variables that conform sets.
const RESERVED: &str = "CONFORM_";
/// Most suites of one profile.
pub const MAX_SUITES: usize = 8;
/// Longest time that a suite may be given, in seconds: a day.
pub const MAX_SUITE_SECONDS: i64 = 86_400;

/// A suite of a user's own. Its container writes JUnit files into the folder that `CONFORM_RESULTS_DIR` names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnSuite {
    /// What the suite is called in its profile.
    #[cfg_attr(
        feature = "schema",
        schemars(
            length(min = 1, max = 40),
            regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
        )
    )]
    pub name: String,
    /// The image, best with its digest: `registry.example.com/tests/storage:v3@sha256:…`.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255), regex(pattern = IMAGE)))]
    pub image: String,
    /// What is started instead of the image's entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 16), inner(length(max = 4096)), extend("x-kubernetes-list-type" = "atomic"))
    )]
    pub command: Vec<String>,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 64), inner(length(max = 8192)), extend("x-kubernetes-list-type" = "atomic"))
    )]
    pub args: Vec<String>,
    /// Its environment. Names that start with `CONFORM_` are conform's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(
            length(max = 32),
            extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])
        )
    )]
    pub env: Vec<OwnVariable>,
    /// What its container asks for and may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<OwnResources>,
    /// How long it may run, in seconds.
    #[serde(default = "hour")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = MAX_SUITE_SECONDS)))]
    pub timeout_seconds: i64,
    /// Whether it may use the API server.
    #[serde(default)]
    pub access: SuiteAccess,
    /// What it is to measure, if it is Gateway API's: the run then looks first whether that is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<OwnGateway>,
    /// The first release whose clusters have to pass its tests. A requirement of the profile that names tests of the suite
    /// goes before.
    pub required_in: Release,
    /// Why it is required: a link, or a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 200)))]
    pub because: Option<String>,
}

/// An environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnVariable {
    /// Its name.
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1, max = 128), regex(pattern = r"^[a-zA-Z_][a-zA-Z0-9_]*$"))
    )]
    pub name: String,
    /// Its value. A run's status shows it: it is no place for secrets.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 1024)))]
    pub value: String,
}

/// What a container asks for and may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnResources {
    /// What a node has to have free.
    #[serde(default)]
    pub requests: OwnQuantities,
    /// What the container may not exceed.
    #[serde(default)]
    pub limits: OwnQuantities,
}

/// Amounts as Kubernetes writes them: `250m`, `1Gi`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnQuantities {
    /// Of processors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+)?m?$"))
    )]
    pub cpu: Option<String>,
    /// Of memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(length(max = 16), regex(pattern = r"^[0-9]+(\.[0-9]+)?(k|M|G|Ki|Mi|Gi)?$"))
    )]
    pub memory: Option<String>,
}

/// Whether a suite of a user's own may use the API server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SuiteAccess {
    /// Its container has no token.
    #[default]
    None,
    /// It has the rights of the Kubernetes suite, a cluster administrator's, for as long as the run. Only who may bind
    /// ClusterRole conform-suite may write such a profile.
    Cluster,
}

/// What is wrong with a suite of a user's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OwnSuiteFault {
    /// Another one of the profile has its name.
    #[error("the profile has two suites of this name")]
    Twice,
    /// There are too many.
    #[error("a profile has at most {MAX_SUITES} suites")]
    TooMany,
    /// No image can be called that.
    #[error("image {0:?} is no image's name: write it like registry.example.com/tests/storage:v3")]
    Image(String),
    /// A variable is conform's.
    #[error("variable {0} is not a suite's to set: conform sets those that start with {RESERVED}")]
    Reserved(String),
    /// Nobody is measured, or two are.
    #[error("gateway has to have exactly one of gatewayClass and mesh")]
    NotOneGateway,
    /// There is no such profile, or it is not about those who are measured.
    #[error(
        "gateway.profiles has {0:?}: a GatewayClass is measured by profiles such as GATEWAY-HTTP, a mesh by MESH-HTTP and its like"
    )]
    GatewayProfile(String),
    /// A variable comes twice.
    #[error("variable {0} is set twice")]
    VariableTwice(String),
    /// It would run for no time, or without an end.
    #[error("timeoutSeconds {0} is not between 1 and {MAX_SUITE_SECONDS}")]
    Timeout(i64),
}

static IMAGE_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(IMAGE).ok());

const fn hour() -> i64 {
    3600
}

impl OwnSuite {
    /// Looks whether it can be run.
    pub(super) fn check(&self) -> Result<(), OwnSuiteFault> {
        let is_image = IMAGE_NAME
            .as_ref()
            .is_some_and(|image| image.is_match(&self.image));
        if !is_image || self.image.len() > 255 {
            return Err(OwnSuiteFault::Image(self.image.clone()));
        }
        for (place, variable) in self.env.iter().enumerate() {
            if variable.name.starts_with(RESERVED) {
                return Err(OwnSuiteFault::Reserved(variable.name.clone()));
            }
            if self
                .env
                .iter()
                .skip(place + 1)
                .any(|other| other.name == variable.name)
            {
                return Err(OwnSuiteFault::VariableTwice(variable.name.clone()));
            }
        }
        if !(1..=MAX_SUITE_SECONDS).contains(&self.timeout_seconds) {
            return Err(OwnSuiteFault::Timeout(self.timeout_seconds));
        }
        self.gateway.as_ref().map_or(Ok(()), OwnGateway::check)
    }
}

/// The name that a test of a user's own suite has in results: `[Suite:platform/storage] mounts are fast`. No suite of
/// Kubernetes has such names.
///
/// # Errors
///
/// With the mark in front it is longer than a test's name may be.
pub fn own_test_name(profile: &str, suite: &str, test: &TestName) -> Result<TestName, InvalidTestName> {
    TestName::new(&format!("[Suite:{profile}/{suite}] {test}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn suite(image: &str) -> OwnSuite {
        serde_json::from_value(serde_json::json!({
            "name": "storage", "image": image, "requiredIn": "1.36",
        }))
        .unwrap()
    }

    #[rstest]
    #[case("busybox")]
    #[case("registry.example.com:5000/tests/storage:v3")]
    #[case("localhost/a_b/c--d@sha256:0123456789012345678901234567890123456789012345678901234567890123")]
    fn images_are_taken(#[case] image: &str) {
        assert_eq!(suite(image).check(), Ok(()));
    }

    #[rstest]
    #[case("")]
    #[case("Upper/Case")]
    #[case("https://registry.example.com/a")]
    #[case("a b")]
    #[case("a:tag:tag")]
    #[case("a@sha256:0123")]
    #[case("a/../b")]
    fn what_is_no_image_is_named(#[case] image: &str) {
        let error = suite(image).check().unwrap_err().to_string();
        assert!(
            error.contains(&format!("{image:?} is no image's name")),
            "{error}"
        );
    }

    #[test]
    fn variables_and_times_are_looked_at() {
        let with = |names: &[&str]| OwnSuite {
            env: names
                .iter()
                .map(|name| OwnVariable {
                    name: (*name).to_owned(),
                    value: String::new(),
                })
                .collect(),
            ..suite("busybox")
        };
        assert_eq!(with(&["A", "B"]).check(), Ok(()));
        assert_eq!(
            with(&["CONFORM_RESULTS_DIR"]).check(),
            Err(OwnSuiteFault::Reserved("CONFORM_RESULTS_DIR".into()))
        );
        assert_eq!(
            with(&["A", "A"]).check(),
            Err(OwnSuiteFault::VariableTwice("A".into()))
        );
        let endless = OwnSuite {
            timeout_seconds: 0,
            ..suite("busybox")
        };
        assert_eq!(endless.check(), Err(OwnSuiteFault::Timeout(0)));
    }
}
