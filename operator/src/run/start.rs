//! What happens to a run before its first Job.

use std::time::Duration;

use conform_crds::{ConformanceRunStatus, SuiteReference, conditions::reasons};
use conform_suite::profile;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    conditions::active,
    decide::{end, nothing},
    decision::{Announcement, Decision},
    fault::{Fault, sentence},
    observed::Observed,
    preflight,
    sizing::parallelism,
};

/// How soon a queued run looks whether its turn has come; the end of the run before it is not an event of its own.
const QUEUE_INTERVAL: Duration = Duration::from_secs(10);

/// Checks, queues, and at last writes the start.
pub fn start(observed: &Observed, mut status: ConformanceRunStatus) -> Decision {
    let spec = &observed.run.spec;
    if spec.cancel {
        let fault = Fault::new(reasons::CANCELLED, "The run was cancelled before it started.");
        return end(observed, status, Some(fault), None);
    }
    if spec.suspend {
        active(
            &mut status,
            observed.now,
            reasons::SUSPENDED,
            "The run starts when spec.suspend is false.",
        );
        return nothing(status, None);
    }
    if let Some(error) = spec.profiles.iter().find_map(|name| profile(name).err()) {
        let message = sentence(&error.to_string());
        return end(
            observed,
            status,
            Some(Fault::new(reasons::UNKNOWN_PROFILE, message)),
            None,
        );
    }
    if let Some(ahead) = &observed.ahead {
        let message =
            format!("Waits for run {ahead}: conformance tests of two runs would disturb each other.");
        active(&mut status, observed.now, reasons::QUEUED, &message);
        return nothing(status, Some(QUEUE_INTERVAL));
    }
    let Some(facts) = &observed.cluster else {
        active(
            &mut status,
            observed.now,
            reasons::PREFLIGHT,
            "The cluster is being looked at.",
        );
        return nothing(status, Some(QUEUE_INTERVAL));
    };
    match preflight::check(facts, &observed.settings) {
        Err(message) => end(
            observed,
            status,
            Some(Fault::new(reasons::PREFLIGHT_FAILED, sentence(&message))),
            None,
        ),
        Ok(fitness) => {
            // The start is written before anything is made, so that from here on the spec is fixed.
            status.start_time = Some(Time(observed.now));
            status.server_version = Some(facts.server_version.clone());
            status.parallelism = parallelism(&spec.execution, &facts.nodes);
            status.suite = Some(SuiteReference {
                image: fitness.image,
                ..Default::default()
            });
            let warning = fitness
                .warning
                .map(|warning| format!(" Note: {warning}."))
                .unwrap_or_default();
            let message = format!("The suite of {} starts.{warning}", facts.server_version);
            active(&mut status, observed.now, reasons::RUNNING, &message);
            let announcement = Announcement {
                warning: false,
                reason: "RunStarted",
                note: message,
            };
            Decision {
                announcement: Some(announcement),
                ..nothing(status, Some(Duration::ZERO))
            }
        }
    }
}
