//! What implements the cluster's areas and what its network can do, as runners found it, and whose a failure is.

use conform_crds::{
    Attempt, Basis, Capability, CapabilityCheck, CapabilityStatus, ConformanceRunStatus, Readiness,
    ServiceCidrReport, ServiceCidrTopic,
    conditions::{CAPABILITIES_KNOWN, SERVICE_CIDR_READY, reasons},
};
use conform_network::{
    components::blame,
    probe::{Evidence, is_only_by_name},
};
use conform_suite::Area;

use super::{
    conditions::{Truth, set},
    observed::Observed,
};

/// Takes what the first runner found into the status. It looks once: what a run's tests change is not told as what was there.
pub fn hear(observed: &Observed, status: &mut ConformanceRunStatus) {
    let (attempts, now) = (observed.attempts(), observed.now);
    if let Some(told) = service_cidr(attempts) {
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
    if observed.run.spec.checks.capabilities == CapabilityCheck::Probe || !status.capabilities.is_empty() {
        let is_over = attempts.iter().any(|attempt| attempt.end.is_some());
        let (truth, reason, message) = known(&status.capabilities, is_over);
        set(status, now, CAPABILITIES_KNOWN, truth, reason, &message);
    }
}

/// What was told of further ranges: by packets if somebody measured, else by the first who looked.
fn service_cidr(attempts: &[Attempt]) -> Option<&ServiceCidrReport> {
    let told = attempts
        .iter()
        .filter_map(|attempt| attempt.service_cidr.as_ref());
    let is_measured = |report: &&ServiceCidrReport| {
        let mut findings = report.findings.iter();
        findings.any(|finding| finding.topic == ServiceCidrTopic::Traffic)
    };
    told.clone().find(is_measured).or_else(|| told.clone().next())
}

/// Whether it is known what the network can do. What is probed only by name was not asked for, and does not count.
fn known(capabilities: &[Capability], is_over: bool) -> (Truth, &'static str, String) {
    if capabilities.is_empty() {
        return if is_over {
            let message = "The network was not probed; the message of the attempt says why.";
            (Truth::Unknown, reasons::NOT_PROBED, message.to_owned())
        } else {
            let message = "The network is probed once the tests are over.";
            (Truth::Unknown, reasons::PENDING, message.to_owned())
        };
    }
    // Nor does what an object declares.
    let asked = capabilities
        .iter()
        .filter(|one| !is_only_by_name(&one.feature) && one.basis != Some(Basis::Declared));
    let of = |status| asked.clone().filter(move |one| one.status == status);
    let unknown: Vec<&str> = of(CapabilityStatus::Unevaluated)
        .map(|one| one.feature.as_str())
        .collect();
    if !unknown.is_empty() {
        let message = format!("Not evaluated: {}.", unknown.join(", "));
        return (Truth::False, reasons::NOT_ALL_MEASURED, message);
    }
    let count = |status| of(status).count();
    let message = format!(
        "{} features supported, {} not, {} without meaning here.",
        count(CapabilityStatus::Supported),
        count(CapabilityStatus::Unsupported),
        count(CapabilityStatus::NotApplicable)
    );
    (Truth::True, reasons::ALL_MEASURED, message)
}

/// Whose a failure in `area` is; none if the run was not to look.
pub fn owner(area: Area, status: &ConformanceRunStatus, looks: bool) -> Option<String> {
    looks.then(|| blame(area, &status.components))
}
