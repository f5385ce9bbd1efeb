//! The list of all tests, as `e2e.test --list-tests` prints it.

use super::{InventoryError, MAX_ENTRIES, check_size};
use crate::{Release, TestName, test_name, text};

const INPUT: &str = "--list-tests";

/// What a line of the list starts with. The header does not, nor does what the suite logs before it.
const INDENT: &str = "    ";

/// One test of the list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) name: TestName,
    /// The release of a `[Conformance: [>=1.40]]` behind the name, if there is one (KEP-5922).
    pub(super) required_in: Option<Release>,
}

impl Spec {
    /// True if the name says that the test is to be required after release `suite`.
    pub(super) fn is_future(&self, suite: Release) -> bool {
        self.name.has_tag(super::FUTURE_TAG) || self.required_in.is_some_and(|release| release > suite)
    }
}

/// Reads the indented lines `path:line: name`.
pub(super) fn read(list: &str) -> Result<Vec<Spec>, InventoryError> {
    check_size(INPUT, list)?;
    let mut specs = Vec::new();
    for (index, line) in list.lines().enumerate() {
        let Some(entry) = line.strip_prefix(INDENT).filter(|entry| !entry.trim().is_empty()) else {
            continue;
        };
        if specs.len() == MAX_ENTRIES {
            return Err(InventoryError::TooMany {
                input: INPUT,
                limit: MAX_ENTRIES,
            });
        }
        let line = index + 1;
        let full = name_of(entry).ok_or_else(|| InventoryError::Line {
            line,
            text: text::truncated(entry, 80).to_owned(),
        })?;
        let name = TestName::new(full).map_err(|source| InventoryError::Name {
            input: INPUT,
            place: format!("line {line}"),
            source,
        })?;
        specs.push(Spec {
            name,
            required_in: test_name::required_in(full.trim_end()),
        });
    }
    if specs.is_empty() {
        Err(InventoryError::Empty { input: INPUT })
    } else {
        Ok(specs)
    }
}

/// The name behind `path:line: `.
fn name_of(entry: &str) -> Option<&str> {
    let (place, name) = entry.split_once(": ")?;
    let (path, line) = place.rsplit_once(':')?;
    let is_line = !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    (is_line && !path.is_empty()).then_some(name)
}
