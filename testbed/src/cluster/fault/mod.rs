//! Hurting a cluster on purpose, and mending it. Each of these may be called again: what is so already stays so.

mod component;
mod mend;
mod network;
mod node;
pub(crate) mod pod;
