//! Text that others wrote, made fit for a terminal.

/// Replaces what a terminal would obey instead of showing: control characters but line feed and tab, and the marks
/// that turn the direction of writing.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if commands_terminal(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The same for a cell or a line: line feeds and tabs become spaces.
pub fn clean_line(text: &str) -> String {
    let text: String = text
        .trim()
        .chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c })
        .collect();
    clean(&text)
}

fn commands_terminal(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Shortens to at most `width` characters; `...` stands for what was cut.
pub fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// The first line that says something.
pub fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

/// Breaks at spaces into lines of at most `width` characters. A longer word stays whole, so that it can be copied.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && longer > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Wraps into lines of at most `width`, the first after `first`, the others after as many spaces.
pub fn hang(first: &str, text: &str, width: usize) -> String {
    let indent = first.chars().count();
    let rest = " ".repeat(indent);
    let lines = wrap(text, width.saturating_sub(indent));
    let lines = lines
        .iter()
        .enumerate()
        .map(|(at, line)| format!("{}{line}", if at == 0 { first } else { &rest }));
    lines.collect::<Vec<_>>().join("\n")
}

/// `1 test`, `2 tests`.
pub fn count(number: i64, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(
            clean("a\u{1b}[2Jb\u{9b}c\rd\u{202e}e\n\tf"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}e\n\tf"
        );
        assert_eq!(clean_line(" a\nb\tc \n"), "a b c");
    }

    #[test]
    fn shortens_by_characters() {
        assert_eq!(shorten("äöüäöü", 5), "äö...");
        assert_eq!(shorten("short", 5), "short");
    }

    #[test]
    fn wraps_at_spaces_only() {
        assert_eq!(wrap("one two  three-and-more", 8), ["one two", "three-and-more"]);
        assert_eq!(hang("- ", "one two three", 9), "- one two\n  three");
    }
}
