//! What is common to the Leases that conform keeps: they are changed only by who has seen their newest version.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{Api, api::PostParams};

/// A Lease to replace `version`, or to be made if there is none.
pub fn lease(
    name: &str,
    version: Option<&str>,
    annotations: BTreeMap<String, String>,
    spec: LeaseSpec,
) -> Lease {
    Lease {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            resource_version: version.map(str::to_owned),
            labels: Some(BTreeMap::from([(
                "app.kubernetes.io/part-of".to_owned(),
                "conform".to_owned(),
            )])),
            annotations: Some(annotations),
            ..ObjectMeta::default()
        },
        spec: Some(spec),
    }
}

/// Writes the Lease over the version that it names, or makes it if it names none. Gives what was written; nothing if
/// somebody was faster, which is no fault but another state to look at.
pub async fn write(leases: &Api<Lease>, lease: &Lease) -> Result<Option<Lease>, kube::Error> {
    let name = lease.metadata.name.as_deref().unwrap_or_default();
    let written = match lease.metadata.resource_version {
        Some(_) => leases.replace(name, &PostParams::default(), lease).await,
        None => leases.create(&PostParams::default(), lease).await,
    };
    match written {
        Ok(lease) => Ok(Some(lease)),
        Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(None),
        Err(error) => Err(error),
    }
}
