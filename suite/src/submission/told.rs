//! What a JUnit file has to say of its run, so that a check can go by it.

use super::{Check, CheckReport, Submission};
use crate::{Junit, Property, Release};

/// The release from which on suites are of Ginkgo v2, which says in each file how the suite was run.
const SAID_FROM: Release = Release::new(1, 25);

/// True if the suite of the folder's release says how it was run. Of an unknown release the stricter holds.
pub(super) fn is_due(given: &Submission) -> bool {
    given.release().is_none_or(|release| release >= SAID_FROM)
}

/// The JUnit file, if it can be read.
pub(super) fn junit(given: &Submission) -> Option<&Junit> {
    given.junit.as_ref()?.as_ref().ok()
}

/// The JUnit file, for a check of how its tests were run; the error says why it shows nothing of that, see also [`untold`].
pub(super) fn of_run(given: &Submission, check: Check, wanted: Property) -> Result<&Junit, CheckReport> {
    let Some(junit) = junit(given) else {
        return Err(check.unevaluated("there is no JUnit file that can be read"));
    };
    if junit.properties.dry_run {
        return Err(check.unevaluated("a dry run says nothing"));
    }
    untold(given, check, &[wanted]).map_or(Ok(junit), Err)
}

/// A failure if the file does not say these, though suites of its release do, or nothing that can be read. What is not
/// there was not measured.
pub(super) fn untold(given: &Submission, check: Check, wanted: &[Property]) -> Option<CheckReport> {
    let properties = &junit(given)?.properties;
    let problem = |property: &Property| {
        let word = property.word();
        match properties.faults.get(property) {
            Some(fault) => Some(format!("{word} of the JUnit file cannot be gone by: {fault}")),
            None if is_due(given) && !properties.named.contains(property) => Some(format!(
                "the JUnit file does not say {word}, as every suite from v{SAID_FROM} on does"
            )),
            None => None,
        }
    };
    let problems: Vec<String> = wanted.iter().filter_map(problem).collect();
    (!problems.is_empty()).then(|| check.failed(problems.join("; ")))
}
