//! The attributes of one tag.
//!
//! The XML reader's own iterator looks at every byte in turn, which takes most of the time of reading a file whose
//! tags are nearly all name; searching for the closing quote is several times as fast.

use std::borrow::Cow;

use quick_xml::escape::{EscapeError, unescape};

use crate::text;

/// Why the attributes cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They are not well-formed.
    Malformed(String),
    /// A value has an entity that is not predefined.
    Entity(String),
}

/// The values of the attributes with these names, of all that stands behind an element's name. The others are only
/// checked for their form.
pub(super) fn values<'t, const N: usize>(
    mut rest: &'t str,
    names: [&str; N],
) -> Result<[Option<Cow<'t, str>>; N], Fault> {
    let mut values = [const { None }; N];
    loop {
        let next = rest.trim_ascii_start();
        if next.is_empty() {
            return Ok(values);
        }
        if next.len() == rest.len() {
            return Err(malformed("attributes without a blank between them"));
        }
        let (name, raw, behind) = attribute(next)?;
        rest = behind;
        if let Some((name, value)) = names.iter().zip(&mut values).find(|(wanted, _)| **wanted == name) {
            if value.is_some() {
                return Err(Fault::Malformed(format!("the attribute {name} comes twice")));
            }
            *value = Some(unescape(raw).map_err(fault)?);
        }
    }
}

/// Splits off `name="value"`.
fn attribute(text: &str) -> Result<(&str, &str, &str), Fault> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| malformed("an attribute without a value"))?;
    let name = name.trim_ascii_end();
    if name.is_empty() || name.contains(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '<')) {
        return Err(malformed("an attribute without a name or a value"));
    }
    let value = value.trim_ascii_start();
    let quoted = match value.as_bytes().first() {
        Some(b'"') => value.get(1..).and_then(|value| value.split_once('"')),
        Some(b'\'') => value.get(1..).and_then(|value| value.split_once('\'')),
        _ => None,
    };
    let (value, rest) = quoted.ok_or_else(|| malformed("an attribute's value without quotes"))?;
    Ok((name, value, rest))
}

fn malformed(message: &str) -> Fault {
    Fault::Malformed(message.to_owned())
}

fn fault(error: EscapeError) -> Fault {
    match error {
        EscapeError::UnrecognizedEntity(_, name) => Fault::Entity(text::truncated(&name, 64).to_owned()),
        other => Fault::Malformed(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn of(text: &str) -> Result<Vec<Option<String>>, Fault> {
        values(text, ["name", "time"]).map(|values| values.map(|value| value.map(Cow::into_owned)).to_vec())
    }

    #[rstest]
    #[case("", [None, None])]
    #[case(" name=\"a\"", [Some("a"), None])]
    #[case("\n  time = '1'\tother=''  name=\"it's &lt;a&gt; &#38;\" ", [Some("it's <a> &"), Some("1")])]
    #[case(" surname=\"a\" name=\"\"", [Some(""), None])]
    fn finds_them_in_any_order_and_layout(#[case] text: &str, #[case] expected: [Option<&str>; 2]) {
        assert_eq!(
            of(text),
            Ok(expected.map(|value| value.map(str::to_owned)).to_vec())
        );
    }

    #[rstest]
    #[case("name=\"a\"")]
    #[case(" name=\"a\"time=\"1\"")]
    #[case(" name")]
    #[case(" name=a")]
    #[case(" name=\"a")]
    #[case(" =\"a\"")]
    #[case(" na me=\"a\"")]
    #[case(" name=\"a\" name=\"a\"")]
    #[case(" name=\"&#0;\"")]
    #[case(" name=\"& \"")]
    fn what_is_not_well_formed_is_refused(#[case] text: &str) {
        assert!(matches!(of(text), Err(Fault::Malformed(_))), "{:?}", of(text));
    }

    #[test]
    fn an_entity_is_refused() {
        assert_eq!(of(" name=\"&lol;\""), Err(Fault::Entity("lol".to_owned())));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = of(&text);
        }

        #[test]
        fn agrees_with_the_reader_s_own(values in prop::collection::vec("[a-z &<>'\"=/é]{0,12}", 0..6)) {
            let mut tag = quick_xml::events::BytesStart::new("testcase");
            for (index, value) in values.iter().enumerate() {
                tag.push_attribute((format!("a{index}").as_str(), value.as_str()));
            }
            let read = super::values(tag.attributes_raw(), ["a0", "a1", "a2", "a3", "a4", "a5"]).unwrap();
            let read: Vec<String> = read.into_iter().flatten().map(Cow::into_owned).collect();
            prop_assert_eq!(read, values);
        }
    }
}
