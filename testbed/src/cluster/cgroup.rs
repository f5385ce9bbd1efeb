//! The cgroups of nodes, in version 1, in version 2 and where both are mounted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Result;
use crate::files::{at, mkdir};

const ROOT: &str = "/sys/fs/cgroup";

/// Whether the host has only the unified hierarchy.
pub(crate) fn is_unified() -> bool {
    Path::new(ROOT).join("cgroup.controllers").exists()
}

/// The root of each hierarchy.
fn hierarchies() -> Vec<PathBuf> {
    if is_unified() {
        return vec![ROOT.into()];
    }
    let entries = fs::read_dir(ROOT).into_iter().flatten().flatten();
    // Two controllers in one hierarchy have links to it under their own names.
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && !path.is_symlink())
        .collect()
}

/// Makes a node's cgroup: its kubelet expects it, and takes everything in it for its own.
pub(crate) fn make(path: &str) -> Result<()> {
    for root in hierarchies() {
        let mut folder = root;
        for part in Path::new(path) {
            if is_unified() {
                enable_controllers(&folder)?;
            }
            let parent = folder.clone();
            folder.push(part);
            mkdir(&folder)?;
            inherit_cpuset(&parent, &folder)?;
        }
    }
    Ok(())
}

/// In version 2 a cgroup has the controllers that its parent hands down.
fn enable_controllers(folder: &Path) -> Result<()> {
    let available = folder.join("cgroup.controllers");
    let available = fs::read_to_string(&available).map_err(at("read", &available))?;
    let file = folder.join("cgroup.subtree_control");
    for controller in available.split_whitespace() {
        // One that the host cannot hand down (cpu with real-time processes, say) is the kubelet's to complain about.
        let _ = fs::write(&file, format!("+{controller}"));
    }
    Ok(())
}

/// In version 1 a new cpuset has no processors at all, and takes no process.
fn inherit_cpuset(parent: &Path, folder: &Path) -> Result<()> {
    for name in ["cpuset.cpus", "cpuset.mems"] {
        let (from, to) = (parent.join(name), folder.join(name));
        let Ok(value) = fs::read_to_string(&from) else {
            continue;
        };
        if !is_unified() && to.exists() {
            fs::write(&to, value.trim()).map_err(at("write", &to))?;
        }
    }
    Ok(())
}

/// Every cgroup at and below a path, parents before children.
fn all_below(path: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = hierarchies()
        .into_iter()
        .map(|root| root.join(path))
        .filter(|folder| folder.is_dir())
        .collect();
    let mut next = 0;
    while let Some(folder) = found.get(next) {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let folders: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        found.extend(folders);
        next += 1;
    }
    found
}

/// The processes at and below a path.
pub(crate) fn processes(path: &str) -> BTreeSet<i32> {
    listed_in(all_below(path))
}

/// The processes below a path in cgroups with that name: a container's has its id.
pub(crate) fn processes_of(path: &str, name: &str) -> BTreeSet<i32> {
    let folders = all_below(path)
        .into_iter()
        .filter(|folder| folder.file_name().is_some_and(|found| found == name));
    listed_in(folders)
}

fn listed_in(folders: impl IntoIterator<Item = PathBuf>) -> BTreeSet<i32> {
    let files = folders.into_iter().map(|folder| folder.join("cgroup.procs"));
    let lists: Vec<String> = files.filter_map(|file| fs::read_to_string(file).ok()).collect();
    lists
        .iter()
        .flat_map(|list| list.lines())
        .filter_map(|line| line.parse().ok())
        .collect()
}

/// Removes the cgroups at and below a path, and their parent if it has no other.
pub(crate) fn remove(path: &str) -> Result<()> {
    for folder in all_below(path).iter().rev() {
        // A process that was killed leaves its cgroup a moment later.
        let mut tries = 0;
        while let Err(error) = fs::remove_dir(folder) {
            if error.kind() == std::io::ErrorKind::NotFound {
                break;
            }
            tries += 1;
            if tries > 100 {
                return Err(at("remove the cgroup", folder)(error));
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
    if let Some(parent) = Path::new(path)
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        for root in hierarchies() {
            // Another cluster may still be in it.
            let _ = fs::remove_dir(root.join(parent));
        }
    }
    Ok(())
}
