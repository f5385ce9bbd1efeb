//! Takes from each file what it says.

use std::{
    cell::Cell,
    io::{BufReader, Read},
};

use super::{
    ArchiveError, ArchiveLimits, Evidence, Found, Note,
    budget::{Budget, Kind, Metered},
    layout::{self, Role},
    path, tarball, versions,
};
use crate::{ginkgo_report, junit, log};

/// Most notes that are kept.
const NOTES: usize = 100;

/// Reads the files of a folder that hydrophone, the suite's image or an unpacked tarball has left, given by their paths
/// in it. [`is_wanted`](super::is_wanted) tells which of them are looked into.
///
/// What passes `limits` and what leads out of the folder is an error.
pub fn read_files<P: AsRef<str>, R: Read>(
    files: impl IntoIterator<Item = (P, R)>,
    limits: &ArchiveLimits,
) -> Result<Evidence, ArchiveError> {
    let budget = Budget::new(*limits);
    let mut collector = Collector::new(&budget);
    for (path, file) in files {
        let path = path.as_ref();
        let plain = collector.path(path, 0)?;
        budget.entry();
        budget.check(&plain, 0)?;
        let at = Cell::new(0);
        let mut file = Metered {
            input: file,
            budget: &budget,
            kind: Kind::Unpacked,
            at: &at,
        };
        collector.file(&plain, 0, &mut file)?;
        budget.check(&plain, at.get())?;
    }
    Ok(collector.evidence)
}

/// What was taken so far.
pub(super) struct Collector<'b> {
    pub(super) budget: &'b Budget,
    pub(super) evidence: Evidence,
    /// The archive at hand lies in another one.
    nested: bool,
    /// The plugin in whose results it lies.
    plugin: Option<String>,
    files: usize,
}

impl<'b> Collector<'b> {
    pub(super) fn new(budget: &'b Budget) -> Self {
        Self {
            budget,
            evidence: Evidence::default(),
            nested: false,
            plugin: None,
            files: 0,
        }
    }

    pub(super) fn note(&mut self, path: &str, why: &'static str) {
        if self.evidence.notes.len() < NOTES {
            let path = path.to_owned();
            self.evidence.notes.push(Note { path, why });
        }
    }

    /// The path of an entry at `at`, if it may have it.
    pub(super) fn path(&self, path: &str, at: u64) -> Result<String, ArchiveError> {
        let limit = self.budget.limits().path;
        if path.len() > limit {
            self.budget
                .pass("bytes of a path", u64::try_from(limit).unwrap_or(u64::MAX));
            self.budget.check(&path::quoted(path), at)?;
        }
        path::plain(path).map_err(|path::Escapes| ArchiveError::Path {
            path: path::quoted(path),
            at,
        })
    }

    /// Takes a file whose path is plain. `at` is where it starts in its archive.
    pub(super) fn file(&mut self, path: &str, at: u64, input: &mut dyn Read) -> Result<(), ArchiveError> {
        let Some((role, plugin)) = layout::role(path) else {
            return Ok(());
        };
        self.files += 1;
        if self.files > self.budget.limits().files {
            let limit = u64::try_from(self.budget.limits().files).unwrap_or(u64::MAX);
            self.budget.pass("results files", limit);
        }
        self.budget.check(path, at)?;
        let plugin = plugin.map(str::to_owned).or_else(|| self.plugin.clone());
        match role {
            Role::Junit => self.junit(path, plugin, at, input),
            Role::Report => self.report(path, plugin, at, input),
            Role::Log => {
                match log::read(input) {
                    Ok(summary) => {
                        let found = self.found(path, plugin, summary);
                        self.evidence.logs.push(found);
                    }
                    Err(error) => return Err(self.unreadable(path, at, &error)),
                }
                Ok(())
            }
            Role::ServerVersion => {
                self.evidence.versions.server = versions::server(input);
                Ok(())
            }
            Role::ToolConfig => {
                self.evidence.versions.tool = versions::tool(input);
                Ok(())
            }
            Role::Tarball => self.tarball(path, plugin, input),
        }
    }

    fn junit(
        &mut self,
        path: &str,
        plugin: Option<String>,
        at: u64,
        input: &mut dyn Read,
    ) -> Result<(), ArchiveError> {
        let read = junit::read_telling(BufReader::new(input), &self.budget.limits().file);
        // The error of a limit of the archive, whatever the reader of the file made of it.
        self.budget.check(path, at)?;
        let value = read.map_err(|source| ArchiveError::Junit {
            path: path.to_owned(),
            source,
        })?;
        let found = self.found(path, plugin, value);
        self.evidence.junit.push(found);
        Ok(())
    }

    fn report(
        &mut self,
        path: &str,
        plugin: Option<String>,
        at: u64,
        input: &mut dyn Read,
    ) -> Result<(), ArchiveError> {
        let read = ginkgo_report::read_telling(input, &self.budget.limits().file);
        self.budget.check(path, at)?;
        let value = read.map_err(|source| ArchiveError::Report {
            path: path.to_owned(),
            source,
        })?;
        let found = self.found(path, plugin, value);
        self.evidence.reports.push(found);
        Ok(())
    }

    /// An archive in the archive, once.
    fn tarball(
        &mut self,
        path: &str,
        plugin: Option<String>,
        input: &mut dyn Read,
    ) -> Result<(), ArchiveError> {
        if self.nested {
            self.note(path, "an archive in an archive in the archive");
            return Ok(());
        }
        (self.nested, self.plugin) = (true, plugin);
        let read = tarball::walk(self, input, Kind::Unpacked, path);
        (self.nested, self.plugin) = (false, None);
        read
    }

    fn found<T>(&self, path: &str, plugin: Option<String>, value: T) -> Found<T> {
        Found {
            path: path.to_owned(),
            plugin,
            nested: self.nested,
            value,
        }
    }

    fn unreadable(&self, entry: &str, at: u64, error: &std::io::Error) -> ArchiveError {
        if let Err(passed) = self.budget.check(entry, at) {
            return passed;
        }
        ArchiveError::Read {
            entry: entry.to_owned(),
            at,
            message: error.to_string(),
        }
    }
}
