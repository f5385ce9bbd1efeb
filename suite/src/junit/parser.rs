//! From markup to cases.

use std::borrow::Cow;

use super::{
    Claim, Junit, JunitError, Limits,
    case::{self, OpenCase, Status, Verdict},
    entities,
    kept::{Keep, Kept},
    markup::{Fault, Token},
    names::Names,
    tag::{Tag, Wanted},
};
use crate::{InvalidTestName, Release, Standing, test_name, text};

/// What was understood of a file so far.
pub(super) struct Parser<'a> {
    pub(super) limits: &'a Limits,
    junit: Junit,
    kept: Kept,
    /// Where the token at hand starts.
    pub(super) at: u64,
    names: Names,
    /// The root element has come.
    started: bool,
    entries: usize,
    properties: usize,
    /// How long the text at hand is so far.
    run: usize,
    /// The normalised name of the open test case, in memory that is used again and again.
    name: String,
    /// What the constraint behind that name says.
    required_in: Option<Release>,
    open: Option<(usize, OpenCase)>,
    verdict: Option<(usize, Verdict)>,
    /// The output of the open test case that is being read.
    output: Option<(usize, String)>,
    /// The ends of those outputs of it that were read.
    log: String,
}

impl<'a> Parser<'a> {
    pub(super) fn new(limits: &'a Limits, keep: Keep) -> Self {
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
            required_in: None,
            open: None,
            verdict: None,
            output: None,
            log: String::new(),
        }
    }

    pub(super) const fn is_whole(&self) -> bool {
        self.started && self.names.depth() == 0
    }

    pub(super) fn token(&mut self, token: &Token<'_>, length: usize) -> Result<(), JunitError> {
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
        if matches!(tag.name, "testsuite" | "testsuites") {
            self.suite(tag, depth)?;
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
    pub(super) fn may_be_filtered(&self) -> bool {
        self.verdict.is_none()
            && self.names.depth() < self.limits.depth
            && matches!(&self.open, Some((depth, case)) if *depth == self.names.depth() && case.may_be_filtered())
    }

    /// A test case ends as [`filtered_tail`] says.
    pub(super) fn leave_filtered(&mut self) {
        if let Some((_, case)) = self.open.take() {
            self.names.close_last();
            self.kept.take(&self.name, self.required_in, case.filtered());
        }
    }

    fn element(&mut self, tag: &Tag<'_>, depth: usize) -> Result<(), JunitError> {
        match (tag.name, &self.open) {
            ("testcase", None) => self.start_case(tag, depth),
            ("testcase", Some(_)) => Err(self.wrong("a test case inside a test case")),
            ("property", None) => self.property(tag),
            (name, Some((case, _))) => {
                // Wherever it is, and whatever is around it, it says that the test did not pass.
                if self.verdict.is_none()
                    && let Some(kind) = case::Tag::of(name)
                {
                    return self.start_verdict(kind, tag, depth);
                }
                if *case + 1 == depth && matches!(name, "system-out" | "system-err") {
                    self.output = Some((depth, String::new()));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What a suite says of itself.
    fn suite(&mut self, tag: &Tag<'_>, depth: usize) -> Result<(), JunitError> {
        if tag.name == "testsuite"
            && let Some(timestamp) = self.value(tag, Wanted::Timestamp)?
        {
            self.junit.properties.take_start(&timestamp);
        }
        let claim = Claim::of(
            self.value(tag, Wanted::Tests)?.as_deref(),
            self.value(tag, Wanted::Failures)?.as_deref(),
            self.value(tag, Wanted::Errors)?.as_deref(),
        );
        self.junit.claims.take(claim, depth);
        Ok(())
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
        let mut raw = self.value(tag, Wanted::Name)?.unwrap_or_default();
        if self.kept.wants_classes()
            && let Some(class) = self
                .value(tag, Wanted::Class)?
                .filter(|class| !class.trim().is_empty())
        {
            let name = raw.strip_prefix("[It] ").unwrap_or(&raw);
            raw = format!("{} {name}", class.trim()).into();
        }
        let name = test_name::normalised(&raw);
        let name = name.map_err(|source: InvalidTestName| JunitError::Name { at: self.at, source })?;
        self.name.clear();
        self.name.push_str(&name);
        self.required_in = test_name::required_in(raw.trim_end());
        let status = self.value(tag, Wanted::Status)?.as_deref().map(Status::of);
        let duration = case::duration(self.value(tag, Wanted::Time)?.as_deref());
        self.log.clear();
        if status.is_some() {
            self.kept.take_status();
        }
        let case = OpenCase::new(status, duration);
        let case = if self.names.is_in_suite() {
            case
        } else {
            case.stray()
        };
        self.open = Some((depth, case));
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
        if let Some((_, output)) = self.output.take_if(|(open, _)| *open == depth)
            && let Some(end) = text::log_end(&output)
        {
            if !self.log.is_empty() {
                self.log.push('\n');
            }
            self.log.push_str(&end);
        }
        if let Some((_, case)) = self.open.take_if(|(open, _)| *open == depth) {
            let ending = case.finish();
            if ending.outcome.standing() == Standing::Missed {
                self.kept.take_log(&self.name, &self.log);
            }
            self.kept.take(&self.name, self.required_in, ending);
        }
    }

    fn text(&mut self, piece: &str) -> Result<(), JunitError> {
        if let Some((_, verdict)) = &mut self.verdict {
            // Twice what is kept: trimming and shortening come at the end.
            let room = (2 * text::MESSAGE_BYTES).saturating_sub(verdict.text.len());
            verdict.text.push_str(text::truncated(piece, room));
        } else if let Some((_, output)) = &mut self.output {
            text::push_log(output, piece);
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

    pub(super) fn fault(&self, fault: Fault) -> JunitError {
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

    /// What the file holds; `end` is where it is cut, if it is.
    pub(super) fn finish(mut self, end: Option<u64>) -> Junit {
        self.junit.truncated = end.map(|at| JunitError::Truncated { at });
        // A test case that is cut off after its start tag still says how it ended, if it has a status.
        if let Some((_, case)) = self.open.take()
            && case.status.is_some()
        {
            self.kept.take(&self.name, self.required_in, case.finish());
        }
        self.kept.finish(&mut self.junit);
        self.junit
    }
}
