//! Why a run measures fewer tests than are required.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::printable;

/// One reason why a selection holds fewer tests than its stage requires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Narrowing {
    /// What narrowed.
    pub by: NarrowedBy,
    /// The profiles' names, or the pattern.
    pub value: String,
    /// How many requirements this left out that the reasons before it had kept.
    pub left_out: i32,
}

/// What can narrow a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NarrowedBy {
    /// The suite has no such test.
    Suite,
    /// The profiles choose a part.
    Profile,
    /// A focus pattern.
    Focus,
    /// A skip pattern.
    Skip,
    /// Only tests of an earlier run are run again.
    Rerun,
}

impl fmt::Display for Narrowing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, value, left_out } = self;
        let tests = if *left_out == 1 { "test" } else { "tests" };
        match by {
            NarrowedBy::Suite => write!(formatter, "suite {value} lacks {left_out} required {tests}"),
            NarrowedBy::Profile => write!(formatter, "profile {value} leaves out {left_out} {tests}"),
            NarrowedBy::Focus => write!(
                formatter,
                "focus \"{}\" leaves out {left_out} {tests}",
                printable(value)
            ),
            NarrowedBy::Skip => write!(
                formatter,
                "skip \"{}\" leaves out {left_out} {tests}",
                printable(value)
            ),
            NarrowedBy::Rerun => write!(
                formatter,
                "only tests of run {} are run again, which leaves out {left_out} {tests}",
                printable(value)
            ),
        }
    }
}
