//! What implements the cluster's areas and what its network can do, as runners found it, and whose a failure is.

use conform_crds::{Attempt, Capability, ConformanceRunStatus, Readiness, conditions::SERVICE_CIDR_READY};
use conform_network::{components::blame, probe::Evidence};
use conform_suite::Area;
use jiff::Timestamp;

use super::conditions::{Truth, set};

/// Takes what the first runner found into the status. It looks once: what a run's tests change is not told as what was there.
pub fn hear(attempts: &[Attempt], status: &mut ConformanceRunStatus, now: Timestamp) {
    if let Some(told) = attempts.iter().find_map(|attempt| attempt.service_cidr.as_ref()) {
        let truth = match told.readiness {
            Readiness::Ready => Truth::True,
            Readiness::NotReady => Truth::False,
            Readiness::Unknown => Truth::Unknown,
        };
        set(
            status,
            now,
            SERVICE_CIDR_READY,
            truth,
            &told.reason,
            &told.message,
        );
    }
    if status.components.is_empty()
        && let Some(told) = attempts.iter().find(|attempt| !attempt.components.is_empty())
    {
        status.components.clone_from(&told.components);
    }
    // Each time anew: what upstream's tests say of them grows with every attempt.
    if let Some(told) = attempts.iter().find(|attempt| !attempt.capabilities.is_empty()) {
        let server = status.server_version.as_deref();
        let server = server.and_then(|version| version.parse().ok());
        status.capabilities = told.capabilities.iter().map(Capability::in_short).collect();
        Evidence::of_run(attempts, server).beside(&mut status.capabilities);
    }
}

/// Whose a failure in `area` is; none if the run was not to look.
pub fn owner(area: Area, status: &ConformanceRunStatus, looks: bool) -> Option<String> {
    looks.then(|| blame(area, &status.components))
}
