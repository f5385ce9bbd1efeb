//! From a path to what was measured. Every form of input is told apart here and nowhere else.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use conform_suite::{
    Junit, Limits, LogSummary, Release,
    evaluation::{Measured, ReleaseSource},
    ginkgo_report, junit, log,
};

use super::archive::{self, Form};
use crate::{error::Error, printer::Printer};

/// Most JUnit files of one folder: a parallel run of an old suite wrote one for each process.
const MOST_FILES: usize = 256;

/// Reads what one path holds: a JUnit file or a report of Ginkgo's, with the `e2e.log` beside it, since a submission has
/// both; a folder with `junit_*.xml` and perhaps `e2e.log`; a tarball of sonobuoy's, or one unpacked.
pub fn load(path: &Path, release: Option<Release>, printer: &Printer) -> Result<Measured, Error> {
    let given = release.map(|release| (release, ReleaseSource::Given));
    let is_folder = fs::metadata(path).map_err(failed("read", path))?.is_dir();
    let paths = if is_folder {
        junit_files(path)?
    } else {
        vec![path.to_path_buf()]
    };
    if paths.is_empty() {
        return archive::load_folder(path, given, printer);
    }
    let form = if is_folder {
        Form::Junit
    } else {
        archive::form(path)?
    };
    if form == Form::Tarball {
        return archive::load_tarball(path, given, printer);
    }
    let folder = if is_folder {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let mut files = Vec::with_capacity(paths.len());
    for path in &paths {
        let file = if form == Form::Report {
            read_report(path)?
        } else {
            read_junit(path)?
        };
        if let Some(cut) = &file.truncated {
            printer.note(&format!("{}: {cut}; what it holds counts", path.display()));
        }
        files.push(file);
    }
    let log = read_log(&folder.join("e2e.log"))?;
    measured(path, &files, log.as_ref(), given)
}

/// What files and a log of one input say; the error names the input.
pub fn measured(
    path: &Path,
    files: &[Junit],
    log: Option<&LogSummary>,
    known: Option<(Release, ReleaseSource)>,
) -> Result<Measured, Error> {
    Measured::of_files(&path.display().to_string(), files, log, known).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: error.to_string(),
    })
}

/// The JUnit files at the top of a folder, none if they are elsewhere or nowhere.
fn junit_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let entry = entry.map_err(failed("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_xml = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "xml");
        if name.starts_with("junit_") && is_xml {
            paths.push(entry.path());
        }
    }
    paths.sort();
    if paths.len() > MOST_FILES {
        return Err(Error::Input {
            path: folder.to_path_buf(),
            problem: format!(
                "the folder holds {} JUnit files, more than {MOST_FILES}",
                paths.len()
            ),
        });
    }
    Ok(paths)
}

fn read_junit(path: &Path) -> Result<Junit, Error> {
    let file = File::open(path).map_err(failed("read", path))?;
    // The reader has a buffer of its own.
    let read = junit::read_telling(BufReader::with_capacity(0, file), &Limits::default());
    read.map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: error.to_string(),
    })
}

fn read_report(path: &Path) -> Result<Junit, Error> {
    let file = File::open(path).map_err(failed("read", path))?;
    let read = ginkgo_report::read_telling(file, &Limits::default());
    read.map(Junit::from).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: error.to_string(),
    })
}

/// What a log says; nothing if there is none.
fn read_log(path: &Path) -> Result<Option<LogSummary>, Error> {
    match File::open(path) {
        Ok(file) => log::read(file).map(Some).map_err(failed("read", path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// Says what was tried on which file.
pub fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File { action, path, source }
}
