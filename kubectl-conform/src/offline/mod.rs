//! What the verbs that need no cluster have in common.

mod archive;
mod beside;
mod format;
mod input;
mod list;
mod opened;
mod outcome;
mod parallel;
mod report_files;
mod submission;

pub use format::{PageFormat, Rendering, ReportFormat};
pub use input::{failed, load};
pub use list::{Lists, unknown_release};
pub use outcome::exit_status;
pub use parallel::in_parallel;
pub use report_files::{read_reports, report_files, validate_reports};
pub use submission::{judge, load_submission};
