//! Text that comes from a cluster or a file and ends up on a terminal.

use std::borrow::Cow;

/// Longest message that is kept of a failure, in bytes.
pub(crate) const MESSAGE_BYTES: usize = 4096;

/// The text with everything replaced that could steer a terminal or reorder a line.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    // Every such character has one of these bytes in front or is one; most text has none of them. Looking at all bytes
    // without a branch is several times as fast as stopping at the first.
    let suspect = text.bytes().fold(0, |any, byte| {
        any | u8::from(matches!(byte, 0..b' ' | 0x7f | 0xc2 | 0xd8 | 0xe2))
    });
    if suspect != 0 && text.chars().any(steers) {
        Cow::Owned(
            text.chars()
                .map(|c| if steers(c) { '\u{fffd}' } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// True for control characters and for the marks that turn the direction of a line.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A message as it may be kept: its lines printable, without blank ends, and no longer than [`MESSAGE_BYTES`].
pub(crate) fn message(text: &str) -> Option<String> {
    let text = truncated(text.trim(), MESSAGE_BYTES);
    let lines: Vec<_> = text
        .lines()
        .map(|line| printable(&line.replace('\t', " ")).into_owned())
        .collect();
    // Replacing a character by a longer one may pass the limit again.
    let text = lines.join("\n");
    let text = truncated(&text, MESSAGE_BYTES).trim_end();
    if text.is_empty() {
        None
    } else {
        Some(text.to_owned())
    }
}

/// The longest start of the text that has at most `bytes` bytes.
pub(crate) fn truncated(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(printable("plain ä €"), "plain ä €");
        assert_eq!(
            printable("\u{1b}[2J\u{85}\u{202e}\u{61c}x\0"),
            "\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}x\u{fffd}"
        );
    }

    #[test]
    fn a_message_keeps_its_lines_and_its_bounds() {
        assert_eq!(message("  a\tb\r\n\u{1b}c \n"), Some("a b\n\u{fffd}c".to_owned()));
        assert_eq!(message(" \n "), None);
        assert!(message(&"é\u{1}".repeat(9000)).unwrap().len() <= MESSAGE_BYTES);
    }
}
