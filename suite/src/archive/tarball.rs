//! Walks through a tarball.

use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
};

use flate2::bufread::GzDecoder;
use tar::{Archive, Entry, EntryType};

use super::{
    ArchiveError, ArchiveLimits, Evidence,
    budget::{Budget, Kind, Metered},
    collect::Collector,
    path,
};

/// Longest list of extended attributes of one entry that is read.
const EXTENDED: u64 = 64 << 10;

/// Reads a tarball as sonobuoy leaves it, compressed or not.
///
/// A tarball that ends early gives what it holds and says so in [`Evidence::truncated`]. Links and devices are left out
/// with a note, and so are archives in archives in the archive. What passes `limits` and what leads out of the archive
/// is an error.
pub fn read_tarball(mut input: impl Read, limits: &ArchiveLimits) -> Result<Evidence, ArchiveError> {
    let budget = Budget::new(*limits);
    let mut collector = Collector::new(&budget);
    walk(&mut collector, &mut input, Kind::Packed, "")?;
    Ok(collector.evidence)
}

/// Walks through a tarball whose packed bytes are of this kind, and which is called `name` in another one.
pub(super) fn walk(
    collector: &mut Collector<'_>,
    input: &mut dyn Read,
    kind: Kind,
    name: &str,
) -> Result<(), ArchiveError> {
    let budget = collector.budget;
    let (packed_at, at) = (Cell::new(0), Cell::new(0));
    // The bytes of an archive in the archive are counted by what hands them on.
    let metered: &mut dyn Read = match kind {
        Kind::Packed => &mut Metered {
            input,
            budget,
            kind,
            at: &packed_at,
        },
        Kind::Unpacked => input,
    };
    let mut packed = BufReader::with_capacity(64 << 10, metered);
    let compressed = packed
        .fill_buf()
        .is_ok_and(|start| start.starts_with(&[0x1f, 0x8b]));
    let mut decoder;
    let plain: &mut dyn Read = if compressed {
        decoder = GzDecoder::new(packed);
        &mut decoder
    } else {
        &mut packed
    };
    let metered = Metered {
        input: plain,
        budget,
        kind: Kind::Unpacked,
        at: &at,
    };
    let mut walk = Walk {
        collector,
        at: &at,
        entry: name.to_owned(),
        long_name: None,
    };
    let mut archive = Archive::new(metered);
    let mut walked = match archive.entries() {
        Ok(entries) => walk.entries(entries.raw(true)),
        Err(error) => Err(walk.stopped(&error)),
    };
    // What is behind the end mark is nothing but the sum of what came before.
    if walked.is_ok()
        && let Err(error) = io::copy(&mut archive.into_inner(), &mut io::sink())
    {
        walked = Err(walk.stopped(&error));
    }
    let last = walk.entry;
    let truncated = match walked {
        // A tarball of nothing still has an end mark.
        Ok(()) if budget.is_cut() || at.get() == 0 => ArchiveError::Truncated {
            entry: last,
            at: at.get(),
        },
        Ok(()) => return Ok(()),
        Err(error @ ArchiveError::Truncated { .. }) => error,
        Err(error) => return Err(error),
    };
    budget.forgive_cut();
    collector.evidence.truncated.get_or_insert(truncated);
    Ok(())
}

struct Walk<'w, 'b> {
    collector: &'w mut Collector<'b>,
    at: &'w Cell<u64>,
    /// The last entry that was seen.
    entry: String,
    /// The name of the next entry, if it is too long for its own header.
    long_name: Option<String>,
}

impl Walk<'_, '_> {
    fn entries<'e, R: Read + 'e>(
        &mut self,
        entries: impl Iterator<Item = io::Result<Entry<'e, R>>>,
    ) -> Result<(), ArchiveError> {
        for entry in entries {
            self.collector.budget.entry();
            self.collector.budget.check(&self.entry, self.at.get())?;
            match entry {
                Ok(mut entry) => self.entry(&mut entry)?,
                Err(error) => return Err(self.stopped(&error)),
            }
        }
        Ok(())
    }

    fn entry<R: Read>(&mut self, entry: &mut Entry<'_, R>) -> Result<(), ArchiveError> {
        let at = entry.raw_header_position();
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let limit = u64::try_from(self.collector.budget.limits().path).unwrap_or(u64::MAX);
                let bytes = self.bytes(entry, limit.saturating_add(2))?;
                let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
                self.long_name = Some(String::from_utf8_lossy(name).into_owned());
                return Ok(());
            }
            EntryType::XHeader => {
                let bytes = self.bytes(entry, EXTENDED)?;
                self.long_name = extended_path(&bytes).or_else(|| self.long_name.take());
                return Ok(());
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => return Ok(()),
            _ => {}
        }
        let name = self
            .long_name
            .take()
            .unwrap_or_else(|| String::from_utf8_lossy(&entry.header().path_bytes()).into_owned());
        self.entry = path::quoted(&name);
        let path = self.collector.path(&name, at)?;
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous if !name.ends_with('/') => {
                self.collector.file(&path, at, entry)?;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::Directory => {}
            EntryType::Symlink | EntryType::Link => self.collector.note(&path, "a link"),
            _ => self.collector.note(&path, "neither a file nor a folder"),
        }
        self.collector.budget.check(&self.entry, self.at.get())
    }

    fn bytes<R: Read>(&self, entry: &mut Entry<'_, R>, most: u64) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = Vec::new();
        match entry.take(most).read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(self.stopped(&error)),
        }
    }

    /// Why the walk stops: a limit, the end of a cut archive, or what is no archive.
    fn stopped(&self, error: &io::Error) -> ArchiveError {
        let (entry, at) = (self.entry.clone(), self.at.get());
        if let Err(passed) = self.collector.budget.check(&entry, at) {
            return passed;
        }
        let message = error.to_string();
        if self.collector.budget.has_failed() {
            ArchiveError::Read { entry, at, message }
        } else if self.collector.budget.is_cut()
            || message.contains("EOF")
            || message.contains("entire block")
        {
            ArchiveError::Truncated { entry, at }
        } else {
            ArchiveError::Malformed { entry, at, message }
        }
    }
}

/// The path among extended attributes, each of which is `LENGTH KEY=VALUE` and a line end, LENGTH counting all of it.
fn extended_path(mut bytes: &[u8]) -> Option<String> {
    loop {
        let blank = memchr::memchr(b' ', bytes)?;
        let length: usize = std::str::from_utf8(bytes.get(..blank)?).ok()?.parse().ok()?;
        let record = bytes.get(blank + 1..length)?.trim_ascii_end();
        if let Some(path) = record.strip_prefix(b"path=") {
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        bytes = bytes.get(length..)?;
    }
}
