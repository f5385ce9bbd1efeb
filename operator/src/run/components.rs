//! What implements the cluster's areas, and whose a failure is.

use conform_crds::{Attempt, ConformanceRunStatus};
use conform_network::components::blame;
use conform_suite::Area;

/// Takes what the first runner found into the status. It looks once: what a run's tests change is not told as what was there.
pub fn hear(attempts: &[Attempt], status: &mut ConformanceRunStatus) {
    if status.components.is_empty()
        && let Some(told) = attempts.iter().find(|attempt| !attempt.components.is_empty())
    {
        status.components.clone_from(&told.components);
    }
}

/// Whose a failure in `area` is; none if the run was not to look.
pub fn owner(area: Area, status: &ConformanceRunStatus, looks: bool) -> Option<String> {
    looks.then(|| blame(area, &status.components))
}
