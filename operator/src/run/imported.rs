//! A run whose outcomes come from elsewhere: nothing is started for it.

use conform_crds::{ConformanceRunStatus, Imported, SuiteReference, conditions::reasons};

use super::{
    conditions::active,
    deadline::deadline,
    decide::{end, nothing},
    decision::Decision,
    fault::Fault,
    go_on::ACTIVE_INTERVAL,
    observed::Observed,
};

/// Waits for the outcomes, and says what they mean. There is no start: no Job, no rights, no lock and no check.
pub fn imported(observed: &Observed, mut status: ConformanceRunStatus, from: &Imported) -> Decision {
    if observed.run.spec.cancel {
        let fault = Fault::new(reasons::CANCELLED, "The import was cancelled.");
        return end(observed, status, Some(fault), None);
    }
    let made = observed.run.metadata.creation_timestamp.as_ref();
    if made.is_some_and(|made| observed.now >= deadline(observed, made.0)) {
        let message = format!("Nothing was imported from {}.", from.source);
        return end(
            observed,
            status,
            Some(Fault::new(reasons::DEADLINE_EXCEEDED, message)),
            None,
        );
    }
    let entries = observed.attempts();
    if entries.is_empty() || entries.iter().any(|entry| entry.end.is_none()) {
        let message = format!("Waits for the outcomes that are imported from {}.", from.source);
        active(&mut status, observed.now, reasons::PENDING, &message);
        return nothing(status, Some(ACTIVE_INTERVAL));
    }
    status.server_version = Some(from.server_version.clone());
    let suite = SuiteReference {
        image: format!("imported from {}", from.source),
        ..SuiteReference::default()
    };
    status.suite = Some(Box::new(suite));
    end(observed, status, None, None)
}
