//! The testbed's service proxies, made worse and put right.

use conform_testbed::{Result, Testbed};

use crate::{Lens, View};

/// Starts a node's kube-proxy anew, with more arguments.
///
/// # Errors
///
/// The process cannot be stopped or started.
pub fn restart(testbed: &Testbed, node: &str, arguments: &[String]) -> Result<()> {
    testbed.stop(node, "kube-proxy")?;
    testbed.start(node, "kube-proxy", arguments)
}

/// Every node's kube-proxy sees the API through a view, until this goes.
#[derive(Debug)]
pub struct BrokenProxies<'a> {
    testbed: &'a Testbed,
    /// Held open: it is what the proxies see the API by.
    _lens: Lens,
}

impl<'a> BrokenProxies<'a> {
    /// Restarts the proxies of all nodes.
    ///
    /// # Errors
    ///
    /// No port can be had for the view, or a proxy cannot be restarted.
    pub fn through(testbed: &'a Testbed, view: View) -> anyhow::Result<Self> {
        let lens = Lens::open(testbed.host_address().into(), view)?;
        let master = format!("--master=http://{}", lens.address);
        let broken = Self { testbed, _lens: lens };
        for node in testbed.nodes() {
            restart(testbed, &node, std::slice::from_ref(&master))?;
        }
        Ok(broken)
    }
}

impl Drop for BrokenProxies<'_> {
    fn drop(&mut self) {
        for node in self.testbed.nodes() {
            // What cannot be put right fails the tests that come after, with its own words.
            let _ = restart(self.testbed, &node, &[]);
        }
    }
}
