//! What the verbs that need no cluster have in common.

mod archive;
mod format;
mod input;
mod list;
mod outcome;
mod parallel;

pub use format::ReportFormat;
pub use input::load;
pub use list::{Lists, unknown_release};
pub use outcome::exit_status;
pub use parallel::in_parallel;
