//! Takes a run's kept files away.

use conform_crds::{ConformanceRun, names};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams},
};

use crate::{
    error::{Context, Result},
    run::World,
};

/// Deletes the ConfigMaps with the run's files, in one request. They are the result's and would go with it, but not if the
/// kind of the result goes first: then nobody knows any more whose they are.
pub async fn delete_files(world: &World, run: &ConformanceRun) -> Result<()> {
    let maps: Api<ConfigMap> = Api::namespaced(world.client.clone(), &world.settings.namespace);
    let labels = format!(
        "{}={},{}",
        names::LABEL_RUN,
        run.name_any(),
        names::LABEL_ARTIFACT
    );
    let deleted = maps
        .delete_collection(&DeleteParams::default(), &ListParams::default().labels(&labels))
        .await;
    deleted
        .map(drop)
        .context(|| format!("delete the files of run {}", run.name_any()))
}
