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

/// How much of a pattern is shown to people. One that names tests can have 100,000 characters.
const BRIEF: usize = 60;

impl Narrowing {
    /// The reason for people: a long pattern is shortened, and its length told.
    pub fn brief(&self) -> String {
        let length = self.value.chars().count();
        // What is not much longer than its start and the remark is shown whole.
        if length <= BRIEF + 20 {
            return self.to_string();
        }
        let start: String = self.value.chars().take(BRIEF).collect();
        self.told(&format!(
            "\"{}...\" ({length} characters)",
            printable(start.trim_end())
        ))
    }

    fn told(&self, pattern: &str) -> String {
        let Self { by, value, left_out } = self;
        let tests = if *left_out == 1 { "test" } else { "tests" };
        match by {
            NarrowedBy::Suite => format!("suite {value} lacks {left_out} required {tests}"),
            NarrowedBy::Profile => format!("profile {value} leaves out {left_out} {tests}"),
            NarrowedBy::Focus => format!("focus {pattern} leaves out {left_out} {tests}"),
            NarrowedBy::Skip => format!("skip {pattern} leaves out {left_out} {tests}"),
            NarrowedBy::Rerun => {
                format!(
                    "only tests of run {} are run again, which leaves out {left_out} {tests}",
                    printable(value)
                )
            }
        }
    }
}

impl fmt::Display for Narrowing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.told(&format!("\"{}\"", printable(&self.value))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_see_the_start_of_a_long_pattern() {
        let narrowing = |value: &str| Narrowing {
            by: NarrowedBy::Focus,
            value: value.to_owned(),
            left_out: 2,
        };
        let long = narrowing(&"ä\u{1b}c ".repeat(100));
        let brief = format!(
            "focus \"{}ä\u{fffd}c...\" (400 characters) leaves out 2 tests",
            "ä\u{fffd}c ".repeat(14)
        );
        assert_eq!(long.brief(), brief);
        assert!(long.to_string().len() > 400);
        assert_eq!(narrowing("a b").brief(), "focus \"a b\" leaves out 2 tests");
    }
}
