//! What tests left behind in a cluster: whose it is, and how it goes.
//!
//! The operator removes what its runs leave; the plugin shows and removes what runs left that nobody looks after any
//! more. Both go by the one rule in [`proof`]: an object is a suite's only if the API server itself recorded that an
//! attempt's test process made it. Names, labels and ages prove nothing.

mod dead;
mod find;
#[cfg(test)]
mod fixtures;
mod kind;
mod leftover;
mod own;
mod proof;
mod remove;
#[cfg(test)]
mod scenarios;
mod served;

pub use dead::Runs;
pub use find::{Found, find, is_passing};
pub use kind::{KINDS, Kind};
pub use leftover::Leftover;
pub use own::find_own;
pub use proof::made_by;
pub use remove::{Removed, remove};
