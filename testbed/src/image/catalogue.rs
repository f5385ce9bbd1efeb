//! Which images the cluster has: those that the version's own tests name, as far as there is a recipe for them.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::archive::write_archive;
use super::debian::{self, Debian};
use super::recipes::Recipes;
use crate::Result;
use crate::build::cache::{Programs, Times};
use crate::command::Task;
use crate::hash::short_hex;
use crate::progress::Progress;

/// To be raised with every change of a recipe, so that an archive from before it is not used.
const REVISION: u32 = 5;

/// CoreDNS, under the name that a cluster of kubeadm's gives it.
pub(crate) const COREDNS: &str = "registry.k8s.io/coredns/coredns:v1.15.0";

/// Other tools' names for images that there are recipes for.
const ALSO: [&str; 4] = [
    COREDNS,
    "docker.io/library/busybox:latest",
    // hydrophone's second container.
    "registry.k8s.io/e2e-test-images/busybox:1.36.1-1",
    // What conform's own samples may rely on, whatever the version of Kubernetes.
    "registry.k8s.io/e2e-test-images/agnhost:2.63.0",
];

/// The archive with all images of the testbed, made now if it is not there.
pub(crate) fn ensure(programs: &Programs) -> Result<PathBuf> {
    archive(programs, "images", &[programs], |debian| {
        Ok((Recipes::new(programs, debian)?, references(programs)?))
    })
}

/// The archive with the conformance image of another version, and with those images of its tests that the cluster's own
/// archive lacks: these are made of the cluster's own programs, which differ little from one version to the next.
pub(crate) fn ensure_suite(cluster: &Programs, suite: &Programs) -> Result<PathBuf> {
    archive(cluster, "suite", &[cluster, suite], |debian| {
        let known = references(cluster)?;
        let mut names = references(suite)?;
        names.retain(|name| !known.contains(name));
        Ok((Recipes::new(cluster, debian)?.with_suite(suite)?, names))
    })
}

/// An archive that is named after all that it is made of, made now if it is not there.
fn archive(
    programs: &Programs,
    kind: &str,
    made_of: &[&Programs],
    plan: impl FnOnce(&Debian) -> Result<(Recipes, Vec<String>)>,
) -> Result<PathBuf> {
    let mut hash = Sha256::new();
    made_of
        .iter()
        .flat_map(|programs| programs.keys())
        .for_each(|key| hash.update(key));
    hash.update(debian::key());
    hash.update(REVISION.to_le_bytes());
    let path = programs
        .cache
        .join(format!("{kind}-{}.tar", short_hex(&hash.finalize())));
    if path.exists() {
        return Ok(path);
    }
    let _lock = programs.lock()?;
    if path.exists() {
        return Ok(path);
    }
    let mut times = Times::load(&programs.cache);
    let progress = Progress::new(1);
    progress.start(&format!("making {kind}{}", times.last(kind)));
    let begun = std::time::Instant::now();
    let debian = Debian::unpack(&programs.cache)?;
    let (recipes, names) = plan(&debian)?;
    let images: Vec<_> = names.iter().filter_map(|name| recipes.image(name)).collect();
    write_archive(&images, &path)?;
    times.note(kind, begun.elapsed().as_secs())?;
    progress.step();
    Ok(path)
}

/// The sandbox image that this version of Kubernetes goes with.
pub(crate) fn sandbox(programs: &Programs) -> Result<String> {
    let listed = references(programs)?
        .into_iter()
        .find(|name| repository(name) == "pause");
    Ok(listed.unwrap_or_else(|| "registry.k8s.io/pause:3.10.2".into()))
}

/// The names of all images that are wanted.
fn references(programs: &Programs) -> Result<Vec<String>> {
    let e2e = programs.path("e2e.test")?;
    let list = Task::of(
        "list the images of the tests",
        &e2e.to_string_lossy(),
        &["--list-images"],
    )
    .run()?;
    let mut names: Vec<String> = list
        .lines()
        .map(str::trim)
        .filter(|line| wanted(line))
        .map(str::to_owned)
        .collect();
    names.extend(ALSO.map(str::to_owned));
    names.push(format!("registry.k8s.io/conformance:v{}", programs.version));
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// Tests want the pull from some registries to fail.
fn wanted(line: &str) -> bool {
    line.contains('/') && line.contains(':') && !line.contains("authenticated") && !line.contains("invalid")
}

/// `kitten` of `registry.k8s.io/e2e-test-images/kitten:1.8`.
pub(crate) fn repository(reference: &str) -> &str {
    let last = reference.rsplit('/').next().unwrap_or(reference);
    last.split(':').next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_the_last_part_without_tag() {
        assert_eq!(repository("registry.k8s.io/e2e-test-images/kitten:1.8"), "kitten");
        assert_eq!(repository("pause:3"), "pause");
    }

    #[test]
    fn images_that_must_not_be_pulled_are_not_made() {
        assert!(wanted("registry.k8s.io/pause:3.10.2"));
        assert!(!wanted("gcr.io/k8s-authenticated-test/agnhost:2.6"));
        assert!(!wanted("invalid.registry.k8s.io/invalid/alpine:3.1"));
        assert!(!wanted(""));
    }
}
