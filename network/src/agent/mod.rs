//! The program inside a probe's pods: it answers who it is, and makes connections and looks up names as it is
//! told to.
//!
//! [`serve`] answers on ports. [`drive`] reads [`Order`]s from its input, a JSON object a line, and writes a [`Made`] for
//! each: whoever probes starts it in a pod through the API server, so that nothing depends on the Services that are probed.

mod connect;
mod drive;
mod lookup;
mod protocol;
mod sctp;
mod serve;

pub use drive::drive;
pub use protocol::{Made, NO_ADDRESS, Order, Transport};
pub use sctp::MISSING as NO_SCTP;
pub use serve::{Serving, serve};
