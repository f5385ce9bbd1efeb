//! How much of an archive was read, and how much of it may be.

use std::{
    cell::Cell,
    io::{self, ErrorKind, Read},
};

use super::{ArchiveError, ArchiveLimits};

/// What an archive, and the archives in it, may still use up.
#[derive(Debug)]
pub(super) struct Budget {
    limits: ArchiveLimits,
    packed: Cell<u64>,
    unpacked: Cell<u64>,
    entries: Cell<u64>,
    passed: Cell<Option<(&'static str, u64)>>,
    failed: Cell<bool>,
    cut: Cell<bool>,
}

/// Which bytes a reader counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Packed,
    Unpacked,
}

impl Budget {
    pub(super) const fn new(limits: ArchiveLimits) -> Self {
        Self {
            limits,
            packed: Cell::new(0),
            unpacked: Cell::new(0),
            entries: Cell::new(0),
            passed: Cell::new(None),
            failed: Cell::new(false),
            cut: Cell::new(false),
        }
    }

    pub(super) const fn limits(&self) -> &ArchiveLimits {
        &self.limits
    }

    /// True if a compressed input ended in the middle.
    pub(super) const fn is_cut(&self) -> bool {
        self.cut.get()
    }

    pub(super) fn forgive_cut(&self) {
        self.cut.set(false);
    }

    /// Counts one more entry.
    pub(super) fn entry(&self) {
        let entries = self.entries.get().saturating_add(1);
        self.entries.set(entries);
        if entries > self.limits.entries {
            self.pass("entries", self.limits.entries);
        }
    }

    pub(super) fn pass(&self, what: &'static str, limit: u64) {
        self.passed.set(Some((what, limit)));
    }

    /// The error of a limit that was passed: whatever a reader made of it, this is the cause.
    pub(super) fn check(&self, entry: &str, at: u64) -> Result<(), ArchiveError> {
        match self.passed.get() {
            Some((what, limit)) => Err(ArchiveError::TooLarge {
                entry: entry.to_owned(),
                at,
                what,
                limit,
            }),
            None => Ok(()),
        }
    }

    /// True if the caller's input failed, other than by ending.
    pub(super) const fn has_failed(&self) -> bool {
        self.failed.get()
    }

    const fn counter(&self, kind: Kind) -> (&Cell<u64>, &'static str, u64) {
        match kind {
            Kind::Packed => (&self.packed, "bytes, packed", self.limits.packed),
            Kind::Unpacked => (&self.unpacked, "bytes, unpacked", self.limits.unpacked),
        }
    }
}

/// An input whose bytes are counted.
pub(super) struct Metered<'b, R> {
    pub(super) input: R,
    pub(super) budget: &'b Budget,
    pub(super) kind: Kind,
    /// Where this input is.
    pub(super) at: &'b Cell<u64>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = match self.input.read(buffer) {
            Ok(amount) => amount,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            // A compressed input that is cut says so; to what reads it, it just ends.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                self.budget.cut.set(true);
                0
            }
            Err(error) => {
                if self.kind == Kind::Packed {
                    self.budget.failed.set(true);
                }
                return Err(error);
            }
        };
        let count = u64::try_from(amount).unwrap_or(u64::MAX);
        self.at.set(self.at.get().saturating_add(count));
        let (used, what, limit) = self.budget.counter(self.kind);
        used.set(used.get().saturating_add(count));
        if used.get() > limit {
            self.budget.pass(what, limit);
            return Err(io::Error::other("a limit is passed"));
        }
        Ok(amount)
    }
}
