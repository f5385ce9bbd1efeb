//! From the environment to what this pod is to do.

use conform_crds::{AttemptPlan, Preflight, names};
use conform_suite::Request;

/// Longest plan that is read, in bytes. Two patterns of 4 KiB are the largest part of one.
const MAX_PLAN: usize = 64 << 10;

/// What this pod is to do, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The run, and the name of its ConformanceResult.
    pub run: String,
    /// The attempt, such as `present-1`.
    pub attempt: String,
    /// The namespace for the suite's files.
    pub namespace: String,
    /// What to measure.
    pub request: Request,
    /// The checks to make before; none if the attempt makes none.
    pub preflight: Option<Preflight>,
}

/// The environment does not say what to do. Another try with the same environment does not help.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A variable is not set.
    #[error("{name} is not set: the operator sets it in the suite's Job")]
    Missing {
        /// The variable.
        name: &'static str,
    },
    /// A variable is no name that an object can have.
    #[error("{name}={value:?} is not the name of a Kubernetes object of at most {limit} characters")]
    Name {
        /// The variable.
        name: &'static str,
        /// Its value, shortened.
        value: String,
        /// The longest name.
        limit: usize,
    },
    /// The plan asks for nothing.
    #[error("{} asks for no stage", names::ENV_PLAN)]
    Empty,
    /// The plan is longer than any.
    #[error("{} has {bytes} bytes, more than {MAX_PLAN}", names::ENV_PLAN)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The plan is not the JSON that the operator writes.
    #[error("{} is not a plan: {source}", names::ENV_PLAN)]
    Json {
        /// What the JSON reader says, with line and column.
        #[from]
        source: serde_json::Error,
    },
}

/// Reads the plan through `lookup`, which is the environment except in tests.
pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Plan, PlanError> {
    let text = variable(&lookup, names::ENV_PLAN)?;
    if text.len() > MAX_PLAN {
        return Err(PlanError::TooLong { bytes: text.len() });
    }
    let plan: AttemptPlan = serde_json::from_str(&text)?;
    Ok(Plan {
        run: object_name(&lookup, names::ENV_RUN, names::MAX_RUN_NAME)?,
        attempt: object_name(&lookup, names::ENV_ATTEMPT, 63)?,
        namespace: object_name(&lookup, names::ENV_NAMESPACE, 63)?,
        preflight: plan.preflight,
        request: plan.requests.into_iter().next().ok_or(PlanError::Empty)?,
    })
}

fn variable(lookup: impl Fn(&str) -> Option<String>, name: &'static str) -> Result<String, PlanError> {
    lookup(name)
        .filter(|value| !value.is_empty())
        .ok_or(PlanError::Missing { name })
}

fn object_name(
    lookup: impl Fn(&str) -> Option<String>,
    name: &'static str,
    limit: usize,
) -> Result<String, PlanError> {
    let value = variable(lookup, name)?;
    // The names become parts of API paths and of other objects' names.
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    let edges = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if value.len() <= limit
        && value.chars().all(letters)
        && value.starts_with(edges)
        && value.ends_with(edges)
    {
        Ok(value)
    } else {
        Err(PlanError::Name {
            name,
            value: value.chars().take(80).collect(),
            limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PLAN: &str = r#"{"requests":[{"profiles":["kubernetes"],"stage":"Present","server":"1.36"}],"scope":"All","pick":"Everything","shards":1,"processes":1}"#;

    fn with(name: &'static str, value: Option<&'static str>) -> impl Fn(&str) -> Option<String> {
        move |asked| {
            if asked == name {
                return value.map(str::to_owned);
            }
            let usual = match asked {
                names::ENV_PLAN => PLAN,
                names::ENV_RUN => "demo",
                names::ENV_ATTEMPT => "present-1",
                names::ENV_NAMESPACE => "conform-system",
                _ => return None,
            };
            Some(usual.to_owned())
        }
    }

    #[test]
    fn reads_what_the_operator_writes() {
        let plan = read(with("", None)).unwrap();
        assert_eq!((plan.run.as_str(), plan.attempt.as_str()), ("demo", "present-1"));
        assert_eq!(plan.request.profiles, ["kubernetes"]);
    }

    #[rstest]
    #[case(names::ENV_PLAN, None, "CONFORM_PLAN is not set")]
    #[case(names::ENV_RUN, Some(""), "CONFORM_RUN is not set")]
    #[case(names::ENV_RUN, Some("../x"), "not the name of a Kubernetes object")]
    #[case(names::ENV_ATTEMPT, Some("Present 1"), "CONFORM_ATTEMPT")]
    #[case(names::ENV_NAMESPACE, Some("-a"), "CONFORM_NAMESPACE")]
    #[case(names::ENV_PLAN, Some("{"), "CONFORM_PLAN is not a plan: EOF")]
    #[case(
        names::ENV_PLAN,
        Some(r#"{"requests":[{"profiles":[],"stage":"Past","server":"1.36"}]}"#),
        "unknown variant `Past`"
    )]
    fn says_which_variable_is_wrong(
        #[case] name: &'static str,
        #[case] value: Option<&'static str>,
        #[case] message: &str,
    ) {
        let error = read(with(name, value)).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn a_plan_without_bounds_is_refused() {
        let error = read(|name| {
            if name == names::ENV_PLAN {
                Some("x".repeat(MAX_PLAN + 1))
            } else {
                with("", None)(name)
            }
        });
        assert!(matches!(error, Err(PlanError::TooLong { .. })));
    }
}
