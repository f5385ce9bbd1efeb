//! Whether the data path does what the model of a service proxy says.
//!
//! [`Ground`] is what the cluster offers: nodes with an agent each in a pod and in the node's own network. A [`Feature`] is a
//! few Services; [`questions`] are all ways to them from all agents, [`expect`] says by the model what has to become of
//! each, [`compare`] holds packets against it, and [`verdict`] says what that means for the feature. [`Evidence`] puts upstream's
//! tests beside it. All of this is pure.
//! [`run`] makes the objects and has the agents connect.

mod basis;
mod cell;
mod control;
mod draining;
mod evidence;
mod expect;
mod feature;
mod features;
mod ground;
mod objects;
mod patience;
mod ports;
mod question;
mod run;
mod session;
mod table;
#[cfg(test)]
mod tests;
mod told;
mod verdict;

pub use basis::declared;
pub use cell::{Cell, Unheard, compare};
pub use evidence::Evidence;
pub use expect::{Expectation, Expected, Proxies, expect};
pub use feature::{Feature, Unfit};
pub use features::{every, features, is_only_by_name};
pub use ground::{Ground, Place};
pub use question::{Question, questions, questions_about};
pub use run::{Options, ProbeError, Progress, probe};
pub use verdict::{Asked, Report, Row, Status, verdict};
