//! Looks for conform's own objects. Kubernetes removes them with their run, unless it was told to orphan them.

use conform_crds::names;
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{ConfigMap, Pod, ServiceAccount},
    rbac::v1::ClusterRoleBinding,
};
use kube::{
    Api, Client, Error,
    api::{ApiResource, DynamicObject, ListParams},
};

use crate::Leftover;

/// What conform made for runs, in the order in which it is to go: in its own namespace, what carries its labels; and
/// bindings with its labels to the suite's role. Five requests.
pub async fn find_own(client: &Client, namespace: &str) -> Result<Vec<Leftover>, Error> {
    let ours = ListParams::default().labels(&format!(
        "{},{}={}",
        names::LABEL_RUN,
        names::MANAGED_BY.0,
        names::MANAGED_BY.1
    ));
    let mut found = Vec::new();
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    let resource = ApiResource::erase::<ClusterRoleBinding>(&());
    for binding in bindings.list(&ours).await?.items {
        if binding.role_ref.name == names::SUITE_CLUSTER_ROLE {
            found.extend(Leftover::own(&resource, binding.metadata));
        }
    }
    for resource in [
        ApiResource::erase::<ServiceAccount>(&()),
        ApiResource::erase::<Job>(&()),
        ApiResource::erase::<Pod>(&()),
        ApiResource::erase::<ConfigMap>(&()),
    ] {
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
        for object in api.list_metadata(&ours).await?.items {
            found.extend(Leftover::own(&resource, object.metadata));
        }
    }
    Ok(found)
}
