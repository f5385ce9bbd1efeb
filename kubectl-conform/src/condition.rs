//! What the conditions of a run mean for the exit code.

use conform_crds::{ConformanceRun, Stages, conditions};
pub use conform_report::condition::{find, is_finished, status};

use crate::exit::ExitStatus;

/// What the exit code says of a run.
///
/// A miss that was measured decides at once. Conformance needs a run that succeeded and measured everything; a part, a
/// cancelled run or a suite that broke decides nothing.
pub fn exit_status(run: &ConformanceRun) -> ExitStatus {
    let decisive = match run.spec.stages {
        Stages::Future => conditions::FUTURE_CONFORMANT,
        Stages::Present | Stages::PresentAndFuture => conditions::PRESENT_CONFORMANT,
    };
    let succeeded = find(run, conditions::SUCCEEDED);
    let tests_failed = succeeded.is_some_and(|condition| {
        let reason = condition.reason.as_str();
        condition.status == "False"
            && matches!(
                reason,
                conditions::reasons::PRESENT_TESTS_FAILED
                    | conditions::reasons::OWN_TESTS_FAILED
                    | conditions::reasons::FUTURE_TESTS_FAILED
            )
    });
    match (status(run, decisive), status(run, conditions::SUCCEEDED)) {
        _ if tests_failed => ExitStatus::NotConformant,
        ("False", _) => ExitStatus::NotConformant,
        ("True", "True") => ExitStatus::Done,
        _ => ExitStatus::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn run(stages: &str, conditions: &[(&str, &str, &str)]) -> ConformanceRun {
        let condition = |(kind, status, reason): &(&str, &str, &str)| {
            json!({
                "type": kind, "status": status, "reason": reason, "message": "",
                "lastTransitionTime": "2026-11-22T10:00:00Z",
            })
        };
        serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": "x" },
            "spec": { "stages": stages },
            "status": { "conditions": conditions.iter().map(condition).collect::<Vec<_>>() },
        }))
        .unwrap()
    }

    #[rstest]
    #[case::conformant("PresentAndFuture", [("Succeeded", "True", "TestsPassed"), ("PresentConformant", "True", "AllPassed")], ExitStatus::Done)]
    #[case::failed("PresentAndFuture", [("Succeeded", "False", "PresentTestsFailed"), ("PresentConformant", "False", "TestsFailed")], ExitStatus::NotConformant)]
    #[case::failed_and_still_running("PresentAndFuture", [("Succeeded", "Unknown", "Running"), ("PresentConformant", "False", "TestsFailed")], ExitStatus::NotConformant)]
    #[case::own_failed("PresentAndFuture", [("Succeeded", "False", "OwnTestsFailed"), ("PresentConformant", "True", "AllPassed")], ExitStatus::NotConformant)]
    #[case::future_fails_by_wish("PresentAndFuture", [("Succeeded", "False", "FutureTestsFailed"), ("PresentConformant", "True", "AllPassed")], ExitStatus::NotConformant)]
    #[case::future_warns("PresentAndFuture", [("Succeeded", "True", "TestsPassed"), ("FutureConformant", "False", "TestsFailed")], ExitStatus::Undecided)]
    #[case::partial("Present", [("Succeeded", "True", "TestsPassed"), ("PresentConformant", "Unknown", "NotAllMeasured")], ExitStatus::Undecided)]
    #[case::cancelled("Present", [("Succeeded", "False", "Cancelled"), ("PresentConformant", "Unknown", "NotAllMeasured")], ExitStatus::Undecided)]
    #[case::suite_error("Present", [("Succeeded", "False", "SuiteError"), ("PresentConformant", "Unknown", "NotAllMeasured")], ExitStatus::Undecided)]
    #[case::late_error("Present", [("Succeeded", "False", "JUnitMissing"), ("PresentConformant", "True", "AllPassed")], ExitStatus::Undecided)]
    #[case::running("Present", [("Succeeded", "Unknown", "Running"), ("PresentConformant", "Unknown", "Pending")], ExitStatus::Undecided)]
    #[case::future_only_passed("Future", [("Succeeded", "True", "TestsPassed"), ("FutureConformant", "True", "AllPassed")], ExitStatus::Done)]
    #[case::future_only_failed("Future", [("Succeeded", "True", "TestsPassed"), ("FutureConformant", "False", "TestsFailed")], ExitStatus::NotConformant)]
    #[case::future_only_none("Future", [("Succeeded", "True", "TestsPassed"), ("FutureConformant", "Unknown", "NoneDefined")], ExitStatus::Undecided)]
    fn the_exit_code_is_the_verdict(
        #[case] stages: &str,
        #[case] conditions: [(&str, &str, &str); 2],
        #[case] expected: ExitStatus,
    ) {
        assert_eq!(exit_status(&run(stages, &conditions)), expected);
    }

    #[test]
    fn a_run_that_nobody_has_looked_at_decides_nothing() {
        let run = run("Present", &[]);
        assert!(!is_finished(&run));
        assert_eq!(exit_status(&run).code(), crate::exit::UNDECIDED);
    }
}
