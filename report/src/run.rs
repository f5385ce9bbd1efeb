//! A run of a cluster as the report that files give too.

use conform_crds::{
    Capability, Component, ConformanceResult, ConformanceRun, ConformanceRunStatus, FailureSummary,
    ServiceCidrReport, conditions,
};
use conform_suite::{
    Stage, Standing,
    evaluation::{
        Certifiability, Context, Evaluation, Fact, Feature, FutureReport, InputReport, Look, Part,
        ReleaseSource, RequirementsSource, TestReport,
    },
};
use kube::ResourceExt;

use crate::{
    assess, condition,
    rows::{ResultRow, result_rows},
    run_list::present_verdict,
    text::count,
    words::state,
};

/// A run that has measured nothing yet, so that there is nothing to report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("run {name:?} has measured nothing yet: {state}")]
pub struct NothingMeasured {
    /// The run.
    pub name: String,
    /// Where it is, in plain words.
    pub state: String,
}

/// What a run says, as an evaluation of one input. `result` is what its runners wrote; without it only failures are known one
/// by one. An error if the run does not know its cluster's release yet.
pub fn evaluation(
    run: &ConformanceRun,
    result: Option<&ConformanceResult>,
) -> Result<Evaluation, NothingMeasured> {
    let nothing = || NothingMeasured {
        name: run.name_any(),
        state: state(run),
    };
    let status = run.status.as_ref().ok_or_else(nothing)?;
    let release = assess::server_release(status).ok_or_else(nothing)?;
    let (rows, note) = assess::table(run).unwrap_or_default();
    let tests: Option<Vec<TestReport>> =
        result.map(|result| result_rows(run, result).into_iter().map(of_row).collect());
    let missed = match &tests {
        Some(tests) => tests.iter().filter(|test| is_missed(test)).cloned().collect(),
        None => status.failures.iter().map(of_failure).collect(),
    };
    let report = InputReport {
        source: run.name_any(),
        release,
        release_source: ReleaseSource::Run,
        requirements_source: RequirementsSource::Suite,
        present: assess::present_tally(status),
        future: assess::future_tallies(status)
            .iter()
            .map(FutureReport::of)
            .collect(),
        verdict: present_verdict(run),
        certifiable: certifiable(run, status),
        context: Context {
            remarks: remarks(run, status, tests.is_none()),
            evidence: evidence(run, status),
            components: status.components.iter().map(part).collect(),
            capabilities: capabilities(status, result).iter().map(feature).collect(),
            service_ranges: result.and_then(service_ranges).map(looks).unwrap_or_default(),
        },
        missed,
        tests,
        rows,
        note,
    };
    Ok(Evaluation::new(vec![report], Vec::new()))
}

fn is_missed(test: &TestReport) -> bool {
    test.outcome.standing() == Standing::Missed
}

fn of_row(row: ResultRow) -> TestReport {
    TestReport {
        name: row.name,
        stage: row.stage,
        required_in: row.required_in,
        authority: row.authority,
        area: row.area,
        component: row.component,
        outcome: row.outcome,
        duration_milliseconds: row
            .duration_milliseconds
            .and_then(|count| u64::try_from(count).ok()),
        message: row.message,
        log: None,
    }
}

fn of_failure(failure: &FailureSummary) -> TestReport {
    TestReport {
        name: failure.name.clone(),
        stage: failure.stage,
        required_in: failure.required_in,
        authority: failure.authority,
        area: failure.area,
        component: failure.component.clone(),
        outcome: failure.outcome,
        duration_milliseconds: None,
        message: failure.message.clone(),
        log: None,
    }
}

/// What the operator says of it: one reason after the other, or what it says in one message of a run that it did not judge.
fn certifiable(run: &ConformanceRun, status: &ConformanceRunStatus) -> Certifiability {
    let value = condition::status(run, conditions::CERTIFIABLE) == "True";
    let said = condition::find(run, conditions::CERTIFIABLE).filter(|_| !value);
    let reasons: Vec<String> = match said {
        Some(_) if !status.not_submittable.is_empty() => status.not_submittable.clone(),
        Some(said) => vec![said.message.clone()],
        None if value => Vec::new(),
        None => vec!["the run has not ended".to_owned()],
    };
    Certifiability {
        value,
        brief: reasons.clone(),
        reasons,
        obstacles: Vec::new(),
    }
}

fn remarks(run: &ConformanceRun, status: &ConformanceRunStatus, without_result: bool) -> Vec<String> {
    let mut remarks = vec![format!("Run {}: {}", run.name_any(), state(run))];
    let not_applicable = status.not_applicable.iter();
    remarks.extend(not_applicable.map(|one| format!("Not applicable: {}", one.because)));
    let omitted = status.failures_omitted.filter(|more| without_result && *more > 0);
    remarks.extend(omitted.map(|more| {
        let more = count(more.into(), "further failure");
        format!("{more}: not known any more, since the run's result is gone.")
    }));
    if !run.spec.stages.in_order().contains(&Stage::Present) {
        remarks.push("The run was not to measure what is required now.".to_owned());
    }
    remarks
}

fn evidence(run: &ConformanceRun, status: &ConformanceRunStatus) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name: &str, value: Option<String>| facts.extend(value.map(|value| Fact::new(name, value)));
    let time = |time: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Time| time.0.to_string();
    add("API server", status.server_version.clone());
    add("Profiles", Some(run.spec.profiles.join(", ")));
    add("Focus", run.spec.focus.clone());
    add("Skip", run.spec.skip.clone());
    add("Started", status.start_time.as_ref().map(time));
    add("Ended", status.completion_time.as_ref().map(time));
    for (name, suite) in [
        ("Suite", &status.suite),
        ("Suite of later requirements", &status.future_suite),
    ] {
        let Some(suite) = suite else { continue };
        add(
            name,
            Some(suite.image_id.clone().unwrap_or_else(|| suite.image.clone())),
        );
        add("It says of itself", suite.version.clone());
        add("Digest of the selected tests", suite.selection_digest.clone());
    }
    let processes = status
        .parallelism
        .map(|given| format!("{} pods of {} processes", given.shards, given.processes));
    add("Parallel", processes);
    let attempts: Vec<String> = status
        .attempts
        .iter()
        .map(|attempt| {
            let end = attempt
                .end
                .map_or_else(|| "running".to_owned(), |end| format!("{end:?}"));
            format!("{} ({end})", attempt.name)
        })
        .collect();
    add("Attempts", (!attempts.is_empty()).then(|| attempts.join(", ")));
    let ready = condition::find(run, conditions::SERVICE_CIDR_READY);
    add(
        "Ready for further Service addresses",
        ready.map(|found| format!("{}: {}", found.status, found.message)),
    );
    facts
}

fn part(component: &Component) -> Part {
    Part {
        area: component.area,
        name: component.name.clone(),
        mode: component.mode.clone(),
        version: component.version.clone(),
        nodes: component.nodes,
        basis: component.basis.word().to_owned(),
        evidence: component.evidence.clone(),
    }
}

/// What was measured of the network: as the result has it, which knows each way, or else as the run's status has it in short.
fn capabilities<'a>(
    status: &'a ConformanceRunStatus,
    result: Option<&'a ConformanceResult>,
) -> &'a [Capability] {
    let attempts = result.and_then(|result| result.status.as_ref());
    let mut attempts = attempts.iter().flat_map(|status| &status.attempts);
    let whole = attempts.find(|attempt| !attempt.capabilities.is_empty());
    whole.map_or(&status.capabilities, |attempt| &attempt.capabilities)
}

fn feature(capability: &Capability) -> Feature {
    Feature {
        name: capability.feature.clone(),
        source: capability.source.clone(),
        status: format!("{:?}", capability.status),
        component: capability.component.clone(),
        same: capability.same,
        cells: capability.cells,
        because: capability.because.clone(),
        table: capability.table.clone(),
    }
}

fn service_ranges(result: &ConformanceResult) -> Option<&ServiceCidrReport> {
    let mut attempts = result.status.iter().flat_map(|status| &status.attempts);
    attempts.find_map(|attempt| attempt.service_cidr.as_ref())
}

fn looks(report: &ServiceCidrReport) -> Vec<Look> {
    let look = |finding: &conform_crds::ServiceCidrFinding| Look {
        topic: format!("{:?}", finding.topic),
        state: format!("{:?}", finding.state),
        component: finding.component.clone(),
        message: finding.message.clone(),
    };
    report.findings.iter().map(look).collect()
}
