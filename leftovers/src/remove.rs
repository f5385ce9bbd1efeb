//! Removes one object that a test left behind.

use kube::{
    Api, Client, Error,
    api::{DeleteParams, DynamicObject, Preconditions},
};

use crate::Leftover;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone, or goes once its finalizers let it.
    Deleted,
    /// It was gone, or another object has its name.
    Gone,
    /// It is being deleted already; who has to let it go has not done so yet.
    Waits,
}

/// Deletes the very object that was found, by one request. Finalizers are left to those who set them.
pub async fn remove(client: &Client, leftover: &Leftover) -> Result<Removed, Error> {
    if leftover.deleted.is_some() {
        return Ok(Removed::Waits);
    }
    let api: Api<DynamicObject> = match &leftover.namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &leftover.resource),
        None => Api::all_with(client.clone(), &leftover.resource),
    };
    let same = Preconditions {
        uid: Some(leftover.uid.clone()),
        resource_version: None,
    };
    let parameters = DeleteParams::background().preconditions(same);
    match api.delete(&leftover.name, &parameters).await {
        Ok(_) => Ok(Removed::Deleted),
        // 409: the identity is another one's.
        Err(Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(Removed::Gone),
        Err(error) => Err(error),
    }
}
