//! What a suite wrote. It may have written anything: links to other files, pipes that never end, too much of all.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use conform_crds::names;
use conform_suite::{Junit, Limits, junit};

use crate::artifacts::open_file;

/// Most JUnit files. Each is kept, and an attempt lists at most 16 files.
const MAX_JUNIT: usize = 15;
/// Most files that are looked at.
const MAX_FILES: usize = 1000;
/// Longest report of Gateway API's suite that is kept, in bytes.
const MAX_REPORT: u64 = 1 << 20;

/// The files that count.
#[derive(Debug)]
pub struct Files {
    /// Where the JUnit files are, sorted by name.
    pub junit: Vec<PathBuf>,
    /// What all of them say together; none if there is none. The error is for people.
    pub read: Result<Option<Box<Junit>>, String>,
    /// True if there is a report of Gateway API's suite.
    pub gateway_report: bool,
}

impl Files {
    /// Files of which nothing can be read.
    pub const fn unreadable(why: String) -> Self {
        Self {
            junit: Vec::new(),
            read: Err(why),
            gateway_report: false,
        }
    }
}

/// Reads the files in `dir`. Folders in it do not count.
pub fn read(dir: &Path) -> Files {
    let junit = match found(dir) {
        Ok(junit) => junit,
        Err(why) => return Files::unreadable(why),
    };
    let read = joined(&junit);
    Files {
        junit,
        read,
        gateway_report: is_gateway_report(&dir.join(names::GATEWAY_REPORT)),
    }
}

fn found(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: io::Error| format!("the folder of its results cannot be read: {error}");
    let mut junit = Vec::new();
    for (place, entry) in fs::read_dir(dir).map_err(failed)?.enumerate() {
        if place >= MAX_FILES {
            return Err(format!("it wrote more than {MAX_FILES} files"));
        }
        let path = entry.map_err(failed)?.path();
        let is_xml = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("xml"));
        if is_xml {
            junit.push(path);
        }
    }
    if junit.len() > MAX_JUNIT {
        return Err(format!(
            "it wrote {} JUnit files, and may write {MAX_JUNIT}",
            junit.len()
        ));
    }
    junit.sort();
    Ok(junit)
}

/// All files as one. One that cannot be read says nothing, and then nobody knows what is missing.
fn joined(paths: &[PathBuf]) -> Result<Option<Box<Junit>>, String> {
    let limits = Limits {
        bytes: 64 << 20,
        cases: 4000,
        ..Limits::default()
    };
    let one = |path: &PathBuf| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let file = open_file(path).map_err(|error| format!("{name} cannot be read: {error}"))?;
        let junit = junit::read_with_classes(BufReader::new(file), &limits)
            .map_err(|error| format!("{name} cannot be read: {error}"))?;
        match &junit.truncated {
            Some(error) => Err(format!("{name} is cut off: {error}")),
            None => Ok(junit),
        }
    };
    let parts: Result<Vec<Junit>, String> = paths.iter().map(one).collect();
    Ok(Junit::join(parts?).map(Box::new))
}

/// True if this is a ConformanceReport, and not anything else of that name.
fn is_gateway_report(path: &Path) -> bool {
    let text = open_file(path).and_then(|file: File| {
        let mut text = String::new();
        file.take(MAX_REPORT + 1).read_to_string(&mut text).map(|_| text)
    });
    text.is_ok_and(|text| {
        let fits = u64::try_from(text.len()).is_ok_and(|length| length <= MAX_REPORT);
        fits && text
            .lines()
            .any(|line| line.strip_prefix("kind:").map(str::trim) == Some("ConformanceReport"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn junit(names: &[&str]) -> String {
        let cases: Vec<String> = names
            .iter()
            .map(|name| format!("<testcase classname=\"pkg\" name=\"{name}\"/>"))
            .collect();
        format!("<testsuite>{}</testsuite>", cases.concat())
    }

    fn dir(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(dir.path().join(name), content).unwrap();
        }
        dir
    }

    fn names(files: &Files) -> Vec<&str> {
        let junit = files.read.as_ref().unwrap().as_ref().unwrap();
        junit.cases.iter().map(|case| case.name.as_str()).collect()
    }

    #[test]
    fn all_junit_files_are_one() {
        let (one, two) = (junit(&["a"]), junit(&["b"]));
        let dir = dir(&[("TEST-x.XML", &two), ("junit.xml", &one), ("log.txt", "x")]);
        let files = read(dir.path());
        assert_eq!(names(&files), ["pkg a", "pkg b"]);
        assert_eq!(files.junit.len(), 2);
        assert!(!files.gateway_report);
    }

    #[test]
    fn no_file_is_told_from_one_that_cannot_be_read() {
        assert!(matches!(read(dir(&[("a.txt", "")]).path()).read, Ok(None)));
        let whole = junit(&["a"]);
        for (content, why) in [
            ("", "cut off"),
            ("<html/>", "cannot be read"),
            (&whole[..whole.len() - 4], "cut off"),
        ] {
            let said = read(dir(&[("a.xml", content), ("b.xml", &whole)]).path())
                .read
                .unwrap_err();
            assert!(said.starts_with("a.xml") && said.contains(why), "{said}");
        }
        assert!(read(Path::new("/nonesuch")).read.is_err());
    }

    #[test]
    fn links_and_pipes_are_not_followed() {
        let dir = dir(&[]);
        let secret = tempfile::NamedTempFile::new().unwrap();
        fs::write(secret.path(), junit(&["token"])).unwrap();
        std::os::unix::fs::symlink(secret.path(), dir.path().join("a.xml")).unwrap();
        assert!(read(dir.path()).read.is_err());
        fs::remove_file(dir.path().join("a.xml")).unwrap();
        let pipe = dir.path().join("b.xml");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        assert!(read(dir.path()).read.unwrap_err().contains("no file"));
    }

    #[test]
    fn too_many_files_are_refused() {
        let whole = junit(&["a"]);
        let names: Vec<String> = (0..16).map(|one| format!("{one}.xml")).collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), whole.as_str())).collect();
        assert_eq!(
            read(dir(&files).path()).read.unwrap_err(),
            "it wrote 16 JUnit files, and may write 15"
        );
    }

    #[test]
    fn a_report_is_known_by_its_kind() {
        let report = "apiVersion: gateway.networking.k8s.io/v1\nkind: ConformanceReport\n";
        assert!(read(dir(&[("report.yaml", report)]).path()).gateway_report);
        assert!(!read(dir(&[("report.yaml", "kind: Secret\n")]).path()).gateway_report);
    }
}
