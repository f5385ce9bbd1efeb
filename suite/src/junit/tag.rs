//! A start tag and those of its attributes that say something.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::{
    entities,
    markup::{Fault, Scan, Token, fault},
};

/// The attributes that any element of a results file is asked for. The others are only checked for their form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Name,
    Status,
    Time,
    Type,
    Message,
    Value,
    Timestamp,
    Class,
    Tests,
    Failures,
    Errors,
}

const WANTED: usize = 11;

impl Wanted {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"name" => Self::Name,
            b"status" => Self::Status,
            b"time" => Self::Time,
            b"type" => Self::Type,
            b"message" => Self::Message,
            b"value" => Self::Value,
            b"timestamp" => Self::Timestamp,
            b"classname" => Self::Class,
            b"tests" => Self::Tests,
            b"failures" => Self::Failures,
            b"errors" => Self::Errors,
            _ => return None,
        })
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Status => "status",
            Self::Time => "time",
            Self::Type => "type",
            Self::Message => "message",
            Self::Value => "value",
            Self::Timestamp => "timestamp",
            Self::Class => "classname",
            Self::Tests => "tests",
            Self::Failures => "failures",
            Self::Errors => "errors",
        }
    }
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    pub(super) name: &'t str,
    /// It is its own end tag.
    pub(super) empty: bool,
    /// How many bytes are between its brackets.
    pub(super) length: usize,
    values: [Option<&'t str>; WANTED],
    twice: Option<Wanted>,
}

impl<'t> Tag<'t> {
    /// The value of an attribute, with its entities resolved.
    pub(super) fn value(&self, wanted: Wanted) -> Result<Option<Cow<'t, str>>, Fault> {
        if let Some(twice) = self.twice {
            return Err(Fault::Malformed(format!(
                "the attribute {} comes twice",
                twice.word()
            )));
        }
        let raw = self.values.get(wanted as usize).copied().flatten();
        raw.map(entities::unescape).transpose()
    }
}

/// A tag that is being looked at: a place in it that only moves forward.
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

/// Why a tag is none. It may only be cut.
enum Stop {
    Cut,
    Fault(&'static str),
}

impl<'t> Cursor<'t> {
    fn next(&self) -> Result<u8, Stop> {
        self.bytes.get(self.at).copied().ok_or(Stop::Cut)
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes behind white space and says whether there was any.
    fn blank(&mut self) -> bool {
        let from = self.at;
        while self.next().is_ok_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.at > from
    }

    /// Goes behind a name.
    fn name(&mut self) -> Result<&'t [u8], Stop> {
        let rest = self.rest();
        let length = rest
            .iter()
            .position(|byte| is_delimiter(*byte))
            .ok_or(Stop::Cut)?;
        self.at += length;
        match rest.get(..length) {
            Some(name) if !name.is_empty() => Ok(name),
            _ => Err(Stop::Fault("a tag or an attribute without a name")),
        }
    }

    /// Goes behind `="value"` and says where the value is.
    fn value(&mut self) -> Result<Range<usize>, Stop> {
        self.blank();
        if self.next()? != b'=' {
            return Err(Stop::Fault("an attribute without a value"));
        }
        self.at += 1;
        self.blank();
        let quote = self.next()?;
        if !matches!(quote, b'"' | b'\'') {
            return Err(Stop::Fault("an attribute's value without quotes"));
        }
        self.at += 1;
        let from = self.at;
        self.at += memchr(quote, self.rest()).ok_or(Stop::Cut)? + 1;
        Ok(from..self.at - 1)
    }
}

/// Which bytes end a name.
const DELIMITERS: [bool; 256] = {
    let mut delimiters = [false; 256];
    let mut bytes: &[u8] = b" \n\t\r\x0c=>/\"'<";
    while let [byte, rest @ ..] = bytes {
        #[expect(
            clippy::indexing_slicing,
            reason = "every byte is below 256, and this runs at compile time"
        )]
        {
            delimiters[*byte as usize] = true;
        }
        bytes = rest;
    }
    delimiters
};

fn is_delimiter(byte: u8) -> bool {
    DELIMITERS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Looks at a start tag, from its bracket on.
pub(super) fn scan_tag(text: &str) -> Scan<'_> {
    match walk(text) {
        Ok((tag, length)) => Scan::Token(Token::Start(tag), length),
        Err(Stop::Cut) => Scan::Cut,
        Err(Stop::Fault(message)) => fault(message),
    }
}

fn walk(text: &str) -> Result<(Tag<'_>, usize), Stop> {
    let mut cursor = Cursor {
        bytes: text.as_bytes(),
        at: 1,
    };
    let name = cursor.name()?;
    let mut found: [Option<Range<usize>>; WANTED] = [const { None }; WANTED];
    let mut twice = None;
    let empty = loop {
        let blank = cursor.blank();
        match cursor.next()? {
            b'>' => break false,
            b'/' => {
                cursor.at += 1;
                if cursor.next()? != b'>' {
                    return Err(Stop::Fault("a / inside a tag"));
                }
                break true;
            }
            _ if !blank => return Err(Stop::Fault("attributes without a blank between them")),
            _ => {
                let wanted = Wanted::of(cursor.name()?);
                let value = cursor.value()?;
                if let Some((wanted, slot)) =
                    wanted.and_then(|wanted| Some((wanted, found.get_mut(wanted as usize)?)))
                    && slot.replace(value).is_some()
                {
                    twice = Some(wanted);
                }
            }
        }
    };
    let length = cursor.at + 1;
    let tag = Tag {
        name: text.get(1..=name.len()).unwrap_or_default(),
        empty,
        length: length.saturating_sub(if empty { 3 } else { 2 }),
        values: found.map(|range| range.and_then(|range| text.get(range))),
        twice,
    };
    Ok((tag, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn of(attributes: &str) -> Result<[Option<String>; 2], Option<Fault>> {
        match scan_tag(&format!("<a{attributes}>")) {
            Scan::Token(Token::Start(tag), _) => {
                let value = |wanted| {
                    tag.value(wanted)
                        .map(|value| value.map(Cow::into_owned))
                        .map_err(Some)
                };
                Ok([value(Wanted::Name)?, value(Wanted::Time)?])
            }
            Scan::Fault(fault) => Err(Some(fault)),
            _ => Err(None),
        }
    }

    #[rstest]
    #[case("", [None, None])]
    #[case(" name=\"a\"", [Some("a"), None])]
    #[case("\n  time = '1'\tother=''  name=\"it's &lt;a> &#38;\" /", [Some("it's <a> &"), Some("1")])]
    #[case(" surname=\"a\" name=\"\"", [Some(""), None])]
    fn finds_them_in_any_order_and_layout(#[case] text: &str, #[case] expected: [Option<&str>; 2]) {
        assert_eq!(of(text), Ok(expected.map(|value| value.map(str::to_owned))));
    }

    #[rstest]
    #[case(" name=\"a\"time=\"1\"")]
    #[case(" name")]
    #[case(" name=a")]
    #[case(" =\"a\"")]
    #[case(" na me=\"a\"")]
    #[case(" name=\"a\" name=\"a\"")]
    #[case(" name=\"&#0;\"")]
    #[case(" name=\"& \"")]
    #[case(" /name='a'")]
    #[case("\"a\"")]
    fn what_is_not_well_formed_is_refused(#[case] text: &str) {
        assert!(
            matches!(of(text), Err(Some(Fault::Malformed(_)))),
            "{:?}",
            of(text)
        );
    }

    #[test]
    fn an_entity_is_refused() {
        assert_eq!(of(" name=\"&lol;\""), Err(Some(Fault::Entity("lol".to_owned()))));
    }

    #[test]
    fn a_cut_tag_is_not_a_wrong_one() {
        let whole = "<testcase name=\"e\" status = 'x' />";
        for at in 1..whole.len() {
            assert_eq!(scan_tag(&whole[..at]), Scan::Cut, "cut at {at}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = of(&text);
        }

        #[test]
        fn agrees_with_another_reader(name in "[a-z &<>'\"=/é]{0,12}", time in "[a-z &<>'\"=/é]{0,12}") {
            let mut tag = quick_xml::events::BytesStart::new("testcase");
            tag.push_attribute(("classname", time.as_str()));
            tag.push_attribute(("name", name.as_str()));
            tag.push_attribute(("time", time.as_str()));
            prop_assert_eq!(of(&format!(" {}", tag.attributes_raw())), Ok([Some(name), Some(time)]));
        }
    }
}
