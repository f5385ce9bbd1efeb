//! From the environment to what this pod is to do.

use conform_crds::{AttemptPlan, names};

/// Longest plan that is read, in bytes. Two patterns of 4 KiB for each stage are the largest part of one.
pub const MAX_PLAN: usize = 64 << 10;
/// Most pods of one attempt.
const MAX_SHARDS: i32 = 256;

/// What this pod is to do, and where it says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The run, and the name of its ConformanceResult.
    pub run: String,
    /// The attempt, such as `present-1`.
    pub name: String,
    /// What this pod calls its entry in the result: the attempt, such as `present-1`, and its index if it is one of
    /// several pods.
    pub entry: String,
    /// The pod's place among those of the attempt, from 0.
    pub index: i32,
    /// The namespace for the suite's files.
    pub namespace: String,
    /// What to measure.
    pub attempt: AttemptPlan,
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
    /// The pod is none of those that share the attempt.
    #[error("{}={value:?} is not the place of one of {shards} pods", names::ENV_INDEX)]
    Index {
        /// The variable's value, shortened; empty if it is not set.
        value: String,
        /// How many pods there are.
        shards: i32,
    },
}

/// Reads the plan through `lookup`, which is the environment except in tests.
pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Plan, PlanError> {
    let text = variable(&lookup, names::ENV_PLAN)?;
    if text.len() > MAX_PLAN {
        return Err(PlanError::TooLong { bytes: text.len() });
    }
    let attempt: AttemptPlan = serde_json::from_str(&text)?;
    if attempt.requests.is_empty() {
        return Err(PlanError::Empty);
    }
    let index = index(&lookup, attempt.shards)?;
    let name = object_name(&lookup, names::ENV_ATTEMPT, 63)?;
    Ok(Plan {
        run: object_name(&lookup, names::ENV_RUN, names::MAX_RUN_NAME)?,
        entry: names::shard(&name, attempt.shards, index),
        index,
        name,
        namespace: object_name(&lookup, names::ENV_NAMESPACE, 63)?,
        attempt,
    })
}

fn index(lookup: impl Fn(&str) -> Option<String>, shards: i32) -> Result<i32, PlanError> {
    if shards <= 1 {
        return Ok(0);
    }
    let value = lookup(names::ENV_INDEX).unwrap_or_default();
    let index = value.parse().ok();
    index
        .filter(|index| shards <= MAX_SHARDS && (0..shards).contains(index))
        .ok_or_else(|| PlanError::Index {
            value: shortened(&value),
            shards,
        })
}

/// The variable's value.
pub fn variable(lookup: impl Fn(&str) -> Option<String>, name: &'static str) -> Result<String, PlanError> {
    lookup(name)
        .filter(|value| !value.is_empty())
        .ok_or(PlanError::Missing { name })
}

/// The variable's value, which is an object's name.
pub fn object_name(
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
            value: shortened(&value),
            limit,
        })
    }
}

fn shortened(value: &str) -> String {
    value.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PLAN: &str = r#"{"requests":[{"profiles":["kubernetes"],"stage":"Present","server":"1.36"}],"scope":"All","pick":"Everything","shards":1,"processes":1}"#;
    const SHARDS: &str = r#"{"requests":[{"profiles":["kubernetes"],"stage":"Present","server":"1.36"}],"scope":"Parallel","pick":"Everything","shards":3,"processes":4}"#;

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
        assert_eq!((plan.entry.as_str(), plan.index), ("present-1", 0));
        assert_eq!(plan.attempt.requests[0].profiles, ["kubernetes"]);
    }

    #[rstest]
    #[case(names::ENV_PLAN, None, "CONFORM_PLAN is not set")]
    #[case(names::ENV_RUN, Some(""), "CONFORM_RUN is not set")]
    #[case(names::ENV_RUN, Some("../demo"), "not the name of a Kubernetes object")]
    #[case(names::ENV_ATTEMPT, Some("Present-1"), "CONFORM_ATTEMPT=\"Present-1\"")]
    #[case(names::ENV_PLAN, Some("{}"), "missing field")]
    #[case(
        names::ENV_PLAN,
        Some(r#"{"requests":[],"scope":"All","pick":"Everything","shards":1,"processes":1}"#),
        "asks for no stage"
    )]
    #[case(
        names::ENV_PLAN,
        Some(r#"{"requests":[{"profiles":[],"stage":"Past","server":"1.36"}]}"#),
        "unknown variant `Past`"
    )]
    #[case(names::ENV_PLAN, Some(SHARDS), "is not the place of one of 3 pods")]
    fn says_what_is_wrong(
        #[case] name: &'static str,
        #[case] value: Option<&'static str>,
        #[case] words: &str,
    ) {
        let error = read(with(name, value)).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    #[rstest]
    #[case("2", Some("present-1-2"))]
    #[case("3", None)]
    #[case("-1", None)]
    #[case("x", None)]
    fn one_of_several_pods_has_an_entry_of_its_own(#[case] index: &'static str, #[case] entry: Option<&str>) {
        let read = read(|asked| match asked {
            names::ENV_PLAN => Some(SHARDS.to_owned()),
            names::ENV_INDEX => Some(index.to_owned()),
            _ => with("", None)(asked),
        });
        assert_eq!(read.ok().map(|plan| plan.entry).as_deref(), entry);
    }
}
