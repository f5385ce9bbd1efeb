//! The files beside a checklist, which it names as evidence.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader},
    path::{Component, Path, PathBuf},
};

use conform_gateway::checklist::{Files, NoFile};

use super::opened::strange;

/// The folder that a file lies in.
#[derive(Debug)]
pub struct Beside(PathBuf);

impl Beside {
    /// The folder of this file. Its own path may lead through links, since its user named it.
    pub fn of(file: &Path) -> Self {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or_else(|| Path::new("."));
        Self(fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf()))
    }

    /// The whole path of the file, by which one sees which product of which release it is about.
    pub fn place(&self, file: &Path) -> String {
        let name = file.file_name().unwrap_or_default();
        self.0.join(name).display().to_string()
    }
}

impl Files for Beside {
    fn open(&self, path: &str) -> Result<Box<dyn BufRead + '_>, NoFile> {
        let mut here = self.0.clone();
        let mut kind = None;
        for name in Path::new(path).components() {
            match name {
                Component::CurDir => continue,
                Component::Normal(name) => here.push(name),
                // Whoever asks has looked at that.
                _ => return Err(NoFile::Missing),
            }
            let found = here
                .symlink_metadata()
                .map_err(|error| refused(&error))?
                .file_type();
            if found.is_symlink() {
                return Err(NoFile::Link);
            }
            kind = Some(found);
        }
        match kind {
            Some(kind) if kind.is_file() => {
                let file = File::open(&here).map_err(|error| refused(&error))?;
                Ok(Box::new(BufReader::new(file)))
            }
            Some(kind) if !kind.is_dir() => Err(NoFile::Unreadable(
                strange(kind).unwrap_or("it is no file").to_owned(),
            )),
            _ => Err(NoFile::Folder),
        }
    }
}

fn refused(error: &io::Error) -> NoFile {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => {
            NoFile::Missing
        }
        _ => NoFile::Unreadable(error.to_string()),
    }
}
