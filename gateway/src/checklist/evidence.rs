//! Evidence in files of the product's folder.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{
    Evidence, Folder, Item, NoFile,
    metadata::is_page,
    results::{End, Format, Results},
};
use crate::finding::Findings;

/// Most files with results that are read for one checklist. Three tell all that there is.
const MOST_FILES: usize = 16;
/// Most tests whose names are told.
const MOST_NAMES: usize = 3;

/// The requirements that tests of the programme measure, and the tests.
const TESTS: [(&str, &str); 3] = [
    ("secure_accelerator_access", "TestSecureAcceleratorAccess"),
    ("gang_scheduling", "TestGangScheduling"),
    ("cluster_autoscaling", "TestAcceleratorClusterAutoscaling"),
];
/// The first minor release that has these tests.
const TESTS_SINCE: u16 = 37;

/// Evidence that is a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Local<'text> {
    /// Its path in the folder.
    path: &'text str,
    /// The test in it that is meant, if it is named.
    test: Option<&'text str>,
}

/// Looks at files, each of them once.
pub(super) struct Looker<'a> {
    folder: Folder<'a>,
    minor: Option<u16>,
    read: BTreeMap<String, Result<Results, String>>,
}

impl<'a> Looker<'a> {
    /// Nothing was read yet.
    pub(super) const fn new(folder: Folder<'a>, minor: Option<u16>) -> Self {
        Self {
            folder,
            minor,
            read: BTreeMap::new(),
        }
    }

    /// Looks at the files that a requirement names.
    pub(super) fn look(&mut self, item: &Item, findings: &mut Findings) {
        let locals = || item.evidence.iter().filter(|one| is_local(&one.text));
        let is_result = |one: &Evidence| Format::of(split(&one.text).path).is_some();
        let test = TESTS.iter().find(|(id, _)| *id == item.id).map(|(_, test)| *test);
        if let Some(test) = test
            && self.minor.is_some_and(|minor| minor >= TESTS_SINCE)
            && item.status == "Implemented"
            && !locals().any(is_result)
        {
            let message = format!(
                "{test} measures {}: name the junit.xml, results.json or e2e.log that has it",
                item.id
            );
            findings.warn("evidence-test", &item.path, item.place, message);
        }
        if self.folder.files().is_none() {
            return;
        }
        for one in locals() {
            if let Err((rule, message)) = self.one(&one.text, item, test) {
                findings.error(rule, &one.path, one.place, message);
            }
        }
    }

    /// Looks at one file; the error is a rule and what is wrong.
    fn one(&mut self, written: &str, item: &Item, test: Option<&str>) -> Result<(), (&'static str, String)> {
        let no_file = |why: &dyn std::fmt::Display| ("evidence-file", format!("{written:?}: {why}"));
        let local = self.inside(written).map_err(|why| no_file(&why))?;
        let Some(files) = self.folder.files() else {
            return Ok(());
        };
        let Some(format) = Format::of(local.path) else {
            return match files.open(local.path) {
                Ok(_) | Err(NoFile::Folder) => Ok(()),
                Err(NoFile::Missing) => Err(no_file(
                    &"it is neither an address nor a file in the product's folder",
                )),
                Err(why) => Err(no_file(&why)),
            };
        };
        let is_full = self.read.len() >= MOST_FILES;
        let (results, is_first) = match self.read.entry(local.path.to_owned()) {
            Entry::Occupied(read) => (read.into_mut(), false),
            Entry::Vacant(_) if is_full => {
                return Err(no_file(&format!(
                    "more than {MOST_FILES} files with results are not read"
                )));
            }
            Entry::Vacant(free) => {
                let opened = files.open(local.path).map_err(|why| why.to_string());
                (free.insert(opened.and_then(|input| format.read(input))), true)
            }
        };
        let results = results.as_ref().map_err(|why| no_file(why))?;
        let wrong = judge(
            results,
            local.test.or(test),
            item.status == "Implemented",
            is_first,
        );
        wrong.map_or(Ok(()), |why| {
            Err(("evidence-test", format!("{}: {why}", local.path)))
        })
    }

    /// The file that is meant, if it is one of the folder.
    fn inside<'text>(&self, text: &'text str) -> Result<Local<'text>, String> {
        let local = split(text);
        let path = self.folder.inside(local.path).map_err(|other| {
            format!(
                "it lies in {other}, the folder of another product, and evidence lies in the product's own"
            )
        })?;
        let mut names = path.split('/');
        if path.starts_with('/') || names.any(|name| name == "..") || path.contains(['\\', '\0']) {
            return Err("it leads out of the product's folder".to_owned());
        }
        Ok(Local { path, ..local })
    }
}

/// What is wrong with results as evidence for a requirement. Of a file as a whole it is said once.
fn judge(results: &Results, test: Option<&str>, is_implemented: bool, is_first: bool) -> Option<String> {
    let end = test.map(|test| (test, results.of(test)));
    let failed = results.failed();
    let is_own = matches!(end, Some((_, Some(End::Failed))));
    if !failed.is_empty() && (is_first || is_own) {
        let some: Vec<&str> = failed.iter().copied().take(MOST_NAMES).collect();
        let more = if failed.len() > some.len() { ", …" } else { "" };
        return Some(format!("{} failed: {}{more}", failed.len(), some.join(", ")));
    }
    match end? {
        (test, None) => Some(format!("there is no {test} in it")),
        (test, Some(End::Unfinished)) => Some(format!("nobody saw the end of {test}")),
        (test, Some(End::Skipped)) if is_implemented => Some(format!(
            "{test} was skipped, and what is implemented has to have passed"
        )),
        (_, Some(_)) => None,
    }
}

/// True for what is to be a file. Nothing is none.
fn is_local(text: &str) -> bool {
    !text.trim().is_empty() && !is_page(text)
}

/// The path and the test of `file://PATH#TEST`.
fn split(written: &str) -> Local<'_> {
    let rest = written.strip_prefix("file://").unwrap_or(written);
    let (path, test) = rest.split_once('#').unwrap_or((rest, ""));
    Local {
        path,
        test: Some(test).filter(|test| !test.is_empty()),
    }
}
