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

/// Longest end of a log that is kept of a failure, in bytes.
pub(crate) const LOG_BYTES: usize = 2048;

/// Adds to the end of a log, of which no more is held than its end needs.
pub(crate) fn push_log(log: &mut String, piece: &str) {
    let from = piece.ceil_char_boundary(piece.len().saturating_sub(2 * LOG_BYTES));
    log.push_str(piece.get(from..).unwrap_or_default());
    if log.len() > 8 * LOG_BYTES {
        let from = log.ceil_char_boundary(log.len().saturating_sub(2 * LOG_BYTES));
        log.drain(..from);
    }
}

/// The end of a log as it may be kept: its last whole lines, printable, and no longer than [`LOG_BYTES`].
pub(crate) fn log_end(log: &str) -> Option<String> {
    let lines = log.trim().lines().rev();
    let mut room = LOG_BYTES;
    let mut kept = Vec::new();
    for line in lines {
        let line = printable(&line.replace('\t', " ")).trim_end().to_owned();
        let Some(rest) = room.checked_sub(line.len() + 1) else {
            // Of one endless line there is its start.
            if kept.is_empty() {
                kept.push(truncated(&line, LOG_BYTES).to_owned());
            }
            break;
        };
        room = rest;
        kept.push(line);
    }
    kept.reverse();
    (!kept.is_empty() && !log.trim().is_empty()).then(|| kept.join("\n"))
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
    fn a_log_keeps_its_last_whole_lines() {
        assert_eq!(log_end(" \n\t"), None);
        assert_eq!(log_end("a\n\tb\u{1b} \n"), Some("a\n b\u{fffd}".to_owned()));
        let mut log = String::new();
        for at in 0..10_000 {
            push_log(&mut log, &format!("line {at} é\n"));
            assert!(log.len() <= 8 * LOG_BYTES);
        }
        let end = log_end(&log).unwrap();
        assert!(
            end.len() <= LOG_BYTES && end.starts_with("line ") && end.ends_with("\nline 9999 é"),
            "{end}"
        );
        push_log(&mut log, &"é".repeat(1 << 20));
        assert!(log.len() <= 8 * LOG_BYTES && log_end(&log).unwrap().len() <= LOG_BYTES);
    }

    #[test]
    fn a_message_keeps_its_lines_and_its_bounds() {
        assert_eq!(message("  a\tb\r\n\u{1b}c \n"), Some("a b\n\u{fffd}c".to_owned()));
        assert_eq!(message(" \n "), None);
        assert!(message(&"é\u{1}".repeat(9000)).unwrap().len() <= MESSAGE_BYTES);
    }
}
