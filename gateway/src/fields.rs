//! Taking a mapping apart, so that whatever is not taken is kept.

use crate::{
    finding::Findings,
    yaml::{Entry, Node, Place, Value},
};

/// The entries of a mapping that nobody has taken yet.
pub(crate) struct Fields {
    entries: Vec<Entry>,
    /// What cannot be understood, of which that was said.
    told: Vec<Entry>,
    path: String,
    place: Place,
}

/// Whether a field has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
}

impl Fields {
    /// The entries of a mapping at this path. What is no mapping is an error, and keeps nothing.
    pub(crate) fn of(node: Node, path: &str, findings: &mut Findings) -> Result<Self, Node> {
        let place = node.place;
        let Value::Map(entries) = node.value else {
            let message = format!("a mapping has to be here, not {}", node.kind());
            findings.error("wrong-type", path, place, message);
            return Err(node);
        };
        let mut fields = Self {
            entries: Vec::with_capacity(entries.len()),
            told: Vec::new(),
            path: path.to_owned(),
            place,
        };
        for entry in entries {
            if fields.entries.iter().any(|other| other.key == entry.key) {
                let path = fields.path(&entry.key);
                findings.error("duplicate-key", &path, entry.place, "the key is there twice");
                fields.told.push(entry);
            } else {
                fields.entries.push(entry);
            }
        }
        Ok(fields)
    }

    /// The path of one of the fields.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Where the mapping stands.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// Where a field stands, or the mapping if it is not there.
    pub(crate) fn place_of(&self, key: &str) -> Place {
        let found = self.entries.iter().find(|entry| entry.key == key);
        found.map_or(self.place, |entry| entry.place)
    }

    /// True if the field is there and is not nothing.
    pub(crate) fn has(&self, key: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.key == key && !entry.value.is_null())
    }

    /// Takes a field out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// Keeps a field that cannot be understood. What is wrong with it has been said, and is not said again.
    pub(crate) fn keep(&mut self, entry: Entry) {
        self.told.push(entry);
    }

    /// Puts a field in, so that it can be taken.
    pub(crate) fn put(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Takes a field that is text. A number is taken by its digits as they are written.
    pub(crate) fn text(&mut self, key: &str, need: Need, findings: &mut Findings) -> Option<String> {
        let path = self.path(key);
        let Some(entry) = self.take(key) else {
            self.missing(key, need, findings);
            return None;
        };
        let kind = entry.value.kind();
        match &entry.value.value {
            Value::Scalar(scalar) if scalar.is_null() => {
                self.missing(key, need, findings);
                self.keep(entry);
                None
            }
            Value::Scalar(scalar) => {
                if scalar.plain {
                    findings.warn(
                        "unquoted",
                        &path,
                        entry.value.place,
                        format!(
                            "{} is written without quotes, and YAML takes it for {kind}: other readers may change it. It \
                             is kept as it is written",
                            scalar.text
                        ),
                    );
                }
                if scalar.text.trim().is_empty() && need == Need::Required {
                    findings.error("empty", &path, entry.value.place, "it is empty");
                }
                Some(scalar.text.clone())
            }
            Value::List(_) | Value::Map(_) => {
                let message = format!("text has to be here, not {kind}");
                findings.error("wrong-type", &path, entry.value.place, message);
                self.keep(entry);
                None
            }
        }
    }

    /// Takes a field that is a list of texts. Nothing is an empty list.
    pub(crate) fn texts(&mut self, key: &str, findings: &mut Findings) -> Vec<(String, Place)> {
        let path = self.path(key);
        let Some(entry) = self.take(key) else {
            return Vec::new();
        };
        if entry.value.is_null() {
            return Vec::new();
        }
        let Value::List(items) = &entry.value.value else {
            let kind = entry.value.kind();
            findings.error(
                "wrong-type",
                &path,
                entry.value.place,
                format!("a list has to be here, not {kind}"),
            );
            self.keep(entry);
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            match &item.value {
                Value::Scalar(scalar) if !scalar.is_null() => texts.push((scalar.text.clone(), item.place)),
                _ => {
                    let message = format!("text has to be here, not {}", item.kind());
                    findings.error("wrong-type", &format!("{path}[{at}]"), item.place, message);
                }
            }
        }
        if texts.len() < items.len() {
            self.keep(entry);
            return Vec::new();
        }
        texts
    }

    /// Takes a number that counts something.
    pub(crate) fn count(&mut self, key: &str, findings: &mut Findings) -> Option<u32> {
        let path = self.path(key);
        let entry = self.take(key)?;
        let number = match &entry.value.value {
            Value::Scalar(scalar) if scalar.plain => scalar.text.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            let written = entry.value.as_text().unwrap_or_default();
            let message = format!(
                "a whole number from 0 on has to be here, not {} {written}",
                entry.value.kind()
            );
            findings.error("wrong-type", &path, entry.value.place, message.trim_end());
            self.keep(entry);
        }
        number
    }

    /// Says that a field is not there.
    pub(crate) fn missing(&self, key: &str, need: Need, findings: &mut Findings) {
        if need == Need::Required {
            findings.error("missing", &self.path(key), self.place, "it is missing");
        }
    }

    /// What nobody took, each with one finding. It is kept.
    pub(crate) fn rest(mut self, findings: &mut Findings) -> Vec<Entry> {
        for entry in &self.entries {
            let message = "no report has this field; it is kept";
            findings.warn("unknown-field", &self.path(&entry.key), entry.place, message);
        }
        self.entries.append(&mut self.told);
        self.entries
    }
}
