//! Lists of requirements that a user gives.

use std::{fs::File, io::Read, path::Path};

use conform_suite::RequirementList;

use super::input::failed;
use crate::error::Error;

/// Reads a list of requirements; an error names the file and the line.
pub fn load_list(path: &Path) -> Result<RequirementList, Error> {
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
