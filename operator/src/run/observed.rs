//! Everything that the next step of a run depends on, read once, before anything is decided.

use conform_crds::{ConformanceResult, ConformanceRun};
use jiff::Timestamp;
use k8s_openapi::api::{
    batch::v1::Job,
    core::v1::{Node, Pod},
};

/// What is given to the operator when it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Namespace for Jobs, ServiceAccounts and artifacts: the operator's own.
    pub namespace: String,
    /// Image that carries the runner.
    pub runner_image: String,
    /// Repository of the conformance image, without a tag.
    pub suite_repository: String,
}

/// The state of the world around one run.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The time of the observation.
    pub now: Timestamp,
    /// What the operator was started with.
    pub settings: Settings,
    /// The run itself.
    pub run: ConformanceRun,
    /// Name of the run that is to finish before this one may start.
    pub ahead: Option<String>,
    /// What preflight looks at; read only for a run that has not started.
    pub cluster: Option<ClusterFacts>,
    /// The outcomes so far.
    pub result: Option<ConformanceResult>,
    /// The run's Jobs.
    pub jobs: Vec<Job>,
    /// The Jobs' pods.
    pub pods: Vec<Pod>,
}

/// What preflight looks at.
#[derive(Clone, Debug)]
pub struct ClusterFacts {
    /// The API server's `gitVersion`.
    pub server_version: String,
    /// All nodes.
    pub nodes: Vec<Node>,
}
