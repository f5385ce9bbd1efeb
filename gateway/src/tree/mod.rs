//! What files say together: the same report twice, and the folders of the project's tree of reports.

mod duplicates;
mod readme;

pub use duplicates::duplicates;
pub use readme::readme;
