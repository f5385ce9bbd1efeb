//! The tree.

/// Where something stands in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// A value and its place. Two are equal if their values are, wherever they stand.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it starts.
    pub place: Place,
    /// What it is.
    pub value: Value,
    /// True if it is a scalar without quotes, whatever YAML takes it for.
    pub bare: bool,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, a number, a truth value or nothing.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file. A key can be there twice: whoever reads it says so.
    Map(Vec<Entry>),
}

/// A single value, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Its text, without quotes. Nothing at all is an empty text.
    pub text: String,
    /// True if it is written without quotes, and so that YAML takes it for something else than text.
    pub plain: bool,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub value: Node,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Node {}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (&self.key, &self.value) == (&other.key, &other.value)
    }
}

impl Eq for Entry {}

impl Node {
    /// Text that is not in a file yet.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Value::Scalar(Scalar {
            text: text.into(),
            plain: false,
        }))
    }

    /// A number that is not in a file yet.
    pub fn number(number: u32) -> Self {
        Self::of(Value::Scalar(Scalar {
            text: number.to_string(),
            plain: true,
        }))
    }

    /// Any value that is not in a file yet.
    pub fn of(value: Value) -> Self {
        Self {
            place: Place::default(),
            value,
            bare: false,
        }
    }

    /// The value of a key, the first if there are several; nothing if this is no mapping.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else {
            return None;
        };
        let found = entries.iter().find(|entry| entry.key == key);
        found.map(|entry| &entry.value)
    }

    /// The text of a scalar.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// True for a date without quotes: a reader that goes by types makes a time of it.
    pub fn is_date(&self) -> bool {
        self.bare && self.as_text().is_some_and(reads_as_date)
    }

    /// True for nothing at all, `~` and `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.is_null())
    }

    /// What it is, for a sentence.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Scalar(scalar) if scalar.is_null() => "nothing",
            Value::Scalar(scalar) if scalar.is_number() => "a number",
            Value::Scalar(scalar) if scalar.is_flag() => "true or false",
            Value::Scalar(_) => "text",
        }
    }
}

impl Scalar {
    /// What stands in a file without quotes.
    pub fn unquoted(text: String) -> Self {
        let mut scalar = Self { text, plain: true };
        scalar.plain = scalar.is_null() || scalar.is_number() || scalar.is_flag();
        if scalar.is_null() {
            scalar.text.clear();
        }
        scalar
    }

    /// True if YAML takes it for nothing.
    pub fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// True if a reader that goes by YAML 1.1 or 1.2 takes it for a truth value.
    pub fn is_flag(&self) -> bool {
        const FLAGS: [&str; 8] = ["y", "yes", "n", "no", "true", "false", "on", "off"];
        self.plain && FLAGS.contains(&self.text.to_ascii_lowercase().as_str())
    }

    /// True if YAML takes it for a number: `1.20`, `12`, `-.5`, `1e3`, `0x1f`, `.inf`.
    pub fn is_number(&self) -> bool {
        let text = self.text.strip_prefix(['-', '+']).unwrap_or(&self.text);
        let lower = text.to_ascii_lowercase();
        if !self.plain {
            return false;
        }
        if matches!(lower.as_str(), ".inf" | ".nan") {
            return true;
        }
        if let Some(digits) = lower.strip_prefix("0x") {
            return !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        }
        if let Some(digits) = lower.strip_prefix("0o") {
            return !digits.is_empty() && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
        }
        let starts = lower.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        let numeric = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'-' | b'+' | b'_');
        // Underscores between digits are a number to YAML 1.1.
        starts && lower.bytes().all(numeric) && lower.replace('_', "").parse::<f64>().is_ok()
    }
}

/// True for text that starts as a date does, such as `2026-11-02` and `2026-1-2 10:00:00`.
fn reads_as_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut digits = |lengths: std::ops::RangeInclusive<usize>| {
        let part = parts.next().unwrap_or_default();
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        lengths.contains(&number.len()).then_some(rest)
    };
    digits(4..=4) == Some("")
        && digits(1..=2) == Some("")
        && digits(1..=2).is_some_and(|rest| rest.is_empty() || rest.starts_with(['T', 't', ' ']))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1.20", "a number")]
    #[case("0x1f", "a number")]
    #[case("1e3", "a number")]
    #[case("-.inf", "a number")]
    #[case("1_000", "a number")]
    #[case("1.2.3", "text")]
    #[case("v1", "text")]
    #[case("e", "text")]
    #[case(".", "text")]
    #[case("no", "true or false")]
    #[case("~", "nothing")]
    #[case("", "nothing")]
    fn plain_text_is_what_yaml_takes_it_for(#[case] text: &str, #[case] kind: &str) {
        let plain = Node::of(Value::Scalar(Scalar::unquoted(text.to_owned())));
        assert_eq!(plain.kind(), kind);
        assert_eq!(Node::text(text).kind(), "text");
    }

    #[rstest]
    #[case("2026-11-02", true)]
    #[case("2026-1-2T10:00:00Z", true)]
    #[case("2026-11-02 10:00:00", true)]
    #[case("2026-11-02-rc1", false)]
    #[case("26-11-02", false)]
    #[case("2026-11", false)]
    #[case("v2026-11-02", false)]
    fn a_date_is_told_by_its_form(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(reads_as_date(text), expected);
    }
}
