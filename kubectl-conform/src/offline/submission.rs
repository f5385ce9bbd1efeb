//! From a folder to what is handed in for certification.

use std::{
    fs::{self, File},
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

use conform_suite::{
    Junit, Limits, LogSummary, Release,
    evaluation::{Criteria, Measured, ReleaseSource, evaluate},
    junit, log,
    submission::{
        FOUR_FILES, HandedIn, JUNIT, LOG, NotJudged, PRODUCT, PRODUCT_BYTES, Product, README, README_BYTES,
        Submission, readme_fault,
    },
};

use super::input::failed;
use crate::error::Error;

/// Most entries of a folder that are looked at. A submission has four.
const MOST_ENTRIES: usize = 1000;

/// Where the plain file lies that counts as the one of this name.
fn path_of(name: &str, folder: &Path, files: &[HandedIn]) -> Option<PathBuf> {
    let file = HandedIn::of(files, name).filter(|file| file.bytes.is_some())?;
    Some(folder.join(&file.name))
}

/// Reads a folder of a submission: `v1.36/my-product`, or the one that holds just that. It is not judged yet, see [`judge`].
pub fn load_submission(folder: &Path) -> Result<Submission, Error> {
    if fs::metadata(folder).map_err(failed("read", folder))?.is_file() {
        return Err(Error::Input {
            path: folder.to_path_buf(),
            problem: format!("it is no folder: give the folder with {}", FOUR_FILES.join(", ")),
        });
    }
    let folder = innermost(&fs::canonicalize(folder).map_err(failed("read", folder))?)?;
    let mut files = entries(&folder)?;
    if let Some(path) = path_of(README, &folder, &files) {
        let fault = readme_fault(&read_start(&path, README_BYTES)?);
        if let Some(file) = files.iter_mut().find(|file| path.ends_with(&file.name)) {
            file.fault = fault;
        }
    }
    let path = |name| path_of(name, &folder, &files);
    let product = path(PRODUCT).map(|path| product(&path)).transpose()?;
    let junit = path(JUNIT).map(|path| read_junit(&path)).transpose()?;
    let log = path(LOG)
        .map(|path| {
            let file = File::open(&path).map_err(failed("read", &path))?;
            log::read(file).map_err(failed("read", &path))
        })
        .transpose()?;
    let names: Vec<_> = folder.iter().rev().take(2).collect();
    let names = names.into_iter().rev().map(|name| name.to_string_lossy());
    Ok(Submission {
        title: None,
        commits: None,
        folder: names.collect::<Vec<_>>().join("/"),
        files,
        product,
        junit,
        log,
        pages: None,
        judged: None,
    })
}

/// Judges what is handed in by the release that its folder says.
pub fn judge(given: &mut Submission, criteria: &Criteria) {
    given.judged = match (&given.junit, given.release()) {
        (Some(Ok(junit)), Some(release)) => Some(judged(junit, given.log.as_ref(), release, criteria)),
        _ => None,
    };
}

fn judged(
    junit: &Junit,
    log: Option<&LogSummary>,
    release: Release,
    criteria: &Criteria,
) -> Result<conform_suite::evaluation::InputReport, NotJudged> {
    let known = Some((release, ReleaseSource::Given));
    let measured = Measured::of_files(JUNIT, std::slice::from_ref(junit), log, known)?;
    Ok(evaluate(&measured, criteria, true)?)
}

/// Down to the folder that is handed in, as long as there is only one way.
fn innermost(folder: &Path) -> Result<PathBuf, Error> {
    let mut here = folder.to_path_buf();
    for _ in 0..2 {
        let mut inside = fs::read_dir(&here).map_err(failed("read", &here))?;
        let (Some(Ok(only)), None) = (inside.next(), inside.next()) else {
            break;
        };
        let is_folder = only.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder {
            break;
        }
        here = only.path();
    }
    Ok(here)
}

/// What the folder holds. Links are not followed: nobody who fetches a submission has what they lead to.
fn entries(folder: &Path) -> Result<Vec<HandedIn>, Error> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed("read", folder))? {
        let entry = entry.map_err(failed("read", folder))?;
        let metadata = entry.metadata().map_err(failed("read", &entry.path()))?;
        files.push(HandedIn {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: metadata.is_file().then_some(metadata.len()),
            fault: None,
        });
        if files.len() > MOST_ENTRIES {
            return Err(Error::Input {
                path: folder.to_path_buf(),
                problem: format!("the folder holds more than {MOST_ENTRIES} files"),
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Reads a PRODUCT.yaml. What is wrong with its text is for the checks to say.
fn product(path: &Path) -> Result<Result<Product, conform_suite::submission::ProductError>, Error> {
    Ok(Product::read(&read_start(path, PRODUCT_BYTES)?))
}

/// Reads a file, of one that is longer than `most` just enough to see that it is.
fn read_start(path: &Path, most: usize) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(failed("read", path))?;
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed("read", path))?;
    Ok(bytes)
}

fn read_junit(path: &Path) -> Result<Result<Junit, conform_suite::JunitError>, Error> {
    let file = File::open(path).map_err(failed("read", path))?;
    // The reader has a buffer of its own.
    Ok(junit::read_telling(
        BufReader::with_capacity(0, file),
        &Limits::default(),
    ))
}
