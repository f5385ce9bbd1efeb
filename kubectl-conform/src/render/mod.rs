//! From the report model to text. Nothing is counted or judged here.

mod results;
mod runs;
mod status;
mod table;

pub use results::{ResultRow, results};
pub use runs::runs;
pub use status::status;
pub use table::{Column, Table};

/// Width of what is not written to a terminal.
pub const DEFAULT_WIDTH: u16 = 80;

#[cfg(test)]
mod tests;
