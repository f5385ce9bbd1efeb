//! The end of one spec, as the processes of a parallel run post it.

use super::{ReportError, spec::Spec};
use crate::{Case, TestName};

/// What a spec's report says when it has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecEnd {
    /// The test, or one of the suite's own nodes, and what happened.
    pub case: Case,
    /// True for one of the suite's own nodes, which is no test.
    pub node: bool,
}

/// Reads one spec of a report: what [`read`](super::read) makes of it in a file.
pub fn read_spec(body: &[u8]) -> Result<SpecEnd, ReportError> {
    let spec: Spec = serde_json::from_slice(body).map_err(|error| ReportError::Malformed {
        at: 0,
        message: error.to_string(),
    })?;
    let node = spec.is_node();
    let name = TestName::new(&spec.name()).map_err(|source| ReportError::Name { at: 0, source })?;
    Ok(SpecEnd {
        case: spec.ending().of(name),
        node,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::Outcome;

    fn body(state: &str, attempts: u32, failure: &str) -> String {
        format!(
            r#"{{"ContainerHierarchyTexts":["[sig-node] Pods"],"LeafNodeType":"It","LeafNodeText":"run [Conformance]",
                "State":"{state}","RunTime":1500000000,"NumAttempts":{attempts},"Failure":{failure}}}"#
        )
    }

    #[rstest]
    #[case("passed", 1, "null", Outcome::Passed, false)]
    #[case("failed", 1, r#"{"Message":"m"}"#, Outcome::Failed, false)]
    #[case("interrupted", 1, r#"{"Message":"m"}"#, Outcome::Interrupted, false)]
    #[case("skipped", 1, r#"{"Message":"m"}"#, Outcome::Skipped, false)]
    #[case("skipped", 0, "null", Outcome::NotRun, true)]
    fn says_how_a_test_ended(
        #[case] state: &str,
        #[case] attempts: u32,
        #[case] failure: &str,
        #[case] outcome: Outcome,
        #[case] filtered: bool,
    ) {
        let SpecEnd { case, node } = read_spec(body(state, attempts, failure).as_bytes()).unwrap();
        assert_eq!((case.outcome, case.filtered, node), (outcome, filtered, false));
        assert_eq!(case.name.as_str(), "[sig-node] Pods run [Conformance]");
        assert_eq!(case.duration.as_millis(), 1500);
    }

    #[test]
    fn knows_the_suite_s_own_nodes() {
        let end = read_spec(
            br#"{"ContainerHierarchyTexts":null,"LeafNodeType":"SynchronizedBeforeSuite","State":"passed"}"#,
        );
        assert!(end.unwrap().node);
    }

    #[rstest]
    #[case(b"")]
    #[case(b"[1]")]
    #[case(br#"{"LeafNodeType":"It","LeafNodeText":7}"#)]
    fn refuses_what_is_no_spec(#[case] body: &[u8]) {
        assert!(read_spec(body).is_err());
    }
}
