//! One object that is left of a run.

use conform_crds::{Maker, names};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ApiResource;

use crate::{Kind, made_by};

/// An object, and whose it is.
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
    /// Name of the run that it is of.
    pub run: String,
    /// The attempt whose tests made it. None for what conform itself made.
    pub maker: Option<Maker>,
}

impl Leftover {
    /// The object with this metadata, if a test made it.
    pub fn of(kind: &Kind, resource: &ApiResource, metadata: ObjectMeta) -> Option<Self> {
        let maker = made_by(kind, &metadata)?;
        Self::new(resource, metadata, maker.run.clone(), Some(maker))
    }

    /// The object with this metadata, if it has a run's label. Whether conform made it the caller has seen.
    pub fn own(resource: &ApiResource, metadata: ObjectMeta) -> Option<Self> {
        let run = metadata.labels.as_ref()?.get(names::LABEL_RUN)?.clone();
        Self::new(resource, metadata, run, None)
    }

    fn new(resource: &ApiResource, metadata: ObjectMeta, run: String, maker: Option<Maker>) -> Option<Self> {
        Some(Self {
            resource: resource.clone(),
            namespace: metadata.namespace,
            name: metadata.name?,
            uid: metadata.uid?,
            created: metadata.creation_timestamp.map(|time| time.0),
            deleted: metadata.deletion_timestamp.map(|time| time.0),
            finalizers: metadata.finalizers.unwrap_or_default(),
            run,
            maker,
        })
    }

    /// True for what gives a suite its rights.
    pub fn is_right(&self) -> bool {
        matches!(
            self.resource.kind.as_str(),
            "ClusterRoleBinding" | "ServiceAccount"
        )
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
