//! `OwnNamespace`: the operator's namespace lets the suite's pod and its files in.
//!
//! The suite's pod is made to pass Pod Security `restricted`, so the namespace's level cannot keep it out; quota and
//! limits can.

use conform_crds::ConformanceRunSpec;
use k8s_openapi::api::core::v1::{LimitRange, ResourceQuota};

use super::{
    Facts, Finding,
    capacity::{SUITE_REQUESTS, request},
    failed, passed, quantity, some, unseen,
};

/// What a run makes in the namespace, as a quota counts it.
const PIECES: [(&str, f64); 6] = [
    ("pods", 1.0),
    ("count/pods", 1.0),
    ("count/jobs.batch", 1.0),
    ("configmaps", 8.0),
    ("count/configmaps", 8.0),
    ("count/serviceaccounts", 1.0),
];

/// Fails if a quota is used up, asks for limits that the pod does not have, or a limit is smaller than the pod.
pub fn check(facts: &Facts, spec: &ConformanceRunSpec) -> Finding {
    let (quotas, limits) = match (&facts.quotas, &facts.limits) {
        (Ok(quotas), Ok(limits)) => (quotas, limits),
        (Err(why), _) | (_, Err(why)) => return unseen(why),
    };
    let mut problems: Vec<String> = Vec::new();
    for quota in quotas {
        problems.extend(quota_problems(quota, limits, spec));
    }
    for range in limits {
        problems.extend(limit_problems(range, spec));
    }
    if problems.is_empty() {
        passed(format!(
            "{} quotas and {} limit ranges leave room for the suite's pod.",
            quotas.len(),
            limits.len()
        ))
    } else {
        failed(format!(
            "The suite's pod would be refused: {}.",
            some(&problems, 4)
        ))
    }
}

fn quota_problems(quota: &ResourceQuota, limits: &[LimitRange], spec: &ConformanceRunSpec) -> Vec<String> {
    let name = quota.metadata.name.as_deref().unwrap_or_default();
    let status = quota.status.as_ref();
    let hard = status
        .and_then(|status| status.hard.as_ref())
        .or_else(|| quota.spec.as_ref()?.hard.as_ref());
    let used = |resource: &str| {
        let used = status.and_then(|status| status.used.as_ref());
        quantity::of(used, resource).unwrap_or(0.0)
    };
    let mut problems = Vec::new();
    for (resource, quantity) in hard.into_iter().flatten() {
        let Some(hard) = quantity::value(quantity) else {
            continue;
        };
        let piece = PIECES.iter().find(|(name, _)| name == resource);
        let wanted = match resource.as_str() {
            "cpu" | "requests.cpu" => wanted(spec, "cpu"),
            "memory" | "requests.memory" => wanted(spec, "memory"),
            "limits.cpu" | "limits.memory" => {
                let kind = resource.trim_start_matches("limits.");
                if !has_limit(spec, kind) && !limits.iter().any(|range| gives_limit(range, kind)) {
                    problems.push(format!(
                        "quota {name} asks for a {kind} limit, which the pod does not have (set execution.resources)"
                    ));
                }
                None
            }
            _ => piece.map(|(_, pieces)| *pieces),
        };
        if wanted.is_some_and(|wanted| used(resource) + wanted > hard) {
            problems.push(format!("quota {name} leaves no {resource}"));
        }
    }
    problems
}

fn limit_problems(range: &LimitRange, spec: &ConformanceRunSpec) -> Vec<String> {
    let name = range.metadata.name.as_deref().unwrap_or_default();
    let items = range.spec.iter().flat_map(|spec| &spec.limits);
    let items = items.filter(|item| item.type_ == "Container" || item.type_ == "Pod");
    let mut problems = Vec::new();
    for item in items {
        for (resource, _) in SUITE_REQUESTS {
            let Some(wanted) = wanted(spec, resource) else {
                continue;
            };
            if quantity::of(item.max.as_ref(), resource).is_some_and(|max| wanted > max) {
                problems.push(format!(
                    "limit range {name} allows less {resource} than it requests"
                ));
            }
            if quantity::of(item.min.as_ref(), resource).is_some_and(|min| wanted < min) {
                problems.push(format!(
                    "limit range {name} asks for more {resource} than it requests"
                ));
            }
        }
    }
    problems
}

fn wanted(spec: &ConformanceRunSpec, resource: &str) -> Option<f64> {
    let default = SUITE_REQUESTS.iter().find(|(name, _)| *name == resource)?.1;
    request(spec, resource, default)
}

fn has_limit(spec: &ConformanceRunSpec, resource: &str) -> bool {
    let limits = spec.execution.resources.as_ref();
    quantity::of(limits.and_then(|resources| resources.limits.as_ref()), resource).is_some()
}

/// True if the range gives containers a limit of their own accord.
fn gives_limit(range: &LimitRange, resource: &str) -> bool {
    let items = range.spec.iter().flat_map(|spec| &spec.limits);
    let mut items = items.filter(|item| item.type_ == "Container");
    items.any(|item| {
        quantity::of(item.default.as_ref(), resource)
            .or_else(|| quantity::of(item.max.as_ref(), resource))
            .is_some()
    })
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    fn look(quota: Option<Value>, limits: Option<Value>) -> Finding {
        let mut facts = Facts::well();
        facts.quotas = Ok(quota
            .map(|spec| {
                serde_json::from_value(json!({ "metadata": { "name": "q" }, "status": spec })).unwrap()
            })
            .into_iter()
            .collect());
        facts.limits = Ok(limits
            .map(|item| {
                let range = json!({ "metadata": { "name": "l" }, "spec": { "limits": [item] } });
                serde_json::from_value(range).unwrap()
            })
            .into_iter()
            .collect());
        check(&facts, &ConformanceRunSpec::default())
    }

    #[rstest]
    #[case::nothing(None, None, CheckState::Passed, "0 quotas")]
    #[case::room(Some(json!({"hard":{"pods":"5"},"used":{"pods":"4"}})), None, CheckState::Passed, "1 quotas")]
    #[case::pods(Some(json!({"hard":{"pods":"5"},"used":{"pods":"5"}})), None, CheckState::Failed, "leaves no pods")]
    #[case::memory(Some(json!({"hard":{"requests.memory":"200Mi"}})), None, CheckState::Failed, "leaves no requests.memory")]
    #[case::no_limit(Some(json!({"hard":{"limits.cpu":"5"}})), None, CheckState::Failed, "asks for a cpu limit")]
    #[case::limit_given(
        Some(json!({"hard":{"limits.cpu":"5"}})),
        Some(json!({"type":"Container","default":{"cpu":"1"}})),
        CheckState::Passed, "1 limit ranges"
    )]
    #[case::too_small(None, Some(json!({"type":"Pod","max":{"memory":"64Mi"}})), CheckState::Failed, "allows less memory")]
    #[case::too_large(None, Some(json!({"type":"Container","min":{"cpu":"1"}})), CheckState::Failed, "asks for more cpu")]
    #[case::claims(None, Some(json!({"type":"PersistentVolumeClaim","min":{"cpu":"1"}})), CheckState::Passed, "1 limit")]
    fn quota_and_limits(
        #[case] quota: Option<Value>,
        #[case] limits: Option<Value>,
        #[case] state: CheckState,
        #[case] words: &str,
    ) {
        let (found, message) = look(quota, limits);
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }

    #[test]
    fn what_cannot_be_read_is_a_warning() {
        let mut facts = Facts::well();
        facts.quotas = Err("forbidden".to_owned());
        assert_eq!(
            check(&facts, &ConformanceRunSpec::default()).0,
            CheckState::Warned
        );
    }
}
