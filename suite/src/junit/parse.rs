//! From bytes to cases, one XML event at a time.

use std::{borrow::Cow, io::BufRead};

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::{
    Case, Junit, JunitError, Limits,
    attributes::{self, Fault},
    case::{self, OpenCase, Status, Tag, Verdict},
    guard::{Guard, State},
};
use crate::{InvalidTestName, TestName, text};

/// Reads a JUnit file of either dialect: Ginkgo v1 (Kubernetes up to 1.24) and Ginkgo v2.
///
/// A file that ends early gives what it holds and says so in [`Junit::truncated`]. Anything else that is wrong is an
/// error with its place, and so is what passes `limits`: a file that cannot be trusted says nothing.
pub fn read(input: impl BufRead, limits: &Limits) -> Result<Junit, JunitError> {
    let guard = Guard::new(input, limits.bytes, limits.tag.max(limits.text));
    let mut reader = Reader::from_reader(guard);
    let mut parser = Parser::new(limits);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        reader.get_mut().next_token();
        parser.at = reader.buffer_position();
        let read = match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) if parser.is_whole() => break,
            Ok(Event::Eof) => Err(JunitError::Truncated { at: parser.at }),
            Ok(event) => parser.event(&event),
            Err(error) => Err(JunitError::malformed(reader.error_position(), &error)),
        };
        if let Err(error) = read {
            let (at, state) = (reader.get_ref().bytes_read(), reader.get_ref().state());
            parser.junit.truncated = Some(parser.fatal(error, at, state)?);
            break;
        }
    }
    Ok(parser.finish())
}

struct Parser<'a> {
    limits: &'a Limits,
    junit: Junit,
    /// Where the event at hand starts.
    at: u64,
    depth: usize,
    /// The root element has come.
    started: bool,
    entries: usize,
    properties: usize,
    open: Option<(usize, OpenCase)>,
    verdict: Option<(usize, Verdict)>,
}

impl<'a> Parser<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            junit: Junit::default(),
            at: 0,
            depth: 0,
            started: false,
            entries: 0,
            properties: 0,
            open: None,
            verdict: None,
        }
    }

    const fn is_whole(&self) -> bool {
        self.started && self.depth == 0
    }

    /// What an error amounts to, given how far the input came: the end of a cut file, or the end of reading.
    fn fatal(&self, error: JunitError, at: u64, state: State) -> Result<JunitError, JunitError> {
        match state {
            State::TooManyBytes => Err(JunitError::TooLarge {
                at,
                what: "bytes",
                limit: self.limits.bytes,
            }),
            State::TokenTooLong => Err(JunitError::too_large(
                self.at,
                "bytes in one piece",
                self.limits.tag.max(self.limits.text),
            )),
            State::Ended if matches!(error, JunitError::Malformed { .. } | JunitError::Truncated { .. }) => {
                Ok(JunitError::Truncated { at })
            }
            State::Open | State::Ended => Err(error),
        }
    }

    fn event(&mut self, event: &Event<'_>) -> Result<(), JunitError> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::Empty(tag) => {
                self.start(tag)?;
                self.end();
                Ok(())
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(text),
            Event::CData(text) => self.text(text),
            Event::GeneralRef(reference) => self.reference(reference),
            Event::DocType(_) => Err(JunitError::DocumentType { at: self.at }),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), JunitError> {
        if tag.len() > self.limits.tag {
            return Err(JunitError::too_large(
                self.at,
                "bytes in one tag",
                self.limits.tag,
            ));
        }
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(JunitError::too_large(
                self.at,
                "nested elements",
                self.limits.depth,
            ));
        }
        let name = tag.name();
        let name: &str = name.as_ref();
        if self.depth == 1 {
            return self.root(name);
        }
        match (name, &self.open) {
            ("testcase", None) => self.start_case(tag),
            ("testcase", Some(_)) => Err(self.wrong("a test case inside a test case")),
            ("property", None) => self.property(tag),
            ("failure", Some((depth, _))) if *depth + 1 == self.depth => {
                self.start_verdict(Tag::Failure, tag)
            }
            ("error", Some((depth, _))) if *depth + 1 == self.depth => self.start_verdict(Tag::Error, tag),
            ("skipped", Some((depth, _))) if *depth + 1 == self.depth => {
                self.start_verdict(Tag::Skipped, tag)
            }
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

    fn start_case(&mut self, tag: &BytesStart<'_>) -> Result<(), JunitError> {
        self.entries += 1;
        if self.entries > self.limits.cases {
            return Err(JunitError::too_large(self.at, "test cases", self.limits.cases));
        }
        let [name, status, time] = self.attributes(tag, ["name", "status", "time"])?;
        let name = TestName::new(name.as_deref().unwrap_or_default());
        let name = name.map_err(|source: InvalidTestName| JunitError::Name { at: self.at, source })?;
        let status = status.as_deref().map(Status::of);
        self.open = Some((
            self.depth,
            OpenCase::new(name, status, case::duration(time.as_deref())),
        ));
        Ok(())
    }

    fn start_verdict(&mut self, tag: Tag, element: &BytesStart<'_>) -> Result<(), JunitError> {
        let [kind, message] = self.attributes(element, ["type", "message"])?;
        let [kind, message] = [kind, message].map(|value| value.map(Cow::into_owned));
        self.verdict = Some((
            self.depth,
            Verdict {
                tag,
                kind,
                message,
                text: String::new(),
            },
        ));
        Ok(())
    }

    fn property(&mut self, tag: &BytesStart<'_>) -> Result<(), JunitError> {
        self.properties += 1;
        if self.properties > self.limits.properties {
            return Err(JunitError::too_large(
                self.at,
                "properties",
                self.limits.properties,
            ));
        }
        let [name, value] = self.attributes(tag, ["name", "value"])?;
        self.junit.properties.take(
            name.as_deref().unwrap_or_default(),
            value.as_deref().unwrap_or_default(),
        );
        Ok(())
    }

    fn end(&mut self) {
        if let Some((_, verdict)) = self.verdict.take_if(|(depth, _)| *depth == self.depth)
            && let Some((_, case)) = &mut self.open
        {
            case.take(verdict);
        }
        if let Some((_, case)) = self.open.take_if(|(depth, _)| *depth == self.depth) {
            self.keep(case.finish());
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn keep(&mut self, case: Case) {
        let kept = if case.is_node() {
            &mut self.junit.nodes
        } else {
            &mut self.junit.cases
        };
        kept.push(case);
    }

    fn text(&mut self, piece: &str) -> Result<(), JunitError> {
        if piece.len() > self.limits.text {
            return Err(JunitError::too_large(
                self.at,
                "bytes in one text",
                self.limits.text,
            ));
        }
        if self.depth == 0 && !piece.trim().is_empty() {
            return Err(self.not_junit(piece.trim()));
        }
        if let Some((_, verdict)) = &mut self.verdict {
            // Twice what is kept: trimming and shortening come at the end.
            let room = (2 * text::MESSAGE_BYTES).saturating_sub(verdict.text.len());
            verdict.text.push_str(text::truncated(piece, room));
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), JunitError> {
        let character = reference
            .resolve_char_ref()
            .map_err(|error| JunitError::malformed(self.at, &error))?;
        if let Some(character) = character {
            return self.text(character.encode_utf8(&mut [0; 4]));
        }
        match resolve_predefined_entity(reference) {
            Some(text) => self.text(text),
            None => Err(JunitError::Entity {
                at: self.at,
                name: text::truncated(reference, 64).to_owned(),
            }),
        }
    }

    fn attributes<'t, const N: usize>(
        &self,
        tag: &'t BytesStart<'_>,
        names: [&str; N],
    ) -> Result<[Option<Cow<'t, str>>; N], JunitError> {
        attributes::values(tag.attributes_raw(), names).map_err(|fault| match fault {
            Fault::Malformed(message) => self.wrong(&message),
            Fault::Entity(name) => JunitError::Entity { at: self.at, name },
        })
    }

    fn wrong(&self, message: &str) -> JunitError {
        JunitError::Malformed {
            at: self.at,
            message: message.to_owned(),
        }
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
            self.keep(case.finish());
        }
        // Worst first among equals, so that dropping what repeats a name keeps the worst.
        let by_name = |a: &Case, b: &Case| {
            a.name
                .cmp(&b.name)
                .then_with(|| b.is_worse_than(a).cmp(&a.is_worse_than(b)))
        };
        self.junit.cases.sort_by(by_name);
        self.junit.cases.dedup_by(|next, kept| next.name == kept.name);
        self.junit
    }
}
