//! What happens to a run when something breaks: each fault is done to a real run on the testbed, and what became of the
//! run is judged.
//!
//! Three things must hold whatever happens: no outcome that was known for more than ten seconds is lost, nothing of the
//! run stays behind, and no verdict claims what was not measured.

mod catalogue;
mod control_plane;
mod deletion;
mod fault;
mod judge;
mod known;
mod node;
mod objects;
mod operator;
mod pod;
mod queue;
mod size;
mod subject;
mod table;
mod world;

pub use catalogue::all;
pub use fault::{Fault, Row};
pub use table::merged;
pub use world::World;
