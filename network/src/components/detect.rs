//! From what is seen to components. Pure.

mod classes;
mod nodes;
mod workloads;

use conform_crds::{Component, MAX_COMPONENT_NODES, MAX_COMPONENT_TEXT, MAX_COMPONENTS};

use super::facts::{Facts, Workload};
use crate::text::bounded;

/// What implements the areas of the cluster, sorted by area and name. Nodes that differ have entries of their own.
pub fn detect(facts: &Facts) -> Vec<Component> {
    let mut found = workloads::find(facts);
    classes::find(facts, &mut found);
    nodes::find(facts, &mut found);
    for component in &mut found {
        fit(component);
    }
    found.sort();
    found.dedup();
    found.truncate(MAX_COMPONENTS);
    found
}

/// The components that one workload shows.
pub fn of_workload(facts: &Facts, workload: &Workload) -> Vec<Component> {
    let mut found = workloads::of(facts, workload);
    found.iter_mut().for_each(fit);
    found
}

/// The names of the nodes, unless they are all: then their number says it.
fn named(mut nodes: Vec<String>, facts: &Facts) -> (i32, Vec<String>) {
    nodes.sort();
    nodes.dedup();
    let count = i32::try_from(nodes.len()).unwrap_or(i32::MAX);
    let all = facts.nodes.iter().all(|node| nodes.contains(&node.name));
    if all {
        nodes.clear();
    }
    nodes.truncate(MAX_COMPONENT_NODES);
    (count, nodes)
}

/// What others wrote is cut to what the API takes.
fn fit(component: &mut Component) {
    let cut = |text: &mut String| *text = bounded(text, MAX_COMPONENT_TEXT);
    cut(&mut component.name);
    cut(&mut component.evidence);
    for text in [
        &mut component.mode,
        &mut component.version,
        &mut component.image_digest,
    ] {
        text.iter_mut().for_each(cut);
    }
    component.node_names.iter_mut().for_each(cut);
}
