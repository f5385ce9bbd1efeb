//! Files of reports: finding, reading and checking them.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use conform_gateway::{
    FileKind, Findings, Unreadable, Validated, Validation,
    checklist::Folder,
    rules::location,
    tree::{duplicates, readme},
    validate_at,
    yaml::MAX_BYTES,
};
use jiff::Timestamp;

use super::{beside::Beside, in_parallel};
use crate::printer::Printer;

/// How deep folders are looked into. The project's tree has three levels.
const MAX_DEPTH: usize = 8;
/// Most files of all folders.
const MAX_FILES: usize = 20_000;
/// Most links whose names are told.
const MOST_LINKS: usize = 5;

/// The file of a folder that says how its reports came to be.
const README: &str = "README.md";

/// Files that were found.
#[derive(Debug, Default)]
pub struct Found {
    files: Vec<Candidate>,
    unreadable: Vec<Unreadable>,
    links: Vec<PathBuf>,
}

#[derive(Debug)]
struct Candidate {
    path: PathBuf,
    /// True if the user named the file itself, so that it has to be a report.
    named: bool,
}

/// The files of these paths. A path may lead through links, since its user named it; within folders none is followed.
pub fn report_files(inputs: &[PathBuf], printer: &Printer) -> Found {
    let mut found = Found::default();
    for path in inputs {
        match fs::metadata(path) {
            Err(error) => found.refuse(path, &error.to_string()),
            Ok(metadata) if metadata.is_dir() => found.walk(path, 0),
            Ok(_) => found.files.push(Candidate {
                path: path.clone(),
                named: true,
            }),
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    found.files.dedup_by(|a, b| a.path == b.path);
    let names: Vec<String> = found
        .links
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    if let Some(some) = names
        .get(..names.len().min(MOST_LINKS))
        .filter(|some| !some.is_empty())
    {
        let more = names.len().saturating_sub(some.len());
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        printer.note(&format!("links are not followed: {}{more}", some.join(", ")));
    }
    found
}

/// Reads and checks them, each by itself and then all together.
pub fn validate_reports(found: Found, printer: &Printer) -> Validation {
    let (mut files, unreadable) = read_reports(found, printer);
    files.extend(readmes(&files));
    Validation::new(files, unreadable)
}

/// Reads and checks them, and says which could not be read.
pub fn read_reports(found: Found, printer: &Printer) -> (Vec<Validated>, Vec<Unreadable>) {
    let mut unreadable = found.unreadable;
    let mut files = Vec::with_capacity(found.files.len());
    let read = in_parallel(&found.files, |candidate| read(&candidate.path));
    for (candidate, read) in found.files.iter().zip(read) {
        let name = candidate.path.display().to_string();
        match read {
            Err(error) => unreadable.push(Unreadable { file: name, error }),
            Ok(file) if candidate.named || is_meant(&candidate.path) || file.kind != FileKind::Unknown => {
                files.push(file);
            }
            Ok(_) => printer.note(&format!("{name} is passed over: it is no report")),
        }
    }
    duplicates(&mut files);
    (files, unreadable)
}

fn read(path: &Path) -> Result<Validated, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let beside = Beside::of(path);
    let place = beside.place(path);
    let folder = Folder::of(&place).with(&beside);
    // One byte more than is read is enough for the rules to say that it is too long.
    let file = path.display().to_string();
    Ok(validate_at(&file, &bytes, &folder, Timestamp::now()))
}

/// True for names that only reports and checklists have.
fn is_meant(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "PRODUCT.yaml" || name.contains("report")
}

/// The README of each folder that holds reports of an implementation.
fn readmes(files: &[Validated]) -> Vec<Validated> {
    let mut folders: BTreeMap<PathBuf, Vec<&str>> = BTreeMap::new();
    for file in files {
        let path = Path::new(&file.file);
        let name = path.file_name().and_then(|name| name.to_str());
        let is_placed = file.kind == FileKind::ConformanceReport && location(&file.file).is_some();
        if let (true, Some(folder), Some(name)) = (is_placed, path.parent(), name) {
            folders.entry(folder.to_path_buf()).or_default().push(name);
        }
    }
    let check = |(folder, reports): (PathBuf, Vec<&str>)| {
        let path = folder.join(README);
        // Whoever names one file of a folder does not ask for the others.
        let beside: Vec<String> = beside(&folder);
        let beside: Vec<&str> = beside.iter().map(String::as_str).collect();
        let mut findings = Findings::default();
        let text = fs::symlink_metadata(&path)
            .ok()
            .filter(|metadata| metadata.is_file() && metadata.len() <= MAX_BYTES as u64)
            .and_then(|_| fs::read(&path).ok())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let file = path.display().to_string();
        let place = location(&file)?;
        let names = if beside.is_empty() { &reports } else { &beside };
        readme(text.as_deref(), &place, names, &mut findings);
        Some(Validated {
            subject: place.implementation.to_owned(),
            file,
            kind: FileKind::Readme,
            findings,
            reports: Vec::new(),
        })
    };
    folders.into_iter().filter_map(check).collect()
}

/// The reports of a folder, by the names of its files.
fn beside(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .take(MAX_FILES)
        .flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let names = files.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with("report.yaml")).collect()
}

impl Found {
    fn refuse(&mut self, path: &Path, error: &str) {
        self.unreadable.push(Unreadable {
            file: path.display().to_string(),
            error: error.to_owned(),
        });
    }

    fn walk(&mut self, folder: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            return self.refuse(folder, &format!("folders are more than {MAX_DEPTH} deep"));
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.refuse(folder, &error.to_string()),
        };
        for entry in entries {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.refuse(folder, &error.to_string()),
            };
            if self.files.len() >= MAX_FILES {
                return self.refuse(folder, &format!("there are more than {MAX_FILES} files"));
            }
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                self.refuse(&path, "it is not known what it is");
                continue;
            };
            let is_yaml = path
                .extension()
                .is_some_and(|extension| extension == "yaml" || extension == "yml");
            if kind.is_symlink() {
                self.links.push(path);
            } else if kind.is_dir() {
                self.walk(&path, depth + 1);
            } else if kind.is_file() && is_yaml {
                self.files.push(Candidate { path, named: false });
            }
        }
    }
}
