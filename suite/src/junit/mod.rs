//! Reads the JUnit files of the suite.
//!
//! The two dialects are told apart by what each entry carries: Ginkgo v2 (Kubernetes from 1.25) gives every test case
//! a `status`, Ginkgo v1 only a child element. An entry without either passed in a file of Ginkgo v1, and says nothing in
//! one that has a status or a property of Ginkgo v2 anywhere. A file may be cut anywhere, since a dying suite leaves such files: what
//! it holds counts, and what it does not hold is not known.

mod case;
mod entities;
mod entries;
mod error;
mod join;
mod kept;
mod limits;
mod markup;
mod names;
mod parse;
mod parser;
mod properties;
mod property;
mod tag;
mod window;

pub use case::Case;
pub(crate) use case::is_worse;
pub(crate) use case::{Ending, OpenCase, Status, Tag as VerdictTag, Verdict};
pub use entries::{Claim, Claims, Entries};
pub use error::JunitError;
pub(crate) use kept::{Keep, Kept};
pub use limits::Limits;
pub use parse::{read, read_telling, read_with_classes};
pub use properties::Properties;
pub use property::Property;

use std::collections::BTreeMap;

use crate::{Outcome, Release, TestName};

/// What one JUnit file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Junit {
    /// The tests, sorted by name, each once. Of a name that the file has several times, the worst entry counts.
    pub cases: Vec<Case>,
    /// From which release on tests are to be required, as the constraints behind their names say:
    /// ` [Conformance: [>=1.40]]` (KEP-5922).
    pub required_in: BTreeMap<TestName, Release>,
    /// The ends of what tests wrote that failed, as far as the file has it (`<system-err>`, `<system-out>`): at most 2 KiB of
    /// a test, and of a thousand tests.
    pub logs: BTreeMap<TestName, String>,
    /// How many entries say that their test never started.
    pub filtered: usize,
    /// The suite's own nodes such as `[SynchronizedBeforeSuite]`, in the order of the file.
    pub nodes: Vec<Case>,
    /// How many entries the file has, by how they ended.
    pub entries: Entries,
    /// How many entries the file says that it has.
    pub claims: Claims,
    /// Tests that started and that the file has several times, sorted.
    pub repeated: Vec<TestName>,
    /// How the suite was run, as far as the file says.
    pub properties: Properties,
    /// Why the file ends early, if it does; everything before that is kept.
    pub truncated: Option<JunitError>,
}

impl Junit {
    /// The outcome of every test of the file, by name; a dry run has none.
    pub fn outcomes(&self) -> Result<impl Iterator<Item = (&TestName, Outcome)>, JunitError> {
        if self.properties.dry_run {
            return Err(JunitError::DryRun);
        }
        Ok(self.cases.iter().map(|case| (&case.name, case.outcome)))
    }

    /// The entry of one test.
    pub fn case(&self, name: &TestName) -> Option<&Case> {
        let found = self.cases.binary_search_by(|case| case.name.cmp(name)).ok()?;
        self.cases.get(found)
    }
}
