//! `Capacity`: room for the suite's own pod and for what its tests start.

use conform_crds::{
    ConformanceRunSpec,
    nodes::{is_linux, is_ready},
};
use k8s_openapi::api::core::v1::Node;

use super::{Facts, Finding, failed, nodes::usable, passed, quantity, warned};

/// What the suite's container requests unless the run says otherwise: cores and bytes.
pub const SUITE_REQUESTS: [(&str, &str); 2] = [("cpu", "100m"), ("memory", "256Mi")];
/// Pods that a test starts at once: a Deployment scaled to 30 with a surge of 3 (test/e2e/apps/deployment.go), besides
/// what runs already.
const PODS: f64 = 40.0;
/// Below this tests run, but often into their time-outs: a rule of thumb.
const CORES: f64 = 2.0;
/// The same of memory, in bytes.
const MEMORY: f64 = 4.0 * 1024.0 * 1024.0 * 1024.0;

/// Fails if no node can take the suite's pod; warns if the nodes together are small.
pub fn check(facts: &Facts, spec: &ConformanceRunSpec) -> Finding {
    let selected: Vec<&Node> = facts
        .nodes
        .iter()
        .filter(|node| is_linux(node) && is_ready(node) && is_selected(node, spec))
        .collect();
    if selected.is_empty() {
        return failed("No Ready Linux node has the labels that execution.nodeSelector asks for.");
    }
    for (resource, default) in SUITE_REQUESTS {
        let Some(request) = request(spec, resource, default) else {
            continue;
        };
        // A node that does not tell its room is not known to be too small.
        let fits = |node: &&&Node| allocatable(node, resource).is_none_or(|room| room >= request);
        if !selected.iter().any(|node| fits(&node)) {
            return failed(format!(
                "No node has the {resource} that the suite's pod requests: see execution.resources."
            ));
        }
    }
    let sum = |resource: &str| -> Option<f64> {
        usable(&facts.nodes).map(|node| allocatable(node, resource)).sum()
    };
    let (Some(cores), Some(memory), Some(pods)) = (sum("cpu"), sum("memory"), sum("pods")) else {
        return warned("A node does not tell what it can allocate.");
    };
    let told = format!(
        "{cores:.1} cores, {:.1} GiB and {pods:.0} pods on the schedulable nodes",
        memory / 1024.0 / 1024.0 / 1024.0
    );
    if cores < CORES || memory < MEMORY || pods < PODS {
        return warned(format!(
            "{told}: little for conformance tests, which may time out. {CORES} cores, 4 GiB and {PODS} pods are enough."
        ));
    }
    passed(format!("{told}."))
}

/// What the run's pod requests of a resource; none if nothing or no quantity.
pub fn request(spec: &ConformanceRunSpec, resource: &str, default: &str) -> Option<f64> {
    match &spec.execution.resources {
        Some(given) => quantity::of(given.requests.as_ref().or(given.limits.as_ref()), resource),
        None => quantity::value(&k8s_openapi::apimachinery::pkg::api::resource::Quantity(
            default.to_owned(),
        )),
    }
}

fn allocatable(node: &Node, resource: &str) -> Option<f64> {
    quantity::of(node.status.as_ref()?.allocatable.as_ref(), resource)
}

fn is_selected(node: &Node, spec: &ConformanceRunSpec) -> bool {
    let labels = node.metadata.labels.as_ref();
    let wanted = spec.execution.node_selector.iter().flatten();
    // That it is a Linux node is asked already.
    let mut wanted = wanted.filter(|(key, _)| *key != conform_crds::nodes::OS);
    wanted.all(|(key, value)| labels.and_then(|labels| labels.get(key)) == Some(value))
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use k8s_openapi::{api::core::v1::ResourceRequirements, apimachinery::pkg::api::resource::Quantity};
    use rstest::rstest;

    use super::*;

    fn with(resource: &str, quantity: &str) -> Facts {
        let mut facts = Facts::well();
        for node in &mut facts.nodes {
            let room = node.status.as_mut().unwrap().allocatable.as_mut().unwrap();
            room.insert(resource.to_owned(), Quantity(quantity.to_owned()));
        }
        facts
    }

    #[rstest]
    #[case::well("cpu", "1", CheckState::Passed)]
    #[case::few_cores("cpu", "900m", CheckState::Warned)]
    #[case::little_memory("memory", "1Gi", CheckState::Warned)]
    #[case::few_pods("pods", "10", CheckState::Warned)]
    #[case::no_room_for_the_suite("memory", "100Mi", CheckState::Failed)]
    #[case::untold("pods", "", CheckState::Warned)]
    fn rooms(#[case] resource: &str, #[case] quantity: &str, #[case] state: CheckState) {
        let (found, message) = check(&with(resource, quantity), &ConformanceRunSpec::default());
        assert_eq!(found, state, "{message}");
    }

    #[test]
    fn the_run_may_ask_for_more_than_there_is() {
        let mut spec = ConformanceRunSpec::default();
        let requests = [("cpu".to_owned(), Quantity("64".to_owned()))];
        spec.execution.resources = Some(Box::new(ResourceRequirements {
            requests: Some(requests.into()),
            ..ResourceRequirements::default()
        }));
        assert_eq!(check(&Facts::well(), &spec).0, CheckState::Failed);
    }

    #[test]
    fn a_selector_that_no_node_fulfils_fails() {
        let mut spec = ConformanceRunSpec::default();
        let labels = [("disk".to_owned(), "ssd".to_owned())];
        spec.execution.node_selector = Some(labels.into());
        let (state, message) = check(&Facts::well(), &spec);
        assert_eq!(state, CheckState::Failed);
        assert!(message.contains("nodeSelector"), "{message}");
    }
}
