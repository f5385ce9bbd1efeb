//! From bytes to cases, one piece of markup at a time.

use std::io::{BufRead, Read};

use super::{
    Junit, JunitError, Limits,
    kept::Keep,
    markup::{Fault, Scan, scan},
    parser::Parser,
    window::Window,
};

/// Reads a JUnit file of either dialect: Ginkgo v1 (Kubernetes up to 1.24) and Ginkgo v2.
///
/// A file that ends early gives what it holds and says so in [`Junit::truncated`]. Anything else that is wrong is an
/// error with its place, and so is what passes `limits`: a file that cannot be trusted says nothing.
pub fn read(mut input: impl BufRead, limits: &Limits) -> Result<Junit, JunitError> {
    parse(&mut input, limits, Keep::All)
}

/// Reads a JUnit file as [`read`] does, but keeps only what says something of a cluster: the entries that started, and
/// those whose names carry a mark of conformance, `[Conformance]`, `[FutureConformance]` or a constraint. The others are
/// counted in [`Junit::filtered`] and not stored: thousands of them, which no verdict needs.
///
/// A test that the file says both to have passed and not to have started is not known to have passed.
pub fn read_telling(mut input: impl BufRead, limits: &Limits) -> Result<Junit, JunitError> {
    parse(&mut input, limits, Keep::Telling)
}

/// Reads a JUnit file of any tool as [`read`] does. The name of a test is that of its class, a blank, and its own.
pub fn read_with_classes(mut input: impl BufRead, limits: &Limits) -> Result<Junit, JunitError> {
    parse(&mut input, limits, Keep::WithClass)
}

fn parse(input: &mut dyn Read, limits: &Limits, keep: Keep) -> Result<Junit, JunitError> {
    let mut window = Window::new(input, limits.bytes, limits.tag.max(limits.text));
    let mut parser = Parser::new(limits, keep);
    loop {
        // All that is in sight at once: to look at each token costs several times as much.
        let (text, fault) = utf8(window.bytes());
        let behind = window.at();
        let read = walk(&mut parser, text, behind)?;
        window.advance(read);
        if let Some(message) = fault {
            parser.at = window.at();
            return Err(parser.fault(Fault::Malformed(message)));
        }
        if window.has_ended() {
            break;
        }
        window.more()?;
    }
    let cut = !parser.is_whole() || !window.bytes().is_empty();
    Ok(parser.finish(cut.then_some(window.end())))
}

/// Reads what is whole of a text that is at this place of the file, and says how much it is.
fn walk(parser: &mut Parser<'_>, mut text: &str, start: u64) -> Result<usize, JunitError> {
    let whole = text.len();
    let read = |text: &str| whole.saturating_sub(text.len());
    loop {
        parser.at = start.saturating_add(u64::try_from(read(text)).unwrap_or(u64::MAX));
        let length = match scan(text) {
            Scan::Token(token, length) => {
                parser.token(&token, length)?;
                length
            }
            Scan::Fault(fault) => return Err(parser.fault(fault)),
            Scan::Cut => return Ok(read(text)),
        };
        text = text.get(length..).unwrap_or_default();
        if parser.may_be_filtered()
            && let Some(length) = filtered_tail(text.as_bytes(), parser.limits)
        {
            parser.leave_filtered();
            text = text.get(length..).unwrap_or_default();
        }
    }
}

/// The text that the bytes start with, and what is wrong with the byte behind it. A character may be cut.
fn utf8(bytes: &[u8]) -> (&str, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let fault = error.error_len().map(|_| "the bytes are not UTF-8".to_owned());
            (std::str::from_utf8(good).unwrap_or_default(), fault)
        }
    }
}

/// How long the rest of a test case is that Ginkgo v2 writes for a test which was not selected, if it is just that.
///
/// Nearly all of a file is such test cases, and to take one apart costs several times as much as to know it.
fn filtered_tail(bytes: &[u8], limits: &Limits) -> Option<usize> {
    const SKIPPED: &[u8] = b"<skipped message=\"skipped\"></skipped>";
    let rest = bytes
        .trim_ascii_start()
        .strip_prefix(SKIPPED)?
        .trim_ascii_start()
        .strip_prefix(b"</testcase>")?;
    let length = bytes.len().saturating_sub(rest.len());
    // What comes near a limit is taken apart, which finds what passes it.
    (length <= limits.text && SKIPPED.len() <= limits.tag).then_some(length)
}
