//! One client at a hub.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};

use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::{
    feed::{Batch, Position},
    hub::{Denied, Hub, Phase},
};

/// One client's place at a hub. It costs the place until it is dropped.
#[derive(Debug)]
pub struct Follower {
    pub(crate) hub: Arc<Hub>,
    pub(crate) node: String,
    pub(crate) position: Option<Position>,
    pub(crate) is_first: bool,
    pub(crate) changes: watch::Receiver<u64>,
    pub(crate) phase: watch::Receiver<Phase>,
    pub(crate) place: Option<OwnedSemaphorePermit>,
}

impl Follower {
    /// What the client has not got yet, as soon as there is something. The first batch comes even if it has everything, so
    /// that it learns so.
    pub async fn next(&mut self) -> Result<Batch, Denied> {
        let phase = self.phase.wait_for(|phase| *phase != Phase::Waiting).await;
        if phase.is_ok_and(|phase| *phase == Phase::Closing) {
            return Err(Denied::Closing);
        }
        loop {
            self.changes.mark_unchanged();
            if let Some(batch) = self.batch() {
                return Ok(batch);
            }
            tokio::select! {
                changed = self.changes.changed() => changed.map_err(|_| Denied::Closing)?,
                _ = self.phase.wait_for(|phase| *phase == Phase::Closing) => return Err(Denied::Closing),
            }
        }
    }

    fn batch(&mut self) -> Option<Batch> {
        let mut shared = self.hub.shared();
        let feed = shared.board.open(&self.node, random());
        if !self.is_first && self.position == Some(feed.position()) {
            return None;
        }
        let batch = feed.since(self.position);
        self.is_first = false;
        self.position = Some(batch.position);
        Some(batch)
    }

    /// The client's place, for what outlives this.
    pub const fn take_place(&mut self) -> Option<OwnedSemaphorePermit> {
        self.place.take()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.hub.shared().leave(&self.node, self.hub.limits().idle_nodes);
    }
}

/// A random number. The standard library's hashers have random keys.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
