//! Making a hurt cluster whole, whatever was done to it.

use super::super::layout::CONTROL_PLANE;
use super::super::{status, wait};
use crate::{Result, Testbed};

/// How long a mended cluster may take to be ready, in seconds.
const READY: u64 = 300;

impl Testbed {
    /// Makes the cluster whole and returns when it is: lets go on what stands still, starts what has ended, connects what
    /// was cut off. The controller manager and the scheduler give up by themselves if the API server goes away while they
    /// start; in a user's cluster the kubelet starts them again, here this does.
    pub fn mend(&self) -> Result<()> {
        for node in self.nodes() {
            self.join(&node)?;
        }
        wait::until("the mended cluster", READY, &[], || {
            self.mend_processes().map_err(|error| error.to_string())?;
            let status = self.status();
            let unready = || format!("{:?}, nodes {:?}", ended(&status.components), status.nodes);
            status.healthy.then_some(()).ok_or_else(unready)
        })
    }

    fn mend_processes(&self) -> Result<()> {
        for component in status::components(&self.layout) {
            let place = component.place.as_str();
            match (component.paused, component.running) {
                (true, _) => self.resume(place, &component.name)?,
                (false, true) => {}
                (false, false) if place == CONTROL_PLANE => self.start(place, &component.name, &[])?,
                (false, false) => self.start_node(place)?,
            }
        }
        Ok(())
    }
}

fn ended(components: &[crate::Component]) -> Vec<String> {
    let ended = components.iter().filter(|one| !one.running);
    ended
        .map(|one| format!("{} of {} has ended", one.name, one.place))
        .collect()
}
