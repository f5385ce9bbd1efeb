//! Everything that the next step of a run depends on, read once, before anything is decided.

use conform_crds::{
    Attempt, ConformanceProfile, ConformanceResult, ConformanceRun,
    conditions::{self, reasons},
    names,
};
use jiff::Timestamp;
use k8s_openapi::api::{batch::v1::Job, core::v1::Pod};

use super::{
    conditions::{Truth, truth},
    lock::Lock,
};
use crate::condition::said;
pub use crate::preflight::Facts as ClusterFacts;

/// What is given to the operator when it starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Namespace for Jobs, ServiceAccounts and artifacts: the operator's own.
    pub namespace: String,
    /// Image that carries the runner.
    pub runner_image: String,
    /// Repository of the conformance image, without a tag.
    pub suite_repository: String,
    /// Registry that has copies of the images that tests pull.
    pub image_mirror: Option<String>,
    /// Whether files of runs are moved to storage, from which only the operator can remove them.
    pub has_storage: bool,
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
    /// Who may be active; read only for a run that has not started and whose turn it is.
    pub lock: Lock,
    /// What preflight looks at; read only for a run that has not started and holds the lock.
    pub cluster: Option<ClusterFacts>,
    /// Profiles of the run that users wrote, as they are now; read only for a run that has not started.
    pub profiles: Vec<ConformanceProfile>,
    /// A finished run whose result tells how long tests take in this cluster.
    pub durations_from: Option<String>,
    /// The outcomes so far.
    pub result: Option<ConformanceResult>,
    /// The run's Jobs.
    pub jobs: Vec<Job>,
    /// The Jobs' pods.
    pub pods: Vec<Pod>,
}

impl Observed {
    /// What the runners have written, an entry an attempt; empty if there is no result yet.
    pub fn attempts(&self) -> &[Attempt] {
        let status = self.result.as_ref().and_then(|result| result.status.as_ref());
        status
            .map(|status| status.attempts.as_slice())
            .unwrap_or_default()
    }

    /// True if the run cannot vanish before it is cleaned up.
    pub fn is_protected(&self) -> bool {
        let mut finalizers = self.run.metadata.finalizers.iter().flatten();
        finalizers.any(|finalizer| finalizer == names::FINALIZER)
    }
}

/// True if what a run needed was taken away when it ended. One that ended because somebody refused the operator something, or
/// because a name was taken, may not have been.
pub fn is_cleaned_up(run: &ConformanceRun) -> bool {
    let status = run.status.as_ref();
    let ended = status.and_then(|status| said(&status.conditions, conditions::SUCCEEDED));
    ended.is_some_and(|said| {
        said.truth != Truth::Unknown
            && ![reasons::FORBIDDEN, reasons::NAME_TAKEN].contains(&said.reason.as_str())
    })
}

/// True if the run has its verdict.
pub fn is_finished(run: &ConformanceRun) -> bool {
    let status = run.status.as_ref();
    let succeeded = status.and_then(|status| truth(status, conditions::SUCCEEDED));
    succeeded.is_some_and(|truth| truth != Truth::Unknown)
}
