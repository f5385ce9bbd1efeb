//! What happens to a run before its first Job.

use std::time::Duration;

use conform_crds::{ConformanceRunStatus, SuiteReference, conditions::reasons};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    applicable,
    conditions::active,
    decide::{end, nothing},
    decision::{Announcement, Decision, Step},
    fault::Fault,
    lock::Lock,
    observed::Observed,
    own, preflight,
    sizing::parallelism,
};
use crate::preflight::{GatewaySeen, look, suite_image};

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
        return Decision {
            step: match observed.lock {
                // Whoever waits for people is in nobody's way.
                Lock::Mine => Step::ReleaseLock,
                _ => Step::Nothing,
            },
            ..nothing(status, None)
        };
    }
    let own = match own::resolve(spec, &observed.profiles) {
        Ok(own) => own,
        Err(fault) => return end(observed, status, Some(fault), None),
    };
    if let Some(ahead) = &observed.ahead {
        let message =
            format!("Waits for run {ahead}: conformance tests of two runs would disturb each other.");
        active(&mut status, observed.now, reasons::QUEUED, &message);
        return nothing(status, Some(QUEUE_INTERVAL));
    }
    match &observed.lock {
        Lock::HeldBy(other) => {
            let message = format!("Waits for run {other}, which holds the cluster's run lock.");
            active(&mut status, observed.now, reasons::QUEUED, &message);
            return nothing(status, Some(QUEUE_INTERVAL));
        }
        Lock::Free(version) => {
            let message = "The run is the next one, and takes the cluster's run lock.";
            active(&mut status, observed.now, reasons::PREFLIGHT, message);
            return Decision {
                step: Step::TakeLock {
                    version: version.clone(),
                },
                ..nothing(status, Some(Duration::ZERO))
            };
        }
        Lock::Mine | Lock::Unread => {}
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
    match applicable::of(&own::built_in(spec), &facts.nodes) {
        Ok(not_applicable) => status.not_applicable = not_applicable,
        Err(fault) => return end(observed, status, Some(fault), None),
    }
    if let Err(fault) = preflight::begin(&mut status, observed.now, look(facts, spec)) {
        return end(observed, status, Some(fault), None);
    }
    // The start is written before anything is made, so that from here on the spec is fixed.
    status.start_time = Some(Time(observed.now));
    status.own_profiles = own;
    status.gateways = facts.gateways.iter().filter_map(GatewaySeen::summary).collect();
    status.server_version = Some(facts.server_version.clone());
    status.parallelism = parallelism(&spec.execution, &facts.nodes);
    let suite = SuiteReference {
        image: suite_image(&observed.settings.suite_repository, &facts.server_version),
        ..SuiteReference::default()
    };
    status.suite = Some(Box::new(suite));
    let notes = applicable::notes(&status.not_applicable).chain(preflight::warnings(&status));
    let mut message = format!("The suite of {} starts.", facts.server_version);
    for note in notes {
        message.push_str(" Note: ");
        message.push_str(&note);
    }
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
