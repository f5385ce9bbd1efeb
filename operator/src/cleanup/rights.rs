//! Takes a run's rights back.

use conform_crds::{ConformanceRun, names};
use k8s_openapi::api::{core::v1::ServiceAccount, rbac::v1::ClusterRoleBinding};
use kube::{Api, ResourceExt};

use crate::{
    error::Result,
    run::{World, owned},
};

/// Deletes the run's binding and its ServiceAccount. May be repeated; costs four requests, or two if they are gone.
pub async fn take_back(world: &World, run: &ConformanceRun) -> Result<()> {
    let name = names::service_account(&run.name_any());
    let bindings: Api<ClusterRoleBinding> = Api::all(world.client.clone());
    owned::delete(&bindings, run, &name).await?;
    let accounts: Api<ServiceAccount> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    owned::delete(&accounts, run, &name).await
}
