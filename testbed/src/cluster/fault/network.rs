//! A node whose cable is pulled: what runs on it goes on, and nobody hears of it.

use super::super::network;
use crate::{Result, Testbed};

impl Testbed {
    /// Cuts a node off from everything: packets to and from it are lost, connections stay half open.
    pub fn cut_off(&self, node: &str) -> Result<()> {
        network::set_link(&self.layout, &self.node(node)?, false)
    }

    /// Connects a node again that was cut off.
    pub fn join(&self, node: &str) -> Result<()> {
        network::set_link(&self.layout, &self.node(node)?, true)
    }
}
