//! The verbs that hurt a cluster.

use clap::{Args, Subcommand};
use conform_testbed::{PodProgram, Result, Testbed, printer};

use crate::cli::Name;

/// Which cluster, and what is to happen to it.
#[derive(Debug, Args)]
pub(crate) struct FaultArgs {
    #[command(flatten)]
    name: Name,
    #[command(subcommand)]
    fault: Fault,
}

#[derive(Debug, Subcommand)]
enum Fault {
    /// Ask a process to end, and end it if it does not
    Stop(Component),
    /// End a process at once (SIGKILL)
    Kill(Component),
    /// Make a process stand still (SIGSTOP)
    Pause(Component),
    /// Let a process that stands still go on
    Continue(Component),
    /// Start a process again, with the same arguments and data
    Start {
        #[command(flatten)]
        component: Component,
        /// Arguments to add at the end
        #[arg(last = true)]
        more: Vec<String>,
    },
    /// End everything on a node at once, as if its power failed
    KillNode(Node),
    /// Bring a killed node back
    StartNode(Node),
    /// Cut a node off from the network
    Cut(Node),
    /// Connect a node again that was cut off
    Join(Node),
    /// Make everything whole again, and wait until it is
    Mend,
    /// End processes inside containers at once (SIGKILL), and print their numbers
    KillInPod {
        /// The container's name
        container: String,
        /// The program's file name, such as e2e.test
        program: String,
        /// Only in pods of this namespace
        #[arg(short, long)]
        namespace: Option<String>,
        /// Only in this pod
        #[arg(long)]
        pod: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Component {
    /// A node, or `control-plane`
    place: String,
    /// The process, such as `kubelet` or `kube-apiserver`
    component: String,
}

#[derive(Debug, Args)]
struct Node {
    /// The node
    node: String,
}

impl FaultArgs {
    /// Does it.
    pub(crate) fn run(self) -> Result<()> {
        let testbed = Testbed::find(&self.name.name)?;
        match self.fault {
            Fault::Stop(Component { place, component }) => testbed.stop(&place, &component),
            Fault::Kill(Component { place, component }) => testbed.kill(&place, &component),
            Fault::Pause(Component { place, component }) => testbed.pause(&place, &component),
            Fault::Continue(Component { place, component }) => testbed.resume(&place, &component),
            Fault::Start { component, more } => testbed.start(&component.place, &component.component, &more),
            Fault::KillNode(Node { node }) => testbed.kill_node(&node),
            Fault::StartNode(Node { node }) => testbed.start_node(&node),
            Fault::Cut(Node { node }) => testbed.cut_off(&node),
            Fault::Join(Node { node }) => testbed.join(&node),
            Fault::Mend => testbed.mend(),
            Fault::KillInPod {
                container,
                program,
                namespace,
                pod,
            } => {
                let wanted = PodProgram {
                    container,
                    program,
                    namespace,
                    pod,
                };
                for process in testbed.pod_processes(&wanted)? {
                    process.kill();
                    printer::line(&format!("{} {}", process.node, process.pid));
                }
                Ok(())
            }
        }
    }
}
