//! What goes when a run ends: its rights, and what its tests left behind.

mod files;
mod preflight;
mod report;
mod rights;
mod sweep;

pub use files::delete_files;
pub use preflight::preflight_namespaces;
pub use report::Report;
pub use rights::take_back;
pub use sweep::sweep;
