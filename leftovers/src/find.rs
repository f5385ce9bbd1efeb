//! Looks for what tests left behind.

use kube::{
    Api, Client, Error,
    api::{ApiResource, DynamicObject, ListParams},
};

use crate::{Kind, Leftover, served::served};

/// Objects of one answer. Their metadata alone is asked for, which has some KiB an object.
const PAGE: u32 = 500;

/// What was found, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Found {
    /// What tests left behind, in the order in which it is to go.
    pub leftovers: Vec<Leftover>,
    /// Resources that could not be listed, such as `clusterroles.rbac.authorization.k8s.io`; mostly for want of a right.
    pub unseen: Vec<String>,
}

/// Looks at every kind once: one request for what the server serves, then one a kind and 500 objects.
///
/// A kind that cannot be listed is named and left out. An error that [passes](is_passing) ends the search.
pub async fn find(client: &Client) -> Result<Found, Error> {
    let mut found = Found::default();
    for (kind, resource) in served(client).await? {
        match list(client, kind, &resource).await {
            Ok(leftovers) => found.leftovers.extend(leftovers),
            // It is not served any more, or not in the version that was guessed.
            Err(Error::Api(status)) if status.code == 404 => {}
            Err(error) if is_passing(&error) => return Err(error),
            Err(_) => found.unseen.push(full_name(&resource)),
        }
    }
    Ok(found)
}

/// True if waiting may mend it: the API server cannot be reached, or says so itself.
pub fn is_passing(error: &Error) -> bool {
    match error {
        Error::Api(status) => matches!(status.code, 410 | 429 | 503 | 504),
        _ => true,
    }
}

async fn list(client: &Client, kind: &Kind, resource: &ApiResource) -> Result<Vec<Leftover>, Error> {
    let api: Api<DynamicObject> = match kind.namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, resource),
        None => Api::all_with(client.clone(), resource),
    };
    let mut leftovers = Vec::new();
    let mut page = ListParams::default().limit(PAGE);
    loop {
        let list = api.list_metadata(&page).await?;
        leftovers.extend(
            list.items
                .into_iter()
                .filter_map(|object| Leftover::of(kind, resource, object.metadata)),
        );
        match list.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => page = page.continue_token(&token),
            None => return Ok(leftovers),
        }
    }
}

/// The resource as rights name it.
fn full_name(resource: &ApiResource) -> String {
    match resource.group.as_str() {
        "" => resource.plural.clone(),
        group => format!("{}.{group}", resource.plural),
    }
}
