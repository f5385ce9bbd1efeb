//! Keeps the reader of JSON within its limits: it would put a string of any length into memory.

use std::{
    cell::Cell,
    io::{self, Read},
};

/// How far an input has come, for its reader and for what is made of it.
#[derive(Debug, Default)]
pub(super) struct Meter {
    at: Cell<u64>,
    since: Cell<u64>,
    passed: Cell<Option<(&'static str, u64)>>,
}

impl Meter {
    /// How many bytes were read.
    pub(super) const fn at(&self) -> u64 {
        self.at.get()
    }

    /// Says that a spec starts here.
    pub(super) fn start(&self) {
        self.since.set(self.at.get());
    }

    /// The limit that was passed, if one was.
    pub(super) const fn passed(&self) -> Option<(&'static str, u64)> {
        self.passed.get()
    }

    pub(super) fn pass(&self, what: &'static str, limit: u64) -> io::Error {
        self.passed.set(Some((what, limit)));
        io::Error::other("a limit is passed")
    }
}

/// An input that ends with an error once it or one spec of it is too long.
#[derive(Debug)]
pub(super) struct Metered<'m, R> {
    pub(super) input: R,
    pub(super) meter: &'m Meter,
    pub(super) bytes: u64,
    pub(super) spec: u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = self.meter.at.get();
        let spec_left = self
            .spec
            .saturating_sub(at.saturating_sub(self.meter.since.get()));
        let left = self.bytes.saturating_sub(at);
        // One byte more than is left shows that there is more.
        let most = usize::try_from(left.min(spec_left).saturating_add(1)).unwrap_or(usize::MAX);
        let most = most.min(buffer.len());
        let amount = self.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        let count = u64::try_from(amount).unwrap_or(u64::MAX);
        if count > left {
            return Err(self.meter.pass("bytes", self.bytes));
        }
        if count > spec_left {
            return Err(self.meter.pass("bytes in one spec", self.spec));
        }
        self.meter.at.set(at.saturating_add(count));
        Ok(amount)
    }
}
