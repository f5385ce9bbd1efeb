//! What the tests on a real cluster share: the plugin and kubectl as a user calls them, and waiting for a state.
//!
//! `cargo xtask test` starts a testbed, loads conform's images and sets the environment: `KUBECONFIG`,
//! `CONFORM_E2E_PLUGIN` (kubectl-conform), `CONFORM_E2E_KUBECTL` (kubectl), `CONFORM_E2E_HELM`, `CONFORM_E2E_S3`, `CONFORM_E2E_FOREIGN_CRDS`,
//! `CONFORM_E2E_PROMETHEUS`, `CONFORM_E2E_GATEWAY_API` (a folder of definitions) and `CONFORM_E2E_TESTBED` (its name);
//! `CONFORM_E2E_RECORD` may name a folder for every object of ours that a test sees.

pub mod charts;
pub mod faults;
pub mod leader;
mod lens;
pub mod printer;
mod program;
mod prometheus;
pub mod proxy;
mod recorded;
pub mod run;
pub mod stored;
mod wait;

pub use lens::{Lens, View};
pub use program::{
    Answer, apply, apply_as, helm, json, kubectl, look, plugin, report, start_kubectl, start_plugin, watch,
};
pub use prometheus::Prometheus;
pub use wait::until;
