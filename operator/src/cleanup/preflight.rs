//! Takes away the namespaces of checks whose runner was killed before it could.

use conform_crds::{ConformanceRun, names};
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams},
};

use crate::error::{Context, Result, optional};

/// Deletes the run's namespaces of checks. May be repeated; costs one request, and one for each that is there.
pub async fn preflight_namespaces(client: &Client, run: &ConformanceRun) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let label = format!("{}={}", names::LABEL_RUN, run.name_any());
    let found = namespaces
        .list_metadata(&ListParams::default().labels(&label))
        .await;
    let found = found.context(|| format!("list the namespaces with the label {label}"))?;
    let left = found.items.into_iter().filter(|namespace| {
        namespace.metadata.deletion_timestamp.is_none()
            && namespace.name_any().starts_with(names::PREFLIGHT_NAMESPACE)
    });
    for namespace in left {
        let name = namespace.name_any();
        tracing::info!(namespace = %name, "removes a namespace of checks");
        let deleted = namespaces.delete(&name, &DeleteParams::background()).await;
        optional(deleted).context(|| format!("delete Namespace {name}"))?;
    }
    Ok(())
}
