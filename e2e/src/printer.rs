//! The only place that prints.

use std::io::Write;

/// A line of the answer, to stdout.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A remark on what goes on, to stderr.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The headline of a step, to stderr.
pub fn step(text: &str) {
    note(&format!("\n==> {text}"));
}
