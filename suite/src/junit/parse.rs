//! From markup to cases.

use std::{
    borrow::Cow,
    io::{BufRead, Read},
};

use super::{
    Junit, JunitError, Limits,
    case::{self, OpenCase, Status, Verdict},
    entities,
    kept::{Keep, Kept},
    markup::{Fault, Scan, Token, scan},
    names::Names,
    tag::{Tag, Wanted},
    window::Window,
};
use crate::{InvalidTestName, test_name, text};

/// Reads a JUnit file of either dialect: Ginkgo v1 (Kubernetes up to 1.24) and Ginkgo v2.
///
/// A file that ends early gives what it holds and says so in [`Junit::truncated`]. Anything else that is wrong is an
/// error with its place, and so is what passes `limits`: a file that cannot be trusted says nothing.
pub fn read(mut input: impl BufRead, limits: &Limits) -> Result<Junit, JunitError> {
    parse(&mut input, limits, Keep::All)
}

/// Reads a JUnit file as [`read`] does, but keeps only the entries that started: what is `filtered` is counted in
/// [`Junit::filtered`] and not stored. That is what a verdict needs, and a twentieth of the memory.
///
/// A test that the file says both to have passed and not to have started is not known to have passed: it is not kept.
pub fn read_measured(mut input: impl BufRead, limits: &Limits) -> Result<Junit, JunitError> {
    parse(&mut input, limits, Keep::Measured)
}

fn parse(input: &mut dyn Read, limits: &Limits, keep: Keep) -> Result<Junit, JunitError> {
    let mut window = Window::new(input, limits.bytes, limits.tag.max(limits.text));
    let mut parser = Parser::new(limits, keep);
    loop {
        parser.at = window.at();
        let length = match scan(window.bytes(), window.has_ended()) {
            Scan::Token(token, length) => {
                parser.token(&token, length)?;
                length
            }
            Scan::Fault(fault) => return Err(parser.fault(fault)),
            Scan::Cut if !window.has_ended() => {
                window.more()?;
                0
            }
            Scan::Cut => break,
        };
        window.advance(length);
        if parser.may_be_filtered()
            && let Some(length) = filtered_tail(window.bytes(), limits)
        {
            parser.leave_filtered();
            window.advance(length);
        }
    }
    if !parser.is_whole() || !window.bytes().is_empty() {
        parser.junit.truncated = Some(JunitError::Truncated { at: window.end() });
    }
    Ok(parser.finish())
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

struct Parser<'a> {
    limits: &'a Limits,
    junit: Junit,
    kept: Kept,
    /// Where the token at hand starts.
    at: u64,
    names: Names,
    /// The root element has come.
    started: bool,
    entries: usize,
    properties: usize,
    /// How long the text at hand is so far.
    run: usize,
    /// The normalised name of the open test case, in memory that is used again and again.
    name: String,
    open: Option<(usize, OpenCase)>,
    verdict: Option<(usize, Verdict)>,
}

impl<'a> Parser<'a> {
    fn new(limits: &'a Limits, keep: Keep) -> Self {
        Self {
            limits,
            junit: Junit::default(),
            kept: Kept::new(keep),
            at: 0,
            names: Names::default(),
            started: false,
            entries: 0,
            properties: 0,
            run: 0,
            name: String::new(),
            open: None,
            verdict: None,
        }
    }

    const fn is_whole(&self) -> bool {
        self.started && self.names.depth() == 0
    }

    fn token(&mut self, token: &Token<'_>, length: usize) -> Result<(), JunitError> {
        // Only text comes in parts.
        self.run = match token {
            Token::Text(_) => self.run.saturating_add(length),
            _ => 0,
        };
        let most = self.limits.tag.max(self.limits.text);
        if length.max(self.run) > most {
            return Err(JunitError::too_large(self.at, "bytes in one piece", most));
        }
        match token {
            Token::Start(tag) => self.start(tag),
            Token::End(name) => self.end(name),
            Token::Text(text) | Token::CData(text) => self.text(text),
            Token::Reference(name) => {
                let character = entities::resolve(name).map_err(|fault| self.fault(fault))?;
                self.text(character.encode_utf8(&mut [0; 4]))
            }
            Token::DocType => Err(JunitError::DocumentType { at: self.at }),
            Token::Other => Ok(()),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) -> Result<(), JunitError> {
        if tag.length > self.limits.tag {
            return Err(JunitError::too_large(
                self.at,
                "bytes in one tag",
                self.limits.tag,
            ));
        }
        let depth = self.names.depth() + 1;
        if depth > self.limits.depth {
            return Err(JunitError::too_large(
                self.at,
                "nested elements",
                self.limits.depth,
            ));
        }
        if depth == 1 {
            self.root(tag.name)?;
        } else {
            self.element(tag, depth)?;
        }
        if tag.empty {
            self.leave(depth);
        } else {
            self.names.open(tag.name);
        }
        Ok(())
    }

    /// True right behind the start tag of a test that did not start, as far as that tag says.
    fn may_be_filtered(&self) -> bool {
        self.verdict.is_none()
            && self.names.depth() < self.limits.depth
            && matches!(&self.open, Some((depth, case)) if *depth == self.names.depth() && case.may_be_filtered())
    }

    /// A test case ends as [`filtered_tail`] says.
    fn leave_filtered(&mut self) {
        if let Some((_, case)) = self.open.take() {
            self.names.close_last();
            self.kept.take(&self.name, case.filtered());
        }
    }

    fn element(&mut self, tag: &Tag<'_>, depth: usize) -> Result<(), JunitError> {
        match (tag.name, &self.open) {
            ("testcase", None) => self.start_case(tag, depth),
            ("testcase", Some(_)) => Err(self.wrong("a test case inside a test case")),
            ("property", None) => self.property(tag),
            (name, Some((case, _))) if *case + 1 == depth => match case::Tag::of(name) {
                Some(kind) => self.start_verdict(kind, tag, depth),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn root(&mut self, name: &str) -> Result<(), JunitError> {
        if self.started {
            return Err(self.wrong("a second root element"));
        }
        self.started = true;
        match name {
            "testsuites" | "testsuite" => Ok(()),
            other => Err(self.not_junit(other)),
        }
    }

    fn start_case(&mut self, tag: &Tag<'_>, depth: usize) -> Result<(), JunitError> {
        self.entries += 1;
        if self.entries > self.limits.cases {
            return Err(JunitError::too_large(self.at, "test cases", self.limits.cases));
        }
        let name = self.value(tag, Wanted::Name)?.unwrap_or_default();
        let name = test_name::normalised(&name);
        let name = name.map_err(|source: InvalidTestName| JunitError::Name { at: self.at, source })?;
        self.name.clear();
        self.name.push_str(&name);
        let status = self.value(tag, Wanted::Status)?.as_deref().map(Status::of);
        let duration = case::duration(self.value(tag, Wanted::Time)?.as_deref());
        self.open = Some((depth, OpenCase::new(status, duration)));
        Ok(())
    }

    fn start_verdict(&mut self, kind: case::Tag, tag: &Tag<'_>, depth: usize) -> Result<(), JunitError> {
        let verdict = Verdict {
            tag: kind,
            kind: self.value(tag, Wanted::Type)?.map(Cow::into_owned),
            message: self.value(tag, Wanted::Message)?.map(Cow::into_owned),
            text: String::new(),
        };
        self.verdict = Some((depth, verdict));
        Ok(())
    }

    fn property(&mut self, tag: &Tag<'_>) -> Result<(), JunitError> {
        self.properties += 1;
        if self.properties > self.limits.properties {
            return Err(JunitError::too_large(
                self.at,
                "properties",
                self.limits.properties,
            ));
        }
        let name = self.value(tag, Wanted::Name)?.unwrap_or_default();
        let value = self.value(tag, Wanted::Value)?.unwrap_or_default();
        self.junit.properties.take(&name, &value);
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), JunitError> {
        let depth = self.names.depth();
        self.names.close(name).map_err(|message| self.wrong(&message))?;
        self.leave(depth);
        Ok(())
    }

    /// An element ends.
    fn leave(&mut self, depth: usize) {
        if let Some((_, verdict)) = self.verdict.take_if(|(open, _)| *open == depth)
            && let Some((_, case)) = &mut self.open
        {
            case.take(verdict);
        }
        if let Some((_, case)) = self.open.take_if(|(open, _)| *open == depth) {
            self.kept.take(&self.name, case.finish());
        }
    }

    fn text(&mut self, piece: &str) -> Result<(), JunitError> {
        if let Some((_, verdict)) = &mut self.verdict {
            // Twice what is kept: trimming and shortening come at the end.
            let room = (2 * text::MESSAGE_BYTES).saturating_sub(verdict.text.len());
            verdict.text.push_str(text::truncated(piece, room));
        } else if self.names.depth() == 0 {
            // A mark of the byte order may stand before all else.
            let piece = piece
                .strip_prefix('\u{feff}')
                .filter(|_| self.at == 0)
                .unwrap_or(piece)
                .trim();
            if !piece.is_empty() {
                return Err(self.not_junit(piece));
            }
        }
        Ok(())
    }

    fn value<'t>(&self, tag: &Tag<'t>, wanted: Wanted) -> Result<Option<Cow<'t, str>>, JunitError> {
        tag.value(wanted).map_err(|fault| self.fault(fault))
    }

    fn fault(&self, fault: Fault) -> JunitError {
        match fault {
            Fault::Malformed(message) => JunitError::Malformed { at: self.at, message },
            Fault::Entity(name) => JunitError::Entity { at: self.at, name },
        }
    }

    fn wrong(&self, message: &str) -> JunitError {
        self.fault(Fault::Malformed(message.to_owned()))
    }

    fn not_junit(&self, found: &str) -> JunitError {
        JunitError::NotJunit {
            at: self.at,
            found: text::truncated(found, 64).to_owned(),
        }
    }

    fn finish(mut self) -> Junit {
        // A test case that is cut off after its start tag still says how it ended, if it has a status.
        if let Some((_, case)) = self.open.take()
            && case.status.is_some()
        {
            self.kept.take(&self.name, case.finish());
        }
        self.kept.finish(&mut self.junit);
        self.junit
    }
}
