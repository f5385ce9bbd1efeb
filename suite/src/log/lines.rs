//! The lines of a log of any length.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use super::LINE_BYTES;

/// How much is read at once.
const PIECE: usize = 64 << 10;

/// The lines of a log, of which no more is kept than the one at hand.
#[derive(Debug, Default)]
pub(super) struct Lines {
    line: Vec<u8>,
    number: usize,
}

impl Lines {
    /// Gives each line with its number. One that is longer than what is looked at comes as its start, which is too long too.
    pub(super) fn read(mut self, mut input: impl Read, mut give: impl FnMut(usize, &str)) -> io::Result<()> {
        let mut buffer = vec![0; PIECE];
        loop {
            let amount = match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(amount) => amount,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let mut piece = buffer.get(..amount).unwrap_or_default();
            while let Some(end) = memchr::memchr(b'\n', piece) {
                let (line, rest) = piece.split_at(end);
                self.push(line);
                self.end(true, &mut give);
                piece = rest.get(1..).unwrap_or_default();
            }
            self.push(piece);
        }
        if !self.line.is_empty() {
            self.end(false, &mut give);
        }
        Ok(())
    }

    fn push(&mut self, part: &[u8]) {
        // Room for a carriage return, and for a byte that makes it too long.
        let room = (LINE_BYTES + 2).saturating_sub(self.line.len());
        self.line.extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn end(&mut self, is_whole: bool, give: &mut impl FnMut(usize, &str)) {
        self.number += 1;
        let line = match self.line.as_slice() {
            [line @ .., b'\r'] if is_whole && self.line.len() < LINE_BYTES + 2 => line,
            line => line,
        };
        // Logs are as good as always UTF-8, and to see that is faster than to look for what is not.
        match std::str::from_utf8(line) {
            Ok(text) => give(self.number, text),
            Err(_) => give(self.number, &String::from_utf8_lossy(line)),
        }
        self.line.clear();
    }
}

/// The line without the colours that ginkgo puts into it.
pub(super) fn plain(line: &str) -> Cow<'_, str> {
    if memchr::memchr(0x1b, line.as_bytes()).is_none() {
        return Cow::Borrowed(line);
    }
    let mut parts = line.split('\u{1b}');
    let head = parts.next().unwrap_or_default();
    let whole = parts.fold(head.to_owned(), |mut text, part| {
        text.push_str(part.split_once('m').map_or(part, |(_, rest)| rest));
        text
    });
    Cow::Owned(whole)
}
