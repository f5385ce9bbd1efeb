//! Which of the kinds this API server serves, and in which version.

use kube::{
    Client, Error,
    api::{ApiResource, GroupVersionKind},
    core::discovery::v2::APIGroupDiscoveryList,
};

use crate::{KINDS, Kind};

/// The version that is asked for where the server does not tell.
const STABLE: &str = "v1";

/// The kinds that there are, in their order. One request.
pub async fn served(client: &Client) -> Result<Vec<(&'static Kind, ApiResource)>, Error> {
    let groups = client.list_api_groups_aggregated().await?;
    let version = |kind: &Kind| version(&groups, kind);
    let known = KINDS.iter().filter_map(|kind| {
        let version = version(kind)?;
        let kind_of = GroupVersionKind::gvk(kind.group, &version, kind.kind);
        Some((kind, ApiResource::from_gvk_with_plural(&kind_of, kind.plural)))
    });
    Ok(known.collect())
}

/// The first version in the server's order that has the kind.
fn version(groups: &APIGroupDiscoveryList, kind: &Kind) -> Option<String> {
    // The core group is not in this list, and a server older than 1.30 does not fill it.
    if kind.group.is_empty() || groups.items.is_empty() {
        return Some(STABLE.to_owned());
    }
    let named = |name: &Option<String>, wanted: &str| name.as_deref() == Some(wanted);
    let mut groups = groups.items.iter();
    let group = groups.find(|group| {
        let name = group.metadata.as_ref().and_then(|metadata| metadata.name.clone());
        named(&name, kind.group)
    })?;
    let has = |resources: &[_]| {
        let mut resources = resources.iter();
        resources.any(|resource: &kube::core::discovery::v2::APIResourceDiscovery| {
            named(&resource.resource, kind.plural)
        })
    };
    let version = group.versions.iter().find(|version| has(&version.resources))?;
    version.version.clone()
}
