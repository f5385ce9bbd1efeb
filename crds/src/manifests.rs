//! The custom resource definitions as YAML.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{CustomResourceDefinition, JSON};
use kube::CustomResourceExt;
use serde::Serialize;
use serde_json::json;

use crate::{ConformanceProfile, ConformanceResult, ConformanceRun, ConformanceSchedule};

/// The observed generation of an object that the operator has not looked at.
pub const UNOBSERVED: i64 = -1;

/// An object could not be written as YAML.
#[derive(Debug)]
pub struct ManifestError(serde_saphyr::ser::Error);

impl std::fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "cannot write an object as YAML: {}", self.0)
    }
}

impl std::error::Error for ManifestError {}

/// Every custom resource definition of this API, in the order in which they are installed.
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![
        fresh_is_unobserved(ConformanceRun::crd()),
        ConformanceResult::crd(),
        fresh_is_unobserved(ConformanceSchedule::crd()),
        fresh_is_unobserved(ConformanceProfile::crd()),
    ]
}

/// Gives an object that the operator has not seen yet the status of a generation that never was. To kstatus, by which Flux
/// and Helm wait, an object without a status is as it should be; Flux's own kinds have this default for the same reason.
fn fresh_is_unobserved(mut crd: CustomResourceDefinition) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        let schema = version.schema.as_mut();
        let schema = schema.and_then(|schema| schema.open_api_v3_schema.as_mut());
        let properties = schema.and_then(|schema| schema.properties.as_mut());
        if let Some(status) = properties.and_then(|properties| properties.get_mut("status")) {
            status.default = Some(JSON(json!({ "observedGeneration": UNOBSERVED })));
        }
    }
    crd
}

/// One object as a YAML document.
pub fn to_yaml<T: Serialize>(object: &T) -> Result<String, ManifestError> {
    serde_saphyr::to_string(object).map_err(ManifestError)
}
