//! From a path to what was measured. Every form of input is told apart here and nowhere else.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use conform_suite::{Junit, Limits, LogSummary, Release, evaluation::Measured, junit, log};

use crate::{error::Error, printer::Printer};

/// Most JUnit files of one folder: a parallel run of an old suite wrote one for each process.
const MOST_FILES: usize = 256;

/// How much of a log is read at each end. What it says of the whole run is there.
const LOG_END: u64 = 256 << 10;

/// Reads a JUnit file, or a folder that holds `junit_*.xml` and perhaps `e2e.log`. The log beside a single file counts
/// too, since a submission has both.
pub fn load(path: &Path, release: Option<Release>, printer: &Printer) -> Result<Measured, Error> {
    let source = path.display().to_string();
    let is_folder = fs::metadata(path).map_err(failed("read", path))?.is_dir();
    let folder = if is_folder {
        path
    } else {
        path.parent().unwrap_or(path)
    };
    let paths = if is_folder {
        junit_files(path)?
    } else {
        vec![path.to_path_buf()]
    };
    let mut files = Vec::with_capacity(paths.len());
    for path in &paths {
        let file = read_junit(path)?;
        if let Some(cut) = &file.truncated {
            printer.note(&format!("{}: {cut}; what it holds counts", path.display()));
        }
        files.push(file);
    }
    let log = read_log(&folder.join("e2e.log"))?;
    Measured::of_files(&source, &files, log.as_ref(), release).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: error.to_string(),
    })
}

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
    let problem = match paths.len() {
        0 => "the folder holds no junit_*.xml".to_owned(),
        count if count > MOST_FILES => {
            format!("the folder holds {count} JUnit files, more than {MOST_FILES}")
        }
        _ => return Ok(paths),
    };
    Err(Error::Input {
        path: folder.to_path_buf(),
        problem,
    })
}

fn read_junit(path: &Path) -> Result<Junit, Error> {
    let file = File::open(path).map_err(failed("read", path))?;
    let read = junit::read(BufReader::with_capacity(1 << 16, file), &Limits::default());
    read.map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: error.to_string(),
    })
}

/// The start and the end of a log; nothing if there is none.
fn read_log(path: &Path) -> Result<Option<LogSummary>, Error> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path)(error)),
    };
    let mut ends = Vec::new();
    let read = (|| {
        let length = file.metadata()?.len();
        file.by_ref().take(LOG_END).read_to_end(&mut ends)?;
        if length > LOG_END {
            ends.push(b'\n');
            file.seek(SeekFrom::Start(LOG_END.max(length.saturating_sub(LOG_END))))?;
            file.by_ref().take(LOG_END).read_to_end(&mut ends)?;
        }
        Ok(())
    })();
    read.map_err(failed("read", path))?;
    Ok(Some(log::read_tail(&String::from_utf8_lossy(&ends))))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File { action, path, source }
}
