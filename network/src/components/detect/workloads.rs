//! Components that run as pods.

use std::collections::BTreeMap;

use conform_crds::{Basis, Component};

use super::{
    super::{
        facts::{Container, Facts, Workload},
        image,
        projects::{Project, Role, Sight, recognise},
    },
    named,
};

/// What one group of nodes runs.
type Build = (Option<String>, Option<String>);

/// One entry for each area of each workload of a project, and for each image that its pods run.
pub fn find(facts: &Facts) -> Vec<Component> {
    let workloads = facts.workloads.iter();
    workloads.flat_map(|workload| of(facts, workload)).collect()
}

/// The same of one workload.
pub fn of(facts: &Facts, workload: &Workload) -> Vec<Component> {
    let Some((project, container)) = recognise(workload) else {
        return Vec::new();
    };
    let sight = Sight { workload, facts };
    let roles = (project.roles)(&sight).into_iter();
    roles
        .flat_map(|role| of_role(&sight, project, container, &role))
        .collect()
}

/// The version and image digest of a project's workloads, if one is there: for controllers that classes name.
pub fn build_of(facts: &Facts, name: &str) -> Option<(Build, String)> {
    facts.workloads.iter().find_map(|workload| {
        let (project, container) = recognise(workload)?;
        let build = builds(workload, container).into_keys().next();
        (project.name == name).then(|| {
            (
                build.unwrap_or_else(|| declared(workload, container)),
                place(workload),
            )
        })
    })
}

fn of_role(sight: &Sight<'_>, project: &Project, container: &Container, role: &Role) -> Vec<Component> {
    let workload = sight.workload;
    let why = role.because.as_ref().map(|why| format!("; {why}"));
    let why = why.unwrap_or_default();
    let component = |(version, image_digest): Build, basis, evidence, (nodes, node_names)| Component {
        area: role.area,
        name: project.name.to_owned(),
        mode: role.mode.clone(),
        version,
        image_digest,
        nodes,
        node_names,
        basis,
        evidence,
    };
    let builds = builds(workload, container);
    if builds.is_empty() {
        let evidence = format!("{} without a running pod{why}", place(workload));
        let build = declared(workload, container);
        return vec![component(build, Basis::Declared, evidence, (0, Vec::new()))];
    }
    let each = builds.into_iter().map(|(build, nodes)| {
        let evidence = format!("pods of {}{why}", place(workload));
        component(build, Basis::Measured, evidence, named(nodes, sight.facts))
    });
    each.collect()
}

/// What the pods run, and on which nodes.
fn builds(workload: &Workload, container: &Container) -> BTreeMap<Build, Vec<String>> {
    let mut builds: BTreeMap<Build, Vec<String>> = BTreeMap::new();
    for pod in &workload.pods {
        let mut all = pod.running.iter();
        let Some(running) = all.find(|running| running.container == container.name) else {
            continue;
        };
        let version = image::version(&running.image)
            .or_else(|| image::version(&container.image))
            .map(str::to_owned)
            .or_else(|| workload.version_label.clone());
        let digest = image::digest(&running.digest).map(str::to_owned);
        builds
            .entry((version, digest))
            .or_default()
            .push(pod.node.clone());
    }
    builds
}

fn declared(workload: &Workload, container: &Container) -> Build {
    let version = image::version(&container.image).map(str::to_owned);
    let digest = image::digest(&container.image).map(str::to_owned);
    (version.or_else(|| workload.version_label.clone()), digest)
}

fn place(workload: &Workload) -> String {
    format!("{} {}/{}", workload.kind, workload.namespace, workload.name)
}
