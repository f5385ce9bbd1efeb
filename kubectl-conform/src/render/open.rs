//! Lists of what is open: some of it, unless the page is to be wide.

use crate::text::{clean_line, hang};

/// Most tests that are shown unless the page is to be wide.
const MOST_TESTS: usize = 10;

/// A heading, then each test with what there is to know of it. Nothing if there is none.
pub fn open<'a>(
    heading: &str,
    tests: impl ExactSizeIterator<Item = (&'a str, String)>,
    wide: bool,
    width: u16,
) -> Option<String> {
    let count = tests.len();
    if count == 0 {
        return None;
    }
    let most = if wide { count } else { MOST_TESTS };
    let mut lines = vec![format!("{heading}:")];
    for (name, note) in tests.take(most) {
        lines.push(hang("  - ", &clean_line(name), width.into()));
        lines.push(format!("      {note}"));
    }
    if let Some(more) = count.checked_sub(most).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more: -o wide shows all"));
    }
    Some(lines.join("\n"))
}
