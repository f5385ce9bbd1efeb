//! The numbers and names in a run's status.

use std::collections::BTreeMap;

use conform_crds::{
    ConformanceRunSpec, ConformanceRunStatus, FailureSummary, FutureSummary, SigSummary, StageSummary,
    SuiteReference, names,
};
use conform_suite::{Record, Sig, Stage, Standing};

use super::{
    components::owner, conditions::truncated, evaluation::Evaluation, image::suite_for, observed::Observed,
};

/// How many failures the run's own status carries; the result has them all.
const MAX_FAILURES: usize = 50;
/// How much of a test's message the run's own status carries, in bytes.
const MAX_MESSAGE: usize = 512;

/// Writes what the outcomes add up to.
pub fn counts(status: &mut ConformanceRunStatus, evaluation: &Evaluation, spec: &ConformanceRunSpec) {
    let assessment = &evaluation.assessment;
    let present = assessment.present;
    status.present = spec
        .stages
        .in_order()
        .contains(&Stage::Present)
        .then_some(StageSummary {
            release: assessment.server,
            required: present.required,
            passed: present.passed,
            failed: present.failed,
            unevaluated: present.unevaluated,
        });
    status.future = assessment
        .future
        .iter()
        .map(|row| FutureSummary {
            release: row.release,
            authority: row.authority,
            total: row.tally.required,
            passed: row.tally.passed,
            failed: row.tally.failed,
            unevaluated: row.tally.unevaluated,
        })
        .collect();
    status.sigs = by_sig(&evaluation.records);
    let missed = evaluation
        .records
        .iter()
        .filter(|record| record.outcome.standing() == Standing::Missed);
    let mut failures: Vec<FailureSummary> = missed
        .map(|record| FailureSummary {
            name: record.requirement.name.clone(),
            stage: record.stage,
            required_in: record.requirement.required_in,
            authority: record.requirement.authority,
            area: record.requirement.area,
            component: owner(record.requirement.area, status, spec.checks.components),
            outcome: record.outcome,
            message: record
                .message
                .as_deref()
                .map(|message| truncated(message, MAX_MESSAGE)),
        })
        .collect();
    failures.sort_by(|a, b| (a.stage, a.required_in, &a.name).cmp(&(b.stage, b.required_in, &b.name)));
    let omitted = failures.len().saturating_sub(MAX_FAILURES);
    failures.truncate(MAX_FAILURES);
    status.failures = failures;
    status.failures_omitted = i32::try_from(omitted).ok().filter(|omitted| *omitted > 0);
}

/// The records by stage and SIG.
fn by_sig(records: &[Record]) -> Vec<SigSummary> {
    let mut found: BTreeMap<(Stage, Sig), SigSummary> = BTreeMap::new();
    for record in records {
        let (stage, sig) = (record.stage, Sig::of(&record.requirement.name));
        let counts = found.entry((stage, sig)).or_insert(SigSummary {
            stage,
            sig,
            passed: 0,
            failed: 0,
            unevaluated: 0,
        });
        let count = match record.outcome.standing() {
            Standing::Met => &mut counts.passed,
            Standing::Missed => &mut counts.failed,
            Standing::Unevaluated => &mut counts.unevaluated,
        };
        *count = count.saturating_add(1);
    }
    found.into_values().collect()
}

/// Fills in what only the runners and the pods know of the suites.
pub fn describe_suite(status: &mut ConformanceRunStatus, observed: &Observed) {
    let spec = &observed.run.spec;
    let apart = |stage: Stage| spec.future_suite_release.is_some() && stage == Stage::Future;
    let entries = observed.attempts();
    let version = |of_future: bool| {
        let mut suites = entries
            .iter()
            .filter(|entry| apart(entry.stage) == of_future)
            .filter_map(|entry| entry.suite.as_ref());
        suites.next().map(|suite| suite.version.clone())
    };
    if let Some(version) = version(true) {
        let suite = SuiteReference {
            image: suite_for(spec, status, &observed.settings, Stage::Future),
            version: Some(version),
            ..SuiteReference::default()
        };
        status.future_suite = Some(Box::new(suite));
    }
    let suite = status.suite.get_or_insert_default();
    if let Some(version) = version(false) {
        suite.version = Some(version);
    }
    let present = entries.iter().filter(|entry| entry.stage == Stage::Present);
    if let Some(selection) = present.clone().find_map(|entry| entry.selection.as_ref()) {
        suite.selection_digest = Some(selection.digest.clone());
    }
    let statuses = observed.pods.iter().filter_map(|pod| pod.status.as_ref());
    let image = statuses
        .flat_map(|status| status.container_statuses.iter().flatten())
        .find(|container| {
            container.name == names::SUITE_CONTAINER && container.image.ends_with(&suite.image)
        });
    if let Some(container) = image.filter(|container| !container.image_id.is_empty()) {
        suite.image_id = Some(container.image_id.clone());
    }
}
