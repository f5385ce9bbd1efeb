//! From the environment to what this pod is to do.

use std::time::Duration;

use conform_crds::{OwnSuitePlan, names};
use conform_suite::OwnDemands;

use crate::plan::{MAX_PLAN, PlanError, object_name, variable};

/// What the runner beside a suite is to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPlan {
    /// The run, and the name of its ConformanceResult.
    pub run: String,
    /// The attempt, such as `suite1-1`.
    pub name: String,
    /// The namespace of the pod, and for the suite's files.
    pub namespace: String,
    /// The runner's own pod.
    pub pod: String,
    /// The suite, and from which release on which of its tests are required.
    pub demands: OwnDemands,
    /// How long the suite may run.
    pub timeout: Duration,
}

impl OwnPlan {
    /// What the suite is called: `platform/storage`.
    pub fn label(&self) -> String {
        format!("{}/{}", self.demands.profile, self.demands.suite)
    }
}

/// Reads the plan through `lookup`, which is the environment except in tests.
pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<OwnPlan, PlanError> {
    let text = variable(&lookup, names::ENV_OWN_PLAN)?;
    if text.len() > MAX_PLAN {
        return Err(PlanError::TooLong { bytes: text.len() });
    }
    let OwnSuitePlan {
        demands,
        timeout_seconds,
    } = serde_json::from_str(&text)?;
    Ok(OwnPlan {
        run: object_name(&lookup, names::ENV_RUN, names::MAX_RUN_NAME)?,
        name: object_name(&lookup, names::ENV_ATTEMPT, 63)?,
        namespace: object_name(&lookup, names::ENV_NAMESPACE, 63)?,
        pod: object_name(&lookup, names::ENV_POD, 253)?,
        demands,
        timeout: Duration::from_secs(u64::try_from(timeout_seconds).unwrap_or(1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(plan: &'static str, pod: &'static str) -> impl Fn(&str) -> Option<String> {
        move |asked| {
            let value = match asked {
                names::ENV_OWN_PLAN => plan,
                names::ENV_RUN => "demo",
                names::ENV_ATTEMPT => "suite1-1",
                names::ENV_NAMESPACE => "conform-system",
                names::ENV_POD => pod,
                _ => return None,
            };
            Some(value.to_owned())
        }
    }

    const PLAN: &str =
        r#"{"demands":{"profile":"platform","suite":"storage","requiredIn":"1.36"},"timeoutSeconds":60}"#;

    #[test]
    fn reads_what_the_operator_writes() {
        let plan = read(lookup(PLAN, "demo-suite1-1-abcde")).unwrap();
        assert_eq!(plan.label(), "platform/storage");
        assert_eq!(plan.timeout, Duration::from_mins(1));
    }

    #[test]
    fn says_what_is_wrong() {
        let said = |plan, pod| read(lookup(plan, pod)).unwrap_err().to_string();
        assert!(said("{}", "pod").contains("missing field"));
        assert!(said(PLAN, "../pod").contains("not the name of a Kubernetes object"));
        assert!(said("", "pod").contains("CONFORM_OWN_PLAN is not set"));
    }
}
