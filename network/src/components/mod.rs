//! What implements each area of a cluster.
//!
//! [`gather`] reads bounded [`Facts`]; [`detect`] says which components they show; [`blame`] names the component of an
//! area. A project that conform is to know is one entry in [`projects`].

mod blame;
mod detect;
mod facts;
mod gather;
mod image;
mod projects;
#[cfg(test)]
mod tests;

pub use blame::{UNKNOWN, blame, label};
pub use detect::{detect, of_workload};
pub use facts::{Class, Container, Facts, NodeFacts, PodFacts, Running, Workload};
pub(crate) use gather::gateway_class;
pub use gather::{Way, gather};
