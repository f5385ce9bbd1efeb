//! Lists of requirements that a user gives.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use conform_suite::{Release, RequirementList, TestName, evaluation::UnknownRelease};

use super::input::failed;
use crate::{error::Error, text::count};

/// The option of verbs that judge by requirements.
#[derive(clap::Args, Debug)]
pub struct Lists {
    /// What the release requires, instead of what the built-in catalogue knows: conformance.yaml of Kubernetes'
    /// test/conformance/testdata, or the output of e2e.test --list-conformance-tests. A future-conformance.yaml adds to
    /// it. May be repeated
    #[arg(long, value_name = "FILE")]
    requirements: Vec<PathBuf>,
}

impl Lists {
    /// Reads them.
    pub fn load(&self) -> Result<Vec<RequirementList>, Error> {
        self.requirements.iter().map(|path| load(path)).collect()
    }

    /// Refuses lists that lack these tests of a known release.
    pub fn refuse_part(&self, release: Release, lacking: &[TestName]) -> Result<(), Error> {
        let Some(first) = lacking.first() else {
            return Ok(());
        };
        let names: Vec<String> = self
            .requirements
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let tests = count(i64::try_from(lacking.len()).unwrap_or(i64::MAX), "test");
        Err(Error::Usage(format!(
            "--requirements {}: {tests} that release {release} requires are not in it, such as \"{first}\". Give the whole list \
             of the release, or leave the option out",
            names.join(", ")
        )))
    }
}

/// Reads a list of requirements; an error names the file and the line.
fn load(path: &Path) -> Result<RequirementList, Error> {
    let refused = |problem: String| Error::List {
        path: path.to_path_buf(),
        problem,
    };
    let file = File::open(path).map_err(failed("read", path))?;
    let mut bytes = Vec::new();
    // One byte more than a list may have is enough to know.
    file.take(RequirementList::MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed("read", path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        refused(format!("byte {at} is not UTF-8"))
    })?;
    RequirementList::read(&text).map_err(|error| refused(error.to_string()))
}

/// What to do about a release that is not known.
pub fn unknown_release(error: &UnknownRelease) -> String {
    let UnknownRelease { release, last, .. } = error;
    if error.is_newer() {
        format!(
            "{error}. Give its list with --requirements FILE: test/conformance/testdata/conformance.yaml of Kubernetes \
             v{release}, or what its e2e.test prints for --list-conformance-tests; or take a newer conform"
        )
    } else {
        format!(
            "{error}. If the cluster is of another release, say it with --release, such as --release {last}"
        )
    }
}
