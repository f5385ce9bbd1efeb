//! The custom resource definitions as YAML.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;
use serde::Serialize;

use crate::{ConformanceProfile, ConformanceResult, ConformanceRun, ConformanceSchedule};

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
        ConformanceRun::crd(),
        ConformanceResult::crd(),
        ConformanceSchedule::crd(),
        ConformanceProfile::crd(),
    ]
}

/// One object as a YAML document.
pub fn to_yaml<T: Serialize>(object: &T) -> Result<String, ManifestError> {
    serde_saphyr::to_string(object).map_err(ManifestError)
}
