//! The projects that are known, and how each is recognised. A further one is one entry in one of these lists.

mod balancers;
mod controllers;
mod kube_proxy;
mod names;
mod networks;

use conform_suite::Area;

use super::{
    facts::{Container, Facts, Workload},
    image,
};

pub use controllers::{GATEWAY, INGRESS};

/// A project that implements areas of a cluster.
#[derive(Debug)]
pub struct Project {
    /// What people call it.
    pub name: &'static str,
    /// Repositories of the image of its agent, without the registry.
    pub images: &'static [&'static str],
    /// Namespace and name of its workload where images have no telling names, as in OpenShift.
    pub workloads: &'static [(&'static str, &'static str)],
    /// ConfigMaps in its namespace that configure it, besides those that its pods mount.
    pub configs: &'static [&'static str],
    /// What it implements here.
    pub roles: fn(&Sight<'_>) -> Vec<Role>,
}

/// A workload of a project in its cluster.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// What is seen around it.
    pub facts: &'a Facts,
}

/// One area that a project implements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The area.
    pub area: Area,
    /// How it works here.
    pub mode: Option<String>,
    /// What in its configuration says so; none if its presence does.
    pub because: Option<String>,
}

impl Role {
    /// An area that the project implements wherever it runs.
    const fn plain(area: Area) -> Self {
        Self {
            area,
            mode: None,
            because: None,
        }
    }

    /// The same, in this mode.
    fn mode(self, mode: impl Into<String>) -> Self {
        Self {
            mode: Some(mode.into()),
            ..self
        }
    }

    /// The same, for this reason.
    fn because(self, why: impl Into<String>) -> Self {
        Self {
            because: Some(why.into()),
            ..self
        }
    }
}

/// Every project that is known.
pub fn projects() -> impl Iterator<Item = &'static Project> {
    let lists: [&[Project]; 5] = [
        &kube_proxy::PROJECTS,
        &networks::PROJECTS,
        &names::PROJECTS,
        &balancers::PROJECTS,
        &controllers::PROJECTS,
    ];
    lists.into_iter().flatten()
}

/// The project that a workload belongs to, and the container that shows it.
pub fn recognise(workload: &Workload) -> Option<(&'static Project, &Container)> {
    projects().find_map(|project| {
        let by_image = workload.containers.iter().find(|container| {
            project
                .images
                .iter()
                .any(|path| image::is(&container.image, path))
        });
        let named = || {
            let place = (workload.namespace.as_str(), workload.name.as_str());
            project.workloads.contains(&place)
        };
        let container = by_image.or_else(|| workload.containers.first().filter(|_| named()))?;
        Some((project, container))
    })
}

/// Nothing by its mere presence.
fn nothing(_: &Sight<'_>) -> Vec<Role> {
    Vec::new()
}

/// True for the ways in which configuration files say yes.
fn says_yes(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "true" | "enabled" | "1" | "t" | "yes" | "on"
    )
}
