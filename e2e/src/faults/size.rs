//! A result that is larger than an object may be.

use anyhow::Result;

use super::{
    subject::Subject,
    world::{CONTROL_PLANE, World},
};

/// The most that etcd takes in one request, in bytes: less than a result with its hundreds of requirements, more than
/// any other object of the run.
const LIMIT: &str = "--max-request-bytes=32768";

/// etcd comes back with a limit that the result is above. Data stays.
pub(super) fn shrink_limit(world: &World, _: &Subject) -> Result<()> {
    world.testbed.kill(CONTROL_PLANE, "etcd")?;
    Ok(world.testbed.start(CONTROL_PLANE, "etcd", &[LIMIT.to_owned()])?)
}

/// The limit is the usual one again.
pub(super) fn restore_limit(world: &World) -> Result<()> {
    world.testbed.kill(CONTROL_PLANE, "etcd")?;
    Ok(world.testbed.start(CONTROL_PLANE, "etcd", &[])?)
}
