//! The part of a file that is looked at, and how much of the file may be.

use std::io::{ErrorKind, Read};

use super::JunitError;

/// How much is read at once. Small enough for the first level caches to keep what comes next, large enough that the
/// cut token at its end, which is looked at twice, does not matter.
const CHUNK: usize = 64 << 10;

/// A window on an input, moved forward token by token. It grows only for a token that does not fit.
///
/// The input is not a type parameter: reading is compiled here, with this crate's optimisations, and not in each crate
/// that reads.
pub(super) struct Window<'r> {
    input: &'r mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where in the file the window's first byte is.
    at: u64,
    /// How many more bytes may be read.
    left: u64,
    bytes: u64,
    piece: usize,
    ended: bool,
}

impl<'r> Window<'r> {
    /// Allows `bytes` in all and `piece` in one token.
    pub(super) fn new(input: &'r mut dyn Read, bytes: u64, piece: usize) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            at: 0,
            left: bytes,
            bytes,
            piece,
            ended: false,
        }
    }

    /// What is in sight.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Where the first byte in sight is.
    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    /// Where the input ends, as far as it was read.
    pub(super) fn end(&self) -> u64 {
        self.at.saturating_add(count(self.end.saturating_sub(self.start)))
    }

    /// True if nothing comes behind what is in sight.
    pub(super) const fn has_ended(&self) -> bool {
        self.ended
    }

    /// Leaves bytes behind.
    pub(super) fn advance(&mut self, amount: usize) {
        self.start = self.start.saturating_add(amount).min(self.end);
        self.at = self.at.saturating_add(count(amount));
    }

    /// Brings more in sight, up to a full buffer, so that the token at hand is looked at seldom and not once for every
    /// few bytes that the input gives.
    pub(super) fn more(&mut self) -> Result<(), JunitError> {
        if self.end.saturating_sub(self.start) > self.piece {
            return Err(self.piece_too_long());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end = self.end.saturating_sub(self.start);
        self.start = 0;
        if self.end.saturating_mul(2) > self.buffer.len() || self.buffer.is_empty() {
            // One byte beyond the limit is enough to know.
            let most = self.piece.saturating_add(1).max(CHUNK);
            self.buffer
                .resize(self.buffer.len().saturating_mul(2).clamp(CHUNK, most), 0);
        }
        while !self.ended && self.end < self.buffer.len() {
            self.fill()?;
        }
        Ok(())
    }

    /// A token that is longer than any may be.
    pub(super) fn piece_too_long(&self) -> JunitError {
        JunitError::too_large(self.at, "bytes in one piece", self.piece)
    }

    fn fill(&mut self) -> Result<(), JunitError> {
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        // A byte more than is left tells a file of just that size from a longer one.
        let most =
            usize::try_from(self.left.saturating_add(1)).map_or(room.len(), |left| left.min(room.len()));
        match self.input.read(room.get_mut(..most).unwrap_or_default()) {
            Ok(0) => self.ended = true,
            Ok(amount) if count(amount) > self.left => {
                return Err(JunitError::TooLarge {
                    at: self.bytes,
                    what: "bytes",
                    limit: self.bytes,
                });
            }
            Ok(amount) => {
                self.left = self.left.saturating_sub(count(amount));
                self.end = self.end.saturating_add(amount);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A compressed input that is cut ends so, and what it gave before is good.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => self.ended = true,
            Err(error) => {
                return Err(JunitError::Read {
                    at: self.end(),
                    message: error.to_string(),
                });
            }
        }
        Ok(())
    }
}

fn count(amount: usize) -> u64 {
    u64::try_from(amount).unwrap_or(u64::MAX)
}
