//! A run of a cluster as the report that files give too.

use conform_crds::{ConformanceResult, ConformanceRun};
use conform_suite::evaluation::Evaluation;
use jiff::Timestamp;

use crate::error::Error;

/// What a run says, as an evaluation of one input; see [`conform_report::evaluation`].
pub fn evaluation(run: &ConformanceRun, result: Option<&ConformanceResult>) -> Result<Evaluation, Error> {
    Ok(conform_report::evaluation(run, result)?)
}

/// When a run ended, if it has.
pub fn ended(run: &ConformanceRun) -> Option<Timestamp> {
    let status = run.status.as_ref()?;
    status.completion_time.as_ref().map(|time| time.0)
}

#[cfg(test)]
mod tests {
    use conform_suite::{Outcome, Verdict};
    use serde_json::json;

    use super::*;
    use crate::render::{
        self,
        tests::{checked, failing},
    };

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
                "suite v1.36.2 is not of the server's version; it is older"
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
