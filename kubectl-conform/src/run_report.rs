//! A run of a cluster as the report that files give too, so that every renderer shows both.

use conform_crds::{
    Component, ConformanceResult, ConformanceRun, ConformanceRunStatus, FailureSummary, ServiceCidrReport,
    conditions,
};
use conform_suite::{
    Stage, Standing, Verdict,
    evaluation::{
        Certifiability, Context, Evaluation, Fact, FutureReport, InputReport, Look, Part, ReleaseSource,
        RequirementsSource, TestReport,
    },
};
use kube::ResourceExt;

use crate::{
    assess, condition,
    error::Error,
    render::{self, ResultRow},
    text::count,
    verbs::result_rows,
};

/// What a run says, as an evaluation of one input. `result` is what its runners wrote; without it only failures are known one
/// by one. An error if the run does not know its cluster's release yet.
pub fn evaluation(run: &ConformanceRun, result: Option<&ConformanceResult>) -> Result<Evaluation, Error> {
    let nothing = || {
        let name = run.name_any();
        Error::Missing(format!(
            "run {name:?} has measured nothing yet: {}",
            render::state(run)
        ))
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
        verdict: match condition::status(run, conditions::PRESENT_CONFORMANT) {
            "True" => Verdict::Conformant,
            "False" => Verdict::NotConformant,
            _ => Verdict::Undecided,
        },
        certifiable: certifiable(run),
        context: Context {
            remarks: remarks(run, status, tests.is_none()),
            evidence: evidence(run, status),
            components: status.components.iter().map(part).collect(),
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
    }
}

/// What the operator says of it. Its reasons are joined in one message.
fn certifiable(run: &ConformanceRun) -> Certifiability {
    let value = condition::status(run, conditions::CERTIFIABLE) == "True";
    let said = condition::find(run, conditions::CERTIFIABLE).filter(|_| !value);
    let reasons: Vec<String> = match said {
        Some(said) => said.message.split("; ").map(str::to_owned).collect(),
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
    let mut remarks = vec![format!("Run {}: {}", run.name_any(), render::state(run))];
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

#[cfg(test)]
mod tests {
    use conform_suite::Outcome;
    use serde_json::json;

    use super::*;
    use crate::render::tests::{checked, failing};

    fn result() -> ConformanceResult {
        let test = |name: &str, outcome: &str| {
            json!({
                "name": name, "requiredIn": "1.9", "authority": "Upstream", "area": "Dns", "selected": true,
                "outcome": outcome, "message": if outcome == "Failed" { json!("no answer") } else { json!(null) },
            })
        };
        serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "nightly" },
            "spec": { "runName": "nightly" },
            "status": { "attempts": [{
                "name": "present-1", "stage": "Present", "startTime": "2026-11-22T10:00:00Z",
                "tests": [test("[sig-network] DNS a", "Failed"), test("[sig-network] DNS b", "Passed"), test("[sig-network] DNS c", "NotRun")],
                "serviceCIDR": { "readiness": "NotReady", "reason": "ComponentsAtRisk", "message": "x", "findings": [
                    { "topic": "Rights", "state": "Warned", "component": "Cilium", "message": "may not read" },
                ] },
            }] },
        }))
        .unwrap()
    }

    #[test]
    fn a_run_is_reported_as_files_are() {
        let evaluation = evaluation(&failing(), Some(&result())).unwrap();
        let report = &evaluation.inputs[0];
        assert_eq!(
            (report.verdict, evaluation.total.verdict),
            (Verdict::NotConformant, Verdict::NotConformant)
        );
        assert_eq!(
            (report.present.required, report.rows.len(), report.future.len()),
            (446, 3, 2)
        );
        let tests = report.tests.as_ref().unwrap();
        assert_eq!(tests.len(), 3);
        assert_eq!(report.missed.len(), 1, "each failure is known by the result");
        assert_eq!(
            report.missed[0].component.as_deref(),
            Some("unknown"),
            "the run looked and found nothing"
        );
        assert_eq!(
            report.certifiable.reasons,
            [
                "a required test failed",
                "suite v1.36.2 is not of the server's version"
            ]
        );
        assert_eq!(report.context.service_ranges[0].topic, "Rights");
        insta::assert_yaml_snapshot!(report.context);
        let page = render::evaluation_html(&evaluation).unwrap();
        assert!(page.contains("Not conformant") && page.contains("no answer"));
    }

    #[test]
    fn without_its_result_the_runs_own_failures_count() {
        let evaluation = evaluation(&failing(), None).unwrap();
        let report = &evaluation.inputs[0];
        assert_eq!(report.tests, None);
        assert_eq!(report.missed.len(), 2);
        assert!(report.missed.iter().all(|test| test.outcome == Outcome::Failed));
        assert!(
            report
                .context
                .remarks
                .iter()
                .any(|remark| remark.starts_with("1 further failure"))
        );
    }

    #[test]
    fn nothing_measured_is_no_report_and_no_pass() {
        let error = evaluation(&checked(), None).unwrap_err().to_string();
        assert!(
            error.starts_with("run \"preflight-x7k2p\" has measured nothing yet"),
            "{error}"
        );
        let mut early = checked();
        early.status.as_mut().unwrap().server_version = Some("v1.36.3".to_owned());
        let report = evaluation(&early, None).unwrap().inputs.remove(0);
        assert_eq!(report.verdict, Verdict::Undecided);
        assert!(!report.certifiable.value);
    }
}
