//! What implements a cluster's network, and whether it does what it should.
//!
//! What is seen in a cluster is read by thin functions into plain facts, and what the facts mean is said by pure ones: the
//! plugin and the runner ask the same.

pub mod agent;
pub mod components;
pub mod gateway;
mod http;
mod list;
pub mod probe;
pub mod servicecidr;
mod text;
