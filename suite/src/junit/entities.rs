//! What stands for a character: the five predefined entities and character numbers. A file cannot define others.

use std::borrow::Cow;

use memchr::memchr;

use super::markup::Fault;
use crate::text;

/// The character that `name` stands for, as in `&name;`.
pub(super) fn resolve(name: &str) -> Result<char, Fault> {
    let number = match name {
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "amp" => return Ok('&'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => name.strip_prefix('#'),
    };
    let Some(number) = number else {
        return Err(Fault::Entity(text::truncated(name, 64).to_owned()));
    };
    let (digits, radix) = number
        .strip_prefix('x')
        .map_or((number, 10), |digits| (digits, 16));
    // The library's reader of numbers would take a sign.
    let code = if digits.starts_with('+') {
        None
    } else {
        u32::from_str_radix(digits, radix).ok()
    };
    code.filter(|code| *code != 0)
        .and_then(char::from_u32)
        .ok_or_else(|| Fault::Malformed(format!("&{}; is no character", text::truncated(name, 64))))
}

/// An attribute's value with its entities resolved.
pub(super) fn unescape(raw: &str) -> Result<Cow<'_, str>, Fault> {
    let Some(mut at) = memchr(b'&', raw.as_bytes()) else {
        return Ok(Cow::Borrowed(raw));
    };
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let (plain, reference) = rest.split_at_checked(at).unwrap_or((rest, ""));
        value.push_str(plain);
        let name = reference.get(1..).and_then(|reference| reference.split_once(';'));
        let Some((name, behind)) = name else {
            return Err(Fault::Malformed("an & without a ;".to_owned()));
        };
        value.push(resolve(name)?);
        rest = behind;
        match memchr(b'&', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plain", "plain")]
    #[case("&lt;&gt;&amp;&apos;&quot;", "<>&'\"")]
    #[case("a&#38;b&#x26;&#xe9;é", "a&b&éé")]
    fn resolves_what_every_reader_knows(#[case] raw: &str, #[case] value: &str) {
        assert_eq!(unescape(raw).unwrap(), value);
    }

    #[rstest]
    #[case("&#0;")]
    #[case("&#x110000;")]
    #[case("&#xd800;")]
    #[case("&#+65;")]
    #[case("&#;")]
    #[case("& ")]
    #[case("&lt")]
    fn what_is_no_character_is_refused(#[case] raw: &str) {
        assert!(matches!(unescape(raw), Err(Fault::Malformed(_))));
    }

    proptest! {
        #[test]
        fn agrees_with_another_reader(raw in "([a-zé]|&(lt|gt|amp|quot|apos|lol|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});?){0,6}") {
            let ours = unescape(&raw).map(Cow::into_owned).map_err(drop);
            let theirs = quick_xml::escape::unescape(&raw).map(Cow::into_owned).map_err(drop);
            prop_assert_eq!(ours, theirs);
        }
    }
}
