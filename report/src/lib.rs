//! A run of a cluster as the report that files give too, so that every renderer shows both; and the one renderer that more
//! than one program has, the page for a browser. What numbers mean is said by `conform-suite` alone.

pub mod assess;
pub mod condition;
pub mod files;
mod html;
mod rows;
mod run;
mod run_list;
pub mod text;
mod words;

pub use html::{PageError, evaluation_html, runs_html, security_policy, trend_html};
pub use rows::{ResultRow, merged_rows, result_rows};
pub use run::{NothingMeasured, evaluation};
pub use run_list::{RunLine, run_list};
pub use words::{release, row_verdict, state, verdict};
