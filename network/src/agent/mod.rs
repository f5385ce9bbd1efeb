//! The program inside a probe's pods: it answers who it is, and makes connections that it is told to make.
//!
//! [`serve`] answers on ports. [`drive`] reads [`Order`]s from its input, a JSON object a line, and writes a [`Made`] for
//! each: whoever probes starts it in a pod through the API server, so that nothing depends on the Services that are probed.

mod connect;
mod drive;
mod protocol;
mod serve;

pub use drive::drive;
pub use protocol::{Made, Order, Transport};
pub use serve::{Serving, serve};
