//! From a path to what was measured. Every form of input is told apart here and nowhere else.

use std::{
    fmt, fs,
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use conform_suite::{
    Junit, Limits, LogSummary, Release,
    evaluation::{Measured, ReleaseSource},
    ginkgo_report, junit, log,
};
use jiff::Zoned;

use super::{
    archive,
    opened::{self, Form},
};
use crate::{error::Error, printer::Printer};

/// Most JUnit files of one folder: a parallel run of an old suite wrote one for each process.
const MOST_FILES: usize = 256;

/// Reads what one path holds: a JUnit file or a report of Ginkgo's, gzipped or not, with the `e2e.log` beside it, since a
/// submission has both; a folder with `junit_*.xml` and perhaps `e2e.log`; a tarball of sonobuoy's, or one unpacked.
pub fn load(path: &Path, release: Option<Release>, printer: &Printer) -> Result<Measured, Error> {
    let given = release.map(|release| (release, ReleaseSource::Given));
    let is_folder = fs::metadata(path).map_err(failed("read", path))?.is_dir();
    let paths = if is_folder {
        junit_files(path, printer)?
    } else {
        vec![path.to_path_buf()]
    };
    if paths.is_empty() {
        return archive::load_folder(path, given, printer);
    }
    let mut files = Vec::with_capacity(paths.len());
    let mut is_report = false;
    for one in &paths {
        let opened = opened::open(one)?;
        // In a folder a log may tell which release it was, and that nothing was measured.
        if opened.is_empty && !is_folder {
            return Err(refused(one, &"the file is empty"));
        }
        let file = match opened.form {
            Form::Tarball if !is_folder => {
                return archive::load_tarball(path, opened.into_reader(), given, printer);
            }
            Form::Report if !is_folder => {
                is_report = true;
                let read = ginkgo_report::read_telling(opened.into_reader(), &Limits::default());
                read.map(Junit::from).map_err(|error| refused(one, &error))?
            }
            // What is called so in a folder has to be a JUnit file.
            _ => {
                // The reader has a buffer of its own.
                let reader = BufReader::with_capacity(0, opened.into_reader());
                junit::read_telling(reader, &Limits::default()).map_err(|error| refused(one, &error))?
            }
        };
        if let Some(cut) = &file.truncated {
            printer.note(&format!("{}: {cut}; what it holds counts", one.display()));
        }
        files.push(file);
    }
    let folder = if is_folder {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let log = read_log(&folder.join("e2e.log"), printer)?;
    let measured = measured(path, &files, log.as_ref(), given)?;
    Ok(if is_report {
        measured.without_junit()
    } else {
        measured
    })
}

fn refused(path: &Path, error: &dyn fmt::Display) -> Error {
    Error::Input {
        path: path.to_path_buf(),
        problem: error.to_string(),
    }
}

/// What files and a log of one input say; the error names the input.
pub fn measured(
    path: &Path,
    files: &[Junit],
    log: Option<&LogSummary>,
    known: Option<(Release, ReleaseSource)>,
) -> Result<Measured, Error> {
    let measured = Measured::of_files(&path.display().to_string(), files, log, known);
    let measured = measured.map_err(|error| refused(path, &error))?;
    Ok(measured.as_of(Zoned::now().date()))
}

/// The JUnit files at the top of a folder, none if they are elsewhere or nowhere.
fn junit_files(folder: &Path, printer: &Printer) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let entry = entry.map_err(failed("read", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_xml = Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "xml");
        if name.starts_with("junit_") && is_xml {
            let path = entry.path();
            let kind = entry.file_type().map_err(failed("read", &path))?;
            match opened::strange(kind) {
                Some(what) => left_out(&path, what, printer),
                None => paths.push(path),
            }
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

/// What a log says; nothing if there is none.
fn read_log(path: &Path, printer: &Printer) -> Result<Option<LogSummary>, Error> {
    let file = opened::open_found(path, |what| left_out(path, what, printer))?;
    file.map(|file| log::read(file).map_err(failed("read", path)))
        .transpose()
}

fn left_out(path: &Path, what: &str, printer: &Printer) {
    printer.note(&format!("{} is left out: {what}", path.display()));
}

/// Says what was tried on which file.
pub fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File { action, path, source }
}
