//! Where the state comes from that is served.

mod cluster;
mod files;
mod gathering;

pub use cluster::follow as follow_cluster;
pub use files::Files;
