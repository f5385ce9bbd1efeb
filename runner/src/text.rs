//! What the suite said, made fit for a status that people read on a terminal.

use crate::redact;

/// Longest message in a status, in bytes.
pub const MAX_MESSAGE: usize = 1024;

/// `text` without tokens, control characters and white space around it, cut to `limit` bytes between characters.
pub fn bounded(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    let text = redact::text(text);
    for shown in text.trim().chars().filter_map(printable) {
        if out.len() + shown.len_utf8() > limit {
            break;
        }
        out.push(shown);
    }
    out.truncate(out.trim_end().len());
    out
}

/// The end of `text`: its last `limit` bytes at most, from the start of a character.
pub fn tail(text: &str, limit: usize) -> &str {
    let mut start = text.len().saturating_sub(limit);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text.get(start..).unwrap_or_default()
}

fn printable(c: char) -> Option<char> {
    match c {
        '\n' => Some(c),
        '\t' => Some(' '),
        _ if c.is_control() => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(bounded("aé", 2), "a");
        assert_eq!(bounded("aé", 3), "aé");
        assert_eq!(tail("éa", 2), "a");
        assert_eq!(tail("éa", 9), "éa");
    }

    #[test]
    fn keeps_lines_and_drops_what_moves_a_cursor() {
        assert_eq!(bounded(" one\r\n\ttwo\u{1b}[31m\u{9b} ", 100), "one\n two[31m");
    }
}
