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

/// Looks at what is at the start of `bytes`. `ended` says that nothing comes behind them.
pub(super) fn scan(bytes: &[u8], ended: bool) -> Scan<'_> {
    match bytes {
        [b'<', b'/', rest @ ..] => end(rest),
        [b'<', b'!', ..] => declaration(bytes),
        [b'<', b'?', ..] => closed_by(bytes, b"?>", |_| Token::Other),
        [b'<', next, ..] if *next != b'>' => scan_tag(bytes),
        [b'<', _, ..] => fault("a tag without a name"),
        [b'<'] | [] => Scan::Cut,
        [b'&', rest @ ..] => reference(rest),
        _ => text(bytes, ended),
    }
}

pub(super) fn fault(message: &str) -> Scan<'static> {
    Scan::Fault(Fault::Malformed(message.to_owned()))
}

pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes).map_err(|error| Fault::Malformed(error.to_string()))
}

fn token<'t>(bytes: &'t [u8], length: usize, make: impl FnOnce(&'t str) -> Token<'t>) -> Scan<'t> {
    match utf8(bytes) {
        Ok(text) => Scan::Token(make(text), length),
        Err(fault) => Scan::Fault(fault),
    }
}

/// `</name>`, of which `rest` is what stands behind the slash.
fn end(rest: &[u8]) -> Scan<'_> {
    let Some(length) = memchr(b'>', rest) else {
        return Scan::Cut;
    };
    let name = rest.get(..length).unwrap_or_default().trim_ascii_end();
    token(name, length + 3, Token::End)
}

fn declaration(bytes: &[u8]) -> Scan<'_> {
    const CDATA: &[u8] = b"<![CDATA[";
    const DOCTYPE: &[u8] = b"<!DOCTYPE";
    let begins = |with: &[u8]| {
        bytes
            .iter()
            .zip(with)
            .all(|(byte, wanted)| byte.eq_ignore_ascii_case(wanted))
    };
    if begins(b"<!--") {
        // The start of a comment is not its end as well.
        closed_by(bytes, b"-->", |_| Token::Other)
    } else if begins(CDATA) {
        closed_by(bytes, b"]]>", |text| {
            Token::CData(text.get(CDATA.len() - 2..).unwrap_or_default())
        })
    } else if begins(DOCTYPE) {
        // Refused whatever comes, so that its end need not come.
        if bytes.len() < DOCTYPE.len() {
            Scan::Cut
        } else {
            Scan::Token(Token::DocType, bytes.len())
        }
    } else {
        fault("a declaration that is no comment, no CDATA and no document type")
    }
}

/// Markup from `<!` or `<?` to `end`; `make` gets what is between them.
fn closed_by<'t>(bytes: &'t [u8], end: &[u8], make: impl FnOnce(&'t str) -> Token<'t>) -> Scan<'t> {
    let opening = match bytes {
        [b'<', b'!', b'-', ..] => 4,
        [b'<', b'!', ..] => 9,
        _ => 2,
    };
    match bytes.get(opening..).and_then(|inner| memmem::find(inner, end)) {
        Some(length) => {
            let whole = opening + length;
            token(bytes.get(2..whole).unwrap_or_default(), whole + end.len(), make)
        }
        None => Scan::Cut,
    }
}

/// `&name;`, of which `rest` is what stands behind the ampersand.
fn reference(rest: &[u8]) -> Scan<'_> {
    let near = rest.get(..REFERENCE).unwrap_or(rest);
    match memchr2(b';', b'<', near) {
        Some(length) if near.get(length) == Some(&b';') => token(
            near.get(..length).unwrap_or_default(),
            length + 2,
            Token::Reference,
        ),
        None if rest.len() < REFERENCE => Scan::Cut,
        _ => fault("an & without a ;"),
    }
}

/// Text up to the next markup, or as much of it as is in sight: a long log need not be held whole.
fn text(bytes: &[u8], ended: bool) -> Scan<'_> {
    let (length, cut) = memchr2(b'<', b'&', bytes).map_or((bytes.len(), !ended), |length| (length, false));
    let bytes = bytes.get(..length).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => Scan::Token(Token::Text(text), length),
        // The rest of a character may be out of sight.
        Err(error) if error.error_len().is_none() && (cut || ended) => {
            match bytes.get(..error.valid_up_to()).map(utf8) {
                Some(Ok(text)) if !text.is_empty() => Scan::Token(Token::Text(text), text.len()),
                _ => Scan::Cut,
            }
        }
        Err(error) => Scan::Fault(Fault::Malformed(error.to_string())),
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
    #[case("<!DOCTYPE a", Token::DocType, 11)]
    fn finds_each_kind(#[case] text: &str, #[case] token: Token<'_>, #[case] length: usize) {
        assert_eq!(scan(text.as_bytes(), false), Scan::Token(token, length));
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
        assert_eq!(scan(text.as_bytes(), false), Scan::Cut);
    }

    #[rstest]
    #[case(b"<>")]
    #[case(b"<!ELEMENT a>")]
    #[case(b"& <")]
    #[case(b"a\xffb<")]
    #[case(b"</\xff>")]
    #[case(b"\xc3<")]
    fn refuses_what_no_file_has(#[case] bytes: &[u8]) {
        assert!(
            matches!(scan(bytes, false), Scan::Fault(_)),
            "{:?}",
            scan(bytes, false)
        );
    }

    #[test]
    fn a_character_may_be_cut() {
        assert_eq!(scan(b"a\xc3", false), Scan::Token(Token::Text("a"), 1));
        assert_eq!(scan(b"\xc3", false), Scan::Cut);
    }
}
