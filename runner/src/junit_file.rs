//! The suite's JUnit file, as far as there is one.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

use conform_suite::{Junit, JunitError, Limits, junit};

/// What became of the JUnit file.
#[derive(Debug)]
pub enum JunitFile {
    /// There is none.
    Missing,
    /// There is one of which nothing can be read.
    Unreadable(JunitError),
    /// It was read; it may still be cut off (see [`Junit::truncated`]).
    Read(Box<Junit>),
}

/// Reads the file at `path`.
pub fn read(path: &Path) -> JunitFile {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return JunitFile::Missing,
        Err(error) => {
            return JunitFile::Unreadable(JunitError::Read {
                at: 0,
                message: error.to_string(),
            });
        }
    };
    match junit::read(BufReader::new(file), &Limits::default()) {
        Ok(junit) => JunitFile::Read(Box::new(junit)),
        Err(error) => JunitFile::Unreadable(error),
    }
}
