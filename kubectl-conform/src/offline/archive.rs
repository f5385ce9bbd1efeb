//! What other tools leave of a run: tarballs, packed or unpacked.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use conform_suite::{
    ArchiveLimits, Evidence, Junit, Release,
    archive::{is_wanted, read_files, read_tarball},
    evaluation::{Measured, ReleaseSource},
};

use super::input::{failed, measured};
use crate::{error::Error, printer::Printer};

/// How deep an unpacked archive is looked into. Sonobuoy's deepest file of interest is five folders down.
const MAX_DEPTH: usize = 8;
/// Most files that are looked at in an unpacked archive.
const MAX_FILES: usize = 20_000;

/// Reads a tarball of sonobuoy's.
pub fn load_tarball(
    path: &Path,
    tarball: impl Read,
    given: Option<(Release, ReleaseSource)>,
    printer: &Printer,
) -> Result<Measured, Error> {
    let read = read_tarball(tarball, &ArchiveLimits::default());
    judge(path, read, given, printer)
}

/// Reads such a tarball that was unpacked into a folder.
pub fn load_folder(
    path: &Path,
    given: Option<(Release, ReleaseSource)>,
    printer: &Printer,
) -> Result<Measured, Error> {
    let mut found = Vec::new();
    walk(path, path, 0, &mut found)?;
    let mut files = Vec::new();
    for (name, file) in found {
        let opened = File::open(&file).map_err(failed("read", &file))?;
        files.push((name, opened));
    }
    judge(path, read_files(files, &ArchiveLimits::default()), given, printer)
}

fn judge(
    path: &Path,
    read: Result<Evidence, conform_suite::ArchiveError>,
    given: Option<(Release, ReleaseSource)>,
    printer: &Printer,
) -> Result<Measured, Error> {
    let refused = |problem: String| Error::Input {
        path: path.to_path_buf(),
        problem,
    };
    let evidence = read.map_err(|error| refused(error.to_string()))?;
    for note in &evidence.notes {
        printer.note(&format!(
            "{}: {} is left out: {}",
            path.display(),
            note.path,
            note.why
        ));
    }
    if let Some(cut) = &evidence.truncated {
        printer.note(&format!("{}: {cut}; what it holds counts", path.display()));
    }
    let of_suite = evidence.suite_junit();
    let has_junit = !of_suite.is_empty();
    let files: Vec<Junit> = if has_junit {
        of_suite.into_iter().cloned().collect()
    } else {
        evidence
            .suite_report()
            .cloned()
            .map(Junit::from)
            .into_iter()
            .collect()
    };
    if files.is_empty() {
        return Err(refused(
            "it holds no JUnit file and no report of the suite".to_owned(),
        ));
    }
    let server = evidence
        .versions
        .server
        .as_deref()
        .and_then(|version| version.parse().ok());
    let known = given.or_else(|| server.map(|release| (release, ReleaseSource::Archive)));
    let mut measured = measured(path, &files, evidence.suite_log(), known)?;
    if evidence.truncated.is_some() {
        measured = measured.of_cut_archive();
    }
    Ok(if has_junit {
        measured
    } else {
        measured.without_junit()
    })
}

/// Collects the files that an archive would be read for; links are not followed.
fn walk(root: &Path, folder: &Path, depth: usize, found: &mut Vec<(String, PathBuf)>) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let entry = entry.map_err(failed("read", folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(failed("read", &path))?;
        if kind.is_dir() && depth < MAX_DEPTH {
            walk(root, &path, depth + 1, found)?;
        }
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        if kind.is_file() && is_wanted(&name) {
            found.push((name, path));
        }
        if found.len() > MAX_FILES {
            return Err(Error::Input {
                path: root.to_path_buf(),
                problem: format!("the folder holds more than {MAX_FILES} files of runs"),
            });
        }
    }
    Ok(())
}
