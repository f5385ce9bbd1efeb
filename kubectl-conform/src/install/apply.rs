//! Server-side apply of objects whose kinds are known at run time only.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
    core::GroupVersionKind,
};
use serde_json::Value;

use super::{FIELD_MANAGER, Object, is_ours};
use crate::{cluster::Cluster, error::Error, output};

/// Applies objects.
pub struct Applier<'a> {
    cluster: &'a Cluster,
}

impl<'a> Applier<'a> {
    /// An applier for this cluster.
    pub const fn new(cluster: &'a Cluster) -> Self {
        Self { cluster }
    }

    /// Applies one object and says how.
    ///
    /// What this plugin installs it owns: a field that somebody else has set meanwhile is set back.
    pub async fn apply(&self, object: &Object) -> Result<String, Error> {
        let parameters = PatchParams::apply(FIELD_MANAGER).force();
        let api = api(self.cluster, object);
        let applied = api
            .patch(object.name(), &parameters, &Patch::<&Value>::Apply(&object.0))
            .await;
        applied.map_err(|error| self.cluster.explain(error))?;
        Ok(format!("{} serverside-applied", spoken(object)))
    }
}

/// The API that serves an object's kind.
pub fn api(cluster: &Cluster, object: &Object) -> Api<DynamicObject> {
    let kind = group_version_kind(object);
    // Kubernetes' own kinds have regular plurals.
    let resource = ApiResource::from_gvk(&kind);
    match object.namespace() {
        Some(namespace) => Api::namespaced_with(cluster.client.clone(), namespace, &resource),
        None => Api::all_with(cluster.client.clone(), &resource),
    }
}

/// How an object is spoken of.
pub fn spoken(object: &Object) -> String {
    let kind = group_version_kind(object);
    output::of_kind(&kind.kind, &kind.group, object.name())
}

fn group_version_kind(object: &Object) -> GroupVersionKind {
    let (group, version) = object.group_and_version();
    GroupVersionKind::gvk(group, version, object.kind())
}

/// True if the namespace was there before and is somebody else's: it is neither labelled nor, one day, deleted.
pub async fn foreign_namespace(cluster: &Cluster) -> Result<bool, Error> {
    let namespaces: Api<Namespace> = Api::all(cluster.client.clone());
    let found = namespaces
        .get_opt(&cluster.namespace)
        .await
        .map_err(|error| cluster.explain(error))?;
    Ok(found.is_some_and(|namespace| !is_ours(&namespace.metadata)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_named_with_their_group() {
        let object = |value| Object(value);
        let deployment =
            object(json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "x" } }));
        let account =
            object(json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "x" } }));
        assert_eq!(spoken(&deployment), "deployment.apps/x");
        assert_eq!(spoken(&account), "serviceaccount/x");
    }
}
