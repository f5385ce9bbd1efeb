//! A real Kubernetes on one Linux machine, from Go modules and Debian packages: no container engine, no image
//! registry. A node is a network, mount and UTS namespace with its own containerd, kubelet and kube-proxy.
//!
//! ```no_run
//! use conform_testbed::{Options, Testbed};
//!
//! # fn main() -> conform_testbed::Result<()> {
//! let testbed = Testbed::up(&Options::default())?;
//! testbed.load("target/images/operator.tar".as_ref())?;
//! println!("KUBECONFIG={}", testbed.kubeconfig().display());
//! testbed.down()?;
//! # Ok(())
//! # }
//! ```

pub mod build;
mod cluster;
mod command;
mod error;
mod files;
mod hash;
mod host;
pub mod image;
mod lock;
mod options;
mod paths;
pub mod printer;
mod progress;

pub use build::bin;
pub use cluster::fault::pod::{PodProcess, PodProgram};
pub use cluster::status::{Component, NodeStatus, Status};
pub use cluster::testbed::Testbed;
pub use error::{Error, Result};
pub use host::ensure_package;
pub use options::{Options, ProxyMode};
pub use paths::{cache_dir, state_dir};
