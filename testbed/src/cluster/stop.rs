//! Taking a cluster down so that nothing of it is left, however much of it was there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::layout::{self, Layout};
use super::{cgroup, control_plane, network, node, process};
use crate::command::Task;
use crate::{Result, files, paths};

/// Removes everything that belongs to the cluster of that name.
pub(crate) fn clean(name: &str) -> Result<()> {
    // The namespaces and cgroups below find all processes; this one finds them when a namespace's name is already gone.
    if let Ok(Some(layout)) = Layout::load(name) {
        let nodes = layout
            .nodes()
            .flat_map(|one| node::COMPONENTS.map(|part| node::daemon(&layout, &one, part)));
        let control = control_plane::components(&layout).map(|part| control_plane::daemon(&layout, part));
        control.chain(nodes).for_each(|daemon| daemon.kill());
    }
    let group = layout::cgroup(name);
    let own = i32::try_from(std::process::id()).unwrap_or_default();
    process::kill_all(&format!("the processes of {name}"), || {
        let namespaces = network::namespaces(name);
        let inside = namespaces
            .iter()
            .map(|name| process::in_namespace(&network::file(name)));
        let mut found: BTreeSet<i32> = inside.flatten().collect();
        found.extend(cgroup::processes(&group));
        found.remove(&own);
        found
    })?;
    // The nodes' mounts went with the last process in their mount namespaces.
    network::remove(name)?;
    cgroup::remove(&group)?;
    files::remove_dir(&paths::state_dir(name))?;
    forget_folders()
}

fn folders_file() -> PathBuf {
    paths::clusters_dir().join("folders.json")
}

/// Makes the folders that nodes mount their own ones over, and writes down which of them the host did not have.
pub(crate) fn remember_folders() -> Result<()> {
    let mut made: Vec<PathBuf> = if folders_file().exists() {
        files::read_json(&folders_file())?
    } else {
        vec![]
    };
    for (_, folder) in node::MOUNTS {
        let mut missing: Vec<&Path> = Path::new(folder)
            .ancestors()
            .take_while(|path| !path.exists())
            .collect();
        missing.reverse();
        made.extend(missing.into_iter().map(Path::to_path_buf));
    }
    files::write_json(&folders_file(), &made)?;
    node::MOUNTS
        .iter()
        .try_for_each(|(_, folder)| files::mkdir(Path::new(folder)))
}

/// Removes those folders again with the last cluster. (As long as there is another, its nodes mount over them.)
fn forget_folders() -> Result<()> {
    let entries = fs::read_dir(paths::clusters_dir())
        .into_iter()
        .flatten()
        .flatten();
    if entries.filter(|entry| entry.path().is_dir()).count() > 0 || !folders_file().exists() {
        return Ok(());
    }
    let made: Vec<PathBuf> = files::read_json(&folders_file())?;
    for folder in made.iter().rev() {
        if folder == Path::new("/run/netns")
            && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
        {
            // `ip netns add` mounts this folder on itself. An error says that it did not.
            let _ = Task::of("unmount", "umount", &["/run/netns"]).run();
        }
        // Something else may have come to use it; then it stays.
        let _ = fs::remove_dir(folder);
    }
    files::remove_dir(paths::clusters_dir())
}
