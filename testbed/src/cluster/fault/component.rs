//! One process of the cluster: stopped, killed, made to stand still, and started again with what it was started with.

use rustix::process::Signal;

use super::super::layout::{CONTROL_PLANE, Node};
use super::super::process::Daemon;
use super::super::{control_plane, node};
use crate::lock::Lock;
use crate::{Result, Testbed};

/// How long a process may take to end by itself, in seconds: an API server waits for requests that are under way.
const POLITE: u64 = 15;
/// How long a killed process may take to be gone, in seconds.
const KILLED: u64 = 20;

/// Where a process belongs.
enum Place {
    ControlPlane,
    Node(Node),
}

impl Testbed {
    /// Asks a process to end (SIGTERM) and ends it if it does not. `place` is a node or `control-plane`, `component`
    /// a name that [`Testbed::status`] gives. What it kept on disk stays.
    pub fn stop(&self, place: &str, component: &str) -> Result<()> {
        let (_, daemon) = self.component(place, component)?;
        // One that stands still would hear of it only when it goes on.
        daemon.signal(Signal::TERM);
        daemon.signal(Signal::CONT);
        if daemon.gone(POLITE).is_ok() {
            return Ok(());
        }
        daemon.kill();
        daemon.gone(KILLED)
    }

    /// Ends a process at once (SIGKILL), and returns when it is gone.
    pub fn kill(&self, place: &str, component: &str) -> Result<()> {
        let (_, daemon) = self.component(place, component)?;
        daemon.kill();
        daemon.gone(KILLED)
    }

    /// Starts a process that was stopped or killed, with the same arguments, files and data, and `more` arguments after
    /// them. One that runs is left alone. For etcd, the API server and containerd it returns when they answer.
    pub fn start(&self, place: &str, component: &str, more: &[String]) -> Result<()> {
        let (place, daemon) = self.component(place, component)?;
        let _lock = Lock::take(&self.layout.path("fault.lock"), "this cluster's processes")?;
        let layout = &self.layout;
        if !daemon.alive() {
            match &place {
                Place::ControlPlane => control_plane::start(layout, component, more)?,
                Place::Node(node) => node::start(layout, node, component, more)?,
            };
        }
        match (&place, component) {
            (Place::Node(node), "containerd") => node::runtime_ready(layout, node),
            // etcd is asked through the API server: without that one there is nothing to wait for.
            (Place::ControlPlane, "etcd" | "kube-apiserver")
                if control_plane::daemon(layout, "etcd").alive()
                    && control_plane::daemon(layout, "kube-apiserver").alive() =>
            {
                control_plane::ready(layout)
            }
            _ => Ok(()),
        }
    }

    /// Makes a process stand still (SIGSTOP): its connections stay open, and nobody answers on them.
    pub fn pause(&self, place: &str, component: &str) -> Result<()> {
        let (_, daemon) = self.component(place, component)?;
        daemon.signal(Signal::STOP);
        Ok(())
    }

    /// Lets a process that stands still go on (SIGCONT).
    pub fn resume(&self, place: &str, component: &str) -> Result<()> {
        let (_, daemon) = self.component(place, component)?;
        daemon.signal(Signal::CONT);
        Ok(())
    }

    fn component(&self, place: &str, component: &str) -> Result<(Place, Daemon)> {
        if place == CONTROL_PLANE {
            let known: Vec<&str> = control_plane::components(&self.layout).collect();
            self.known(component, &known)?;
            let daemon = control_plane::daemon(&self.layout, component);
            return Ok((Place::ControlPlane, daemon));
        }
        let node = self.node(place)?;
        self.known(component, &node::PROGRAMS)?;
        let daemon = node::daemon(&self.layout, &node, component);
        Ok((Place::Node(node), daemon))
    }

    fn known(&self, component: &str, known: &[&str]) -> Result<()> {
        if known.contains(&component) {
            return Ok(());
        }
        let known: Vec<String> = known.iter().map(|&name| name.to_owned()).collect();
        Err(self.no_such(component, &known))
    }
}
