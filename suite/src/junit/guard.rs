//! Keeps a reader within its limits, and knows whether it came to the end.

use std::io::{self, BufRead, Read};

/// Most bytes that are handed on at once, so that a limit is looked at often whatever the input buffers.
const CHUNK: usize = 64 << 10;

/// An input that ends with an error once it or one token of it is too long.
#[derive(Debug)]
pub(super) struct Guard<R> {
    input: R,
    bytes_read: u64,
    bytes_left: u64,
    token: usize,
    token_left: usize,
    state: State,
}

/// How far the input has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There may be more.
    Open,
    /// The input has no more.
    Ended,
    /// The input has more bytes than it may.
    TooManyBytes,
    /// One token has more bytes than it may.
    TokenTooLong,
}

impl<R: BufRead> Guard<R> {
    /// Allows `bytes` in all and `token` between two calls of [`Guard::next_token`].
    pub(super) fn new(input: R, bytes: u64, token: usize) -> Self {
        Self {
            input,
            bytes_read: 0,
            bytes_left: bytes,
            token,
            token_left: token,
            state: State::Open,
        }
    }

    pub(super) const fn state(&self) -> State {
        self.state
    }

    /// How many bytes have been handed on.
    pub(super) const fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Says that a token ends here.
    pub(super) const fn next_token(&mut self) {
        self.token_left = self.token;
    }
}

impl<R: BufRead> BufRead for Guard<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let available = self.input.fill_buf()?;
        let over = if available.is_empty() {
            self.state = State::Ended;
            return Ok(available);
        } else if self.bytes_left == 0 {
            State::TooManyBytes
        } else if self.token_left == 0 {
            State::TokenTooLong
        } else {
            let most = CHUNK
                .min(self.token_left)
                .min(usize::try_from(self.bytes_left).unwrap_or(CHUNK));
            return Ok(available.get(..most).unwrap_or(available));
        };
        self.state = over;
        Err(io::Error::other("a limit is passed"))
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
        let bytes = u64::try_from(amount).unwrap_or(u64::MAX);
        self.bytes_read = self.bytes_read.saturating_add(bytes);
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        self.token_left = self.token_left.saturating_sub(amount);
    }
}

impl<R: BufRead> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.fill_buf()?.read(buffer)?;
        self.consume(amount);
        Ok(amount)
    }
}
