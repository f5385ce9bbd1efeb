//! Everything that the next step of a schedule depends on.

use std::sync::Arc;

use conform_crds::{
    ClusterState, ConformanceResult, ConformanceRun, ConformanceSchedule, ConformanceScheduleStatus, names,
};
use jiff::Timestamp;

/// The state of the world around one schedule.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The time of the observation.
    pub now: Timestamp,
    /// The schedule itself.
    pub schedule: ConformanceSchedule,
    /// Its own runs, finished or not.
    pub runs: Vec<Arc<ConformanceRun>>,
    /// What the cluster is made of; read only if the schedule has triggers.
    pub cluster: Option<ClusterState>,
    /// Names of the template's profiles that users wrote and that are there.
    pub profiles: Vec<String>,
    /// Outcomes of the last finished run and of the good run before it; read only if they are to be compared.
    pub outcomes: Outcomes,
}

/// What two runs measured.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// The last finished run's.
    pub newest: Option<ConformanceResult>,
    /// The good run's.
    pub good: Option<ConformanceResult>,
}

impl Observed {
    /// The status so far.
    pub fn status(&self) -> ConformanceScheduleStatus {
        self.schedule.status.clone().unwrap_or_default()
    }

    /// When the schedule was made.
    pub fn created(&self) -> Timestamp {
        let created = self.schedule.metadata.creation_timestamp.as_ref();
        created.map_or(self.now, |created| created.0)
    }

    /// The value of the run-now annotation, if it asks for a run that was not made yet. Of a long one, the beginning.
    pub fn request(&self) -> Option<&str> {
        let annotations = self.schedule.metadata.annotations.as_ref()?;
        let value = annotations.get(names::ANNOTATION_RUN_NOW)?.trim();
        let value = value.get(..value.floor_char_boundary(MAX_REQUEST))?;
        let status = self.schedule.status.as_ref();
        let answered = status.and_then(|status| status.last_requested.as_deref());
        (!value.is_empty() && answered != Some(value)).then_some(value)
    }
}

/// How much of a request's value counts, in bytes.
const MAX_REQUEST: usize = 253;
