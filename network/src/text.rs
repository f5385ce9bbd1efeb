//! Text that others wrote, made short.

/// The text without control characters, cut between characters to at most `limit` bytes.
pub fn bounded(text: &str, limit: usize) -> String {
    let mut kept: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(limit)
        .collect();
    let mut end = kept.len().min(limit);
    while !kept.is_char_boundary(end) {
        end -= 1;
    }
    kept.truncate(end);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_between_characters_and_clean() {
        assert_eq!(bounded("a\u{1b}[b\nc", 16), "a [b c");
        assert_eq!(bounded("ééé", 3), "é");
    }
}
