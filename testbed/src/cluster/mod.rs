//! A running cluster: how it is started, looked at and taken down.

mod addons;
mod cgroup;
mod config;
mod control_plane;
pub(crate) mod fault;
mod kubeconfig;
mod layout;
mod network;
mod node;
mod pki;
mod process;
mod registry;
mod start;
pub(crate) mod status;
mod stop;
pub(crate) mod testbed;
mod wait;
