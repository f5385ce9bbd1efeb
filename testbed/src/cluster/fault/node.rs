//! A node whose power fails, and comes back.

use super::super::layout::Node;
use super::super::{cgroup, network, node, process};
use crate::lock::Lock;
use crate::{Result, Testbed, files};

impl Testbed {
    /// Ends every process of a node, its pods' too, at once, and cuts it off. Its disk stays; what a machine keeps in
    /// memory only (sockets, network namespaces, mounts) is gone.
    pub fn kill_node(&self, name: &str) -> Result<()> {
        let one = self.node(name)?;
        let _lock = Lock::take(&self.layout.path("fault.lock"), "this cluster's processes")?;
        // First the cable: whatever ends must not have the time to tell.
        network::set_link(&self.layout, &one, false)?;
        for component in node::COMPONENTS {
            node::daemon(&self.layout, &one, component).kill();
        }
        let group = one.cgroup(self.layout.name());
        process::kill_all(&format!("the processes of {name}"), || {
            let mut found = process::in_namespace(&network::file(&one.netns));
            found.extend(cgroup::processes(&group));
            found
        })?;
        cgroup::remove(&group)
    }

    /// Brings a node back that was killed, as after a restart of the machine, and returns when its programs run; it is
    /// ready some seconds later. A node that runs is only connected again.
    pub fn start_node(&self, name: &str) -> Result<()> {
        let one = self.node(name)?;
        let _lock = Lock::take(&self.layout.path("fault.lock"), "this cluster's processes")?;
        if !node::daemon(&self.layout, &one, "namespaces").alive() {
            forget_memory(&one)?;
            cgroup::make(&one.cgroup(self.layout.name()))?;
            node::hold(&self.layout, &one)?;
        }
        network::set_link(&self.layout, &one, true)?;
        for component in node::PROGRAMS {
            if !node::daemon(&self.layout, &one, component).alive() {
                node::start(&self.layout, &one, component, &[])?;
            }
            if component == "containerd" {
                node::runtime_ready(&self.layout, &one)?;
            }
        }
        Ok(())
    }
}

/// What a machine has in memory is no longer there when it starts again.
fn forget_memory(node: &Node) -> Result<()> {
    ["run-containerd", "run-netns"]
        .iter()
        .try_for_each(|folder| files::remove_dir(&node.path(folder)))
}
