//! Whether a cluster can live with a further range of Service addresses (KEP-1880).
//!
//! [`gather`] reads and asks the API server what it would say, and changes nothing; [`judge`] says what that means.

mod facts;
mod gather;
mod judge;
mod mentions;
mod probed;
mod range;
#[cfg(test)]
mod tests;

pub use facts::{Account, DryRun, Facts, Object, Owned, Text, Trial};
pub use gather::gather;
pub use judge::judge;
pub use probed::{FEATURES as PROBED_FEATURES, may_probe, probed, was_measured};
