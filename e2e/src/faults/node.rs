//! Faults of a node and of its programs.

use std::{thread::sleep, time::Duration};

use anyhow::{Context, Result};

use crate::until;

use super::{
    subject::{STEP, Subject},
    world::World,
};

/// How long a node is away: longer than the control plane takes to call it not ready.
const AWAY: Duration = Duration::from_secs(75);

/// The kubelet is killed and comes back.
pub(super) fn kill_kubelet(world: &World, subject: &Subject) -> Result<()> {
    kill(world, subject, "kubelet")
}

/// containerd is killed and comes back. The containers go on meanwhile.
pub(super) fn kill_containerd(world: &World, subject: &Subject) -> Result<()> {
    kill(world, subject, "containerd")
}

fn kill(world: &World, _: &Subject, component: &str) -> Result<()> {
    let node = world.second();
    world.testbed.kill(&node, component)?;
    // What supervises a node's programs takes some seconds as well. The length of the fault, not a synchronisation.
    sleep(Duration::from_secs(10));
    Ok(world.testbed.start(&node, component, &[])?)
}

/// The suite's node is cut from the network, and connected again.
pub(super) fn cut_network(world: &World, _: &Subject) -> Result<()> {
    let node = world.second();
    world.testbed.cut_off(&node)?;
    sleep(world.away(AWAY));
    Ok(world.testbed.join(&node)?)
}

/// The suite's node fails for good: it comes back only after the run.
pub(super) fn kill_node(world: &World, _: &Subject) -> Result<()> {
    world.open_first()?;
    world.testbed.kill_node(&world.second())?;
    Ok(())
}

/// The suite's node fails and comes back, as after a restart.
pub(super) fn restart_node(world: &World, _: &Subject) -> Result<()> {
    let node = world.second();
    world.testbed.kill_node(&node)?;
    world.testbed.start_node(&node)?;
    until(STEP, || world.testbed.status().healthy.then_some(())).context("the node does not come back")
}
