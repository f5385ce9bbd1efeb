//! Faults of the control plane.

use std::{thread::sleep, time::Duration};

use anyhow::Result;

use super::{
    subject::Subject,
    world::{CONTROL_PLANE, World},
};

/// How long it is away.
const AWAY: Duration = Duration::from_mins(2);

/// The API server is stopped, and starts again.
pub(super) fn stop_api_server(world: &World, _: &Subject) -> Result<()> {
    world.testbed.stop(CONTROL_PLANE, "kube-apiserver")?;
    // The length of the fault.
    sleep(world.away(AWAY));
    Ok(world.testbed.start(CONTROL_PLANE, "kube-apiserver", &[])?)
}

/// etcd stands still: the API server takes requests and answers none.
pub(super) fn pause_etcd(world: &World, _: &Subject) -> Result<()> {
    world.testbed.pause(CONTROL_PLANE, "etcd")?;
    sleep(world.away(AWAY / 2));
    Ok(world.testbed.resume(CONTROL_PLANE, "etcd")?)
}
