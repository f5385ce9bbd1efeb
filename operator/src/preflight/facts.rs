//! What the checks look at.

use k8s_openapi::api::core::v1::{LimitRange, Node, ResourceQuota};

use super::GatewaySeen;

/// What was read; or, in words, why it could not be.
pub type Seen<T> = Result<T, String>;

/// What preflight looks at. What only skipped checks need is empty.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The API server's `gitVersion`.
    pub server_version: String,
    /// All nodes.
    pub nodes: Vec<Node>,
    /// Names of the API groups that are served.
    pub groups: Seen<Vec<String>>,
    /// Aggregated APIs whose server does not answer.
    pub unavailable: Seen<Vec<UnavailableApi>>,
    /// Quotas of the operator's namespace.
    pub quotas: Seen<Vec<ResourceQuota>>,
    /// Limits of the operator's namespace.
    pub limits: Seen<Vec<LimitRange>>,
    /// Webhooks that must answer before a test can make a pod or a namespace.
    pub webhooks: Seen<Vec<Webhook>>,
    /// What there is for the run's suites of Gateway API's to measure.
    pub gateways: Vec<GatewaySeen>,
}

/// An aggregated API whose server does not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnavailableApi {
    /// Name of the APIService, such as `v1beta1.metrics.k8s.io`.
    pub name: String,
    /// What its condition says.
    pub message: String,
}

/// A webhook that must answer before a test can make a pod or a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its configuration, with the kind.
    pub configuration: String,
    /// Its own name.
    pub name: String,
    /// Namespace and name of the Service that it is reached through; none if it is reached by a URL.
    pub service: Option<(String, String)>,
    /// Ready endpoints of that Service; an error if they could not be read.
    pub ready: Seen<usize>,
}

#[cfg(test)]
impl Facts {
    /// Two nodes, and nothing in the way.
    pub fn well() -> Self {
        Self {
            server_version: "v1.36.3".to_owned(),
            nodes: vec![super::nodes::tests::node("a"), super::nodes::tests::node("b")],
            groups: Ok(super::apis::tests::all()),
            unavailable: Ok(Vec::new()),
            quotas: Ok(Vec::new()),
            limits: Ok(Vec::new()),
            webhooks: Ok(Vec::new()),
            gateways: Vec::new(),
        }
    }
}
