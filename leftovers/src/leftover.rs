//! One object that a test made and nobody removed.

use conform_crds::Maker;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ApiResource;

use crate::{Kind, made_by};

/// An object, and the proof of whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftover {
    /// Its kind, as the server serves it.
    pub resource: ApiResource,
    /// Its namespace, if it has one.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its identity: an object of this name that somebody makes later is another one.
    pub uid: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Since when it is being deleted.
    pub deleted: Option<Timestamp>,
    /// Who has to let it go before it is gone.
    pub finalizers: Vec<String>,
    /// Who made it.
    pub maker: Maker,
}

impl Leftover {
    /// The object with this metadata, if a test made it.
    pub fn of(kind: &Kind, resource: &ApiResource, metadata: ObjectMeta) -> Option<Self> {
        let maker = made_by(kind, &metadata)?;
        Some(Self {
            resource: resource.clone(),
            namespace: metadata.namespace,
            name: metadata.name?,
            uid: metadata.uid?,
            created: metadata.creation_timestamp.map(|time| time.0),
            deleted: metadata.deletion_timestamp.map(|time| time.0),
            finalizers: metadata.finalizers.unwrap_or_default(),
            maker,
        })
    }

    /// How it is spoken of: `Namespace webhook-1788`.
    pub fn spoken(&self) -> String {
        let kind = &self.resource.kind;
        match &self.namespace {
            Some(namespace) => format!("{kind} {namespace}/{}", self.name),
            None => format!("{kind} {}", self.name),
        }
    }
}
