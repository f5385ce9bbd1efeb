//! The only place that writes to stdout and stderr.

use std::{
    io::{self, ErrorKind, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use anstyle::{AnsiColor, Style};

use crate::{error::Error, render::DEFAULT_WIDTH, text::clean};

/// Below this, tables are unreadable whatever is done.
const MIN_WIDTH: u16 = 60;

/// Writes results to stdout, and to stderr what is said about them.
///
/// A reader that went away (`kubectl conform get | head -1`) is no error: what is still to be written is dropped.
#[derive(Debug)]
pub struct Printer {
    closed: AtomicBool,
    stdout_is_terminal: bool,
    stderr_is_terminal: bool,
}

impl Printer {
    /// A printer to this process's streams.
    pub fn new() -> Self {
        Self {
            closed: AtomicBool::new(false),
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// True once nobody reads stdout any more.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// True if people watch stderr.
    pub fn is_interactive(&self) -> bool {
        self.stderr_is_terminal
    }

    /// How many characters fit into a line of the terminal that shows stdout; nothing if it goes elsewhere.
    pub fn terminal_width(&self) -> Option<u16> {
        let size = self
            .stdout_is_terminal
            .then(|| terminal_size::terminal_size_of(io::stdout()))
            .flatten();
        size.map(|(width, _)| width.0.max(MIN_WIDTH))
    }

    /// How wide a page for people is.
    pub fn width(&self) -> u16 {
        self.terminal_width().unwrap_or(DEFAULT_WIDTH)
    }

    /// Writes one or more lines for people to stdout.
    pub fn out(&self, text: &str) -> Result<(), Error> {
        let text = clean(text);
        self.write(text.as_bytes())?;
        if text.ends_with('\n') {
            Ok(())
        } else {
            self.write(b"\n")
        }
    }

    /// Writes data to stdout as it is, unless a terminal would obey parts of it.
    pub fn data(&self, bytes: &[u8]) -> Result<(), Error> {
        if self.stdout_is_terminal {
            self.write(clean(&String::from_utf8_lossy(bytes)).as_bytes())
        } else {
            self.write(bytes)
        }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        if self.closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(Error::Output(error)),
        }
    }

    /// Says something about the work on stderr.
    #[expect(clippy::unused_self, reason = "whoever may speak holds a printer")]
    pub fn note(&self, text: &str) {
        // Nobody can be told that stderr does not work.
        let _ = writeln!(anstream::stderr(), "{}", clean(text));
    }

    /// Says why the command failed.
    #[expect(clippy::unused_self, reason = "whoever may speak holds a printer")]
    pub fn error(&self, error: &Error) {
        let style = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let _ = writeln!(
            anstream::stderr(),
            "{style}error:{style:#} {}",
            clean(&error.to_string())
        );
    }
}
