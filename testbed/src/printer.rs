//! The only place that prints.

use std::io::Write;

/// A line of the answer, to stdout.
pub fn line(text: &str) {
    // A reader that went away (`| head`) is no reason to fail.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A remark on what goes on, to stderr.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
