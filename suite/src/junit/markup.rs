//! From bytes to markup: as much of XML as a results file has.
//!
//! Our own and not a general reader, since most of a results file is tests that were not selected, and a general reader
//! looks at each of their bytes several times. What it must not lose for that: every tag closes what it opens, every
//! byte is UTF-8, every attribute is well-formed. Tests hold it against a general reader.

use memchr::{memchr, memchr2, memmem};

use super::tag::{Tag, scan_tag};

/// Longest name of an entity that is looked for.
const REFERENCE: usize = 1024;

/// One piece of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    Start(Tag<'t>),
    End(&'t str),
    /// Text, or a part of it.
    Text(&'t str),
    /// The name of an entity or the number of a character in text.
    Reference(&'t str),
    /// Text in which nothing is markup.
    CData(&'t str),
    DocType,
    /// A comment, a declaration or a processing instruction.
    Other,
}

/// What is at the start of the bytes in sight.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan<'t> {
    /// A token of so many bytes.
    Token(Token<'t>, usize),
    /// The start of a token whose end is not in sight.
    Cut,
    /// None that a file may have.
    Fault(Fault),
}

/// Why bytes cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They are not well-formed.
    Malformed(String),
    /// They have an entity that is not predefined.
    Entity(String),
}

/// Looks at what is at the start of `text`.
pub(super) fn scan(text: &str) -> Scan<'_> {
    match text.as_bytes() {
        [b'<', b'/', ..] => end(text),
        [b'<', b'!', ..] => declaration(text),
        [b'<', b'?', ..] => closed_by(text, 2, b"?>", |_| Token::Other),
        [b'<', next, ..] if *next != b'>' => scan_tag(text),
        [b'<', _, ..] => fault("a tag without a name"),
        [b'<'] | [] => Scan::Cut,
        [b'&', ..] => reference(text),
        bytes => {
            let length = memchr2(b'<', b'&', bytes).unwrap_or(bytes.len());
            // It may go on out of sight: a long log need not be held whole.
            Scan::Token(Token::Text(text.get(..length).unwrap_or_default()), length)
        }
    }
}

pub(super) fn fault(message: &str) -> Scan<'static> {
    Scan::Fault(Fault::Malformed(message.to_owned()))
}

/// `</name>`
fn end(text: &str) -> Scan<'_> {
    let Some(length) = memchr(b'>', text.as_bytes()) else {
        return Scan::Cut;
    };
    let name = text.get(2..length).unwrap_or_default().trim_ascii_end();
    Scan::Token(Token::End(name), length + 1)
}

fn declaration(text: &str) -> Scan<'_> {
    const COMMENT: &str = "<!--";
    const CDATA: &str = "<![CDATA[";
    const DOCTYPE: &str = "<!DOCTYPE";
    let begins = |with: &str| {
        let mut both = text.bytes().zip(with.bytes());
        both.all(|(byte, wanted)| byte.eq_ignore_ascii_case(&wanted))
    };
    if begins(COMMENT) {
        closed_by(text, COMMENT.len(), b"-->", |_| Token::Other)
    } else if begins(CDATA) {
        closed_by(text, CDATA.len(), b"]]>", Token::CData)
    } else if begins(DOCTYPE) {
        // Refused whatever comes, so that its end need not come.
        if text.len() < DOCTYPE.len() {
            Scan::Cut
        } else {
            Scan::Token(Token::DocType, DOCTYPE.len())
        }
    } else {
        fault("a declaration that is no comment, no CDATA and no document type")
    }
}

/// Markup whose opening has so many bytes, up to `end`; `make` gets what is between them.
fn closed_by<'t>(
    text: &'t str,
    opening: usize,
    end: &[u8],
    make: impl FnOnce(&'t str) -> Token<'t>,
) -> Scan<'t> {
    let inner = text.get(opening..).unwrap_or_default();
    match memmem::find(inner.as_bytes(), end) {
        Some(length) => {
            let inner = inner.get(..length).unwrap_or_default();
            Scan::Token(make(inner), opening + length + end.len())
        }
        None => Scan::Cut,
    }
}

/// `&name;`
fn reference(text: &str) -> Scan<'_> {
    let bytes = text.as_bytes();
    let near = bytes.get(..REFERENCE).unwrap_or(bytes);
    match memchr2(b';', b'<', near) {
        Some(length) if near.get(length) == Some(&b';') => {
            let name = text.get(1..length).unwrap_or_default();
            Scan::Token(Token::Reference(name), length + 1)
        }
        None if bytes.len() < REFERENCE => Scan::Cut,
        _ => fault("an & without a ;"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("</a >b", Token::End("a"), 5)]
    #[case("a b<", Token::Text("a b"), 3)]
    #[case("a &", Token::Text("a "), 2)]
    #[case("&lt;b", Token::Reference("lt"), 4)]
    #[case("<!--a-->b", Token::Other, 8)]
    #[case("<!---->b", Token::Other, 7)]
    #[case("<![CDATA[a<]b]]>c", Token::CData("a<]b"), 16)]
    #[case("<?xml?>a", Token::Other, 7)]
    #[case("<!DOCTYPE a", Token::DocType, 9)]
    fn finds_each_kind(#[case] text: &str, #[case] token: Token<'_>, #[case] length: usize) {
        assert_eq!(scan(text), Scan::Token(token, length));
    }

    #[rstest]
    #[case("")]
    #[case("<")]
    #[case("</a")]
    #[case("<!")]
    #[case("<!-")]
    #[case("<!--a--")]
    #[case("<!-->")]
    #[case("<![CDATA[a]]")]
    #[case("<![CDATA[]>")]
    #[case("<!DOC")]
    #[case("<?a?")]
    #[case("&lt")]
    fn waits_for_the_end(#[case] text: &str) {
        assert_eq!(scan(text), Scan::Cut);
    }

    #[rstest]
    #[case("<>")]
    #[case("<!ELEMENT a>")]
    #[case("& <")]
    fn refuses_what_no_file_has(#[case] text: &str) {
        assert!(matches!(scan(text), Scan::Fault(_)), "{:?}", scan(text));
    }
}
