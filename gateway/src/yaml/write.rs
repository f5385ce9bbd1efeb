//! From trees to text, in the form in which the Gateway API's suite writes its reports: keys by their names, items of a
//! list as far left as their key, quotes only where they are needed.

use std::fmt::Write;

use super::{Entry, Node, Scalar, Value};

/// Writes a mapping as a file. The keys are sorted by their names.
pub fn write(entries: &[Entry]) -> String {
    let mut text = String::new();
    map(&mut text, entries, 0);
    text
}

fn map(text: &mut String, entries: &[Entry], indent: usize) {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    for (at, entry) in sorted.into_iter().enumerate() {
        // The first key of an item stands behind its dash.
        let behind_dash = at == 0 && text.ends_with("- ");
        if !behind_dash {
            pad(text, indent);
        }
        text.push_str(&quoted(&Scalar {
            text: entry.key.clone(),
            plain: false,
        }));
        text.push(':');
        value(text, &entry.value, indent);
    }
}

/// What stands behind a key.
fn value(text: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Scalar(scalar) => {
            // Writing to a string cannot fail.
            let _ = writeln!(text, " {}", quoted(scalar));
        }
        Value::List(items) if items.is_empty() => text.push_str(" []\n"),
        Value::Map(entries) if entries.is_empty() => text.push_str(" {}\n"),
        Value::List(items) => {
            text.push('\n');
            list(text, items, indent);
        }
        Value::Map(entries) => {
            text.push('\n');
            map(text, entries, indent + 2);
        }
    }
}

fn list(text: &mut String, items: &[Node], indent: usize) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 || !text.ends_with("- ") {
            pad(text, indent);
        }
        text.push_str("- ");
        match &item.value {
            Value::Scalar(scalar) => {
                let _ = writeln!(text, "{}", quoted(scalar));
            }
            Value::List(items) if items.is_empty() => text.push_str("[]\n"),
            Value::Map(entries) if entries.is_empty() => text.push_str("{}\n"),
            Value::List(items) => list(text, items, indent + 2),
            Value::Map(entries) => map(text, entries, indent + 2),
        }
    }
}

fn pad(text: &mut String, indent: usize) {
    text.extend(std::iter::repeat_n(' ', indent));
}

/// The scalar as it has to be written to be read as it is.
fn quoted(scalar: &Scalar) -> String {
    let Scalar { text, plain } = scalar;
    if *plain && text.is_empty() {
        return "null".to_owned();
    }
    if *plain || can_be_plain(text) {
        return text.clone();
    }
    let is_simple = text
        .chars()
        .all(|c| !c.is_control() && c != '\u{feff}' && !is_break(c));
    let is_typed = Scalar {
        text: text.clone(),
        plain: true,
    };
    // Like Go's writer: what would be another type is in double quotes, what would be no value in single ones.
    let is_typed = is_typed.is_number() || is_typed.is_flag() || is_typed.is_null() || looks_like_date(text);
    if is_simple && !is_typed {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() || is_break(c) || c == '\u{feff}' => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

const fn is_break(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

fn looks_like_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes.iter().take(4).all(u8::is_ascii_digit)
        && bytes.get(4) == Some(&b'-')
        && bytes.get(7) == Some(&b'-')
}

/// True for text that YAML reads as this text without quotes.
fn can_be_plain(text: &str) -> bool {
    let scalar = Scalar {
        text: text.to_owned(),
        plain: true,
    };
    let first = text.chars().next();
    let is_start =
        first.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '(' | '$' | '<' | '^'));
    let is_inside = |c: char| (c.is_alphanumeric() || " -_./:()<>+=,@~$^;".contains(c)) && !c.is_control();
    is_start
        && text.chars().all(is_inside)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.starts_with("---")
        && !text.starts_with("...")
        && !scalar.is_number()
        && !scalar.is_flag()
        && !scalar.is_null()
        && !looks_like_date(text)
        && text != "="
        && text != "<<"
}
