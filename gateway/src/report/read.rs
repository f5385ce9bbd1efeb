//! From a tree to a report. Whatever is not understood is an error or a warning, and is kept.

use super::{ConformanceReport, Implementation, Level, LevelResult, Places, ProfileReport, Statistics};
use crate::{
    fields::{Fields, Need},
    finding::Findings,
    yaml::{Entry, Node, Value},
};

/// Most profiles of a report. The suite has seven, and others may add theirs.
const MOST_PROFILES: usize = 100;

struct Reader<'findings> {
    findings: &'findings mut Findings,
    places: Places,
}

/// Reads a report, with the places of its fields.
pub fn read(document: Node, findings: &mut Findings) -> (ConformanceReport, Places) {
    let mut reader = Reader {
        findings,
        places: Places::default(),
    };
    let report = reader.report(document);
    (report, reader.places)
}

impl Reader<'_> {
    fn report(&mut self, document: Node) -> ConformanceReport {
        let Ok(mut fields) = Fields::of(document, "", self.findings) else {
            return ConformanceReport::default();
        };
        self.places.add(String::new(), fields.place());
        let text = |reader: &mut Self, fields: &mut Fields, key, need| reader.text(fields, key, need);
        let report = ConformanceReport {
            api_version: text(self, &mut fields, "apiVersion", Need::Required),
            kind: text(self, &mut fields, "kind", Need::Required),
            date: text(self, &mut fields, "date", Need::Required),
            gateway_api_version: text(self, &mut fields, "gatewayAPIVersion", Need::Required),
            // Whether these two have to be there depends on the version, and the rules say so.
            gateway_api_channel: text(self, &mut fields, "gatewayAPIChannel", Need::Optional),
            mode: text(self, &mut fields, "mode", Need::Optional),
            implementation: self.implementation(&mut fields),
            profiles: self.profiles(&mut fields),
            succeeded_provisional_tests: self.texts(&mut fields, "succeededProvisionalTests"),
            others: Vec::new(),
        };
        ConformanceReport {
            others: fields.rest(self.findings),
            ..report
        }
    }

    fn implementation(&mut self, fields: &mut Fields) -> Implementation {
        let Some(mut inner) = self.inner(fields, "implementation", Need::Required) else {
            return Implementation::default();
        };
        let implementation = Implementation {
            organization: self.text(&mut inner, "organization", Need::Required),
            project: self.text(&mut inner, "project", Need::Required),
            url: self.text(&mut inner, "url", Need::Required),
            version: self.text(&mut inner, "version", Need::Required),
            contact: Vec::new(),
            others: Vec::new(),
        };
        Implementation {
            contact: self.texts(&mut inner, "contact"),
            others: inner.rest(self.findings),
            ..implementation
        }
    }

    /// The profiles, under the name that the first reports had for them too.
    fn profiles(&mut self, fields: &mut Fields) -> Vec<ProfileReport> {
        const OLD: &str = "profileReports";
        if !fields.has("profiles") && fields.has(OLD) {
            let place = fields.place_of(OLD);
            let message = "reports call this field profiles; it is read as that";
            self.findings.warn("old-field", OLD, place, message);
            if let Some(entry) = fields.take(OLD) {
                fields.put(Entry {
                    key: "profiles".to_owned(),
                    ..entry
                });
            }
        }
        let Some(entry) = fields.take("profiles") else {
            fields.missing("profiles", Need::Required, self.findings);
            return Vec::new();
        };
        self.places.add("profiles".to_owned(), entry.place);
        let kind = entry.value.kind();
        let place = entry.value.place;
        let items = match entry.value.value {
            Value::List(items) if items.len() <= MOST_PROFILES => items,
            value => {
                let message = match &value {
                    Value::List(items) => format!("{} profiles are more than {MOST_PROFILES}", items.len()),
                    _ => format!("a list has to be here, not {kind}"),
                };
                self.findings.error("wrong-type", "profiles", place, message);
                fields.keep(Entry {
                    value: Node {
                        place,
                        value,
                        bare: false,
                    },
                    ..entry
                });
                return Vec::new();
            }
        };
        if items.is_empty() {
            let message = "there is no profile in it: nothing was measured";
            self.findings.error("empty", "profiles", place, message);
        }
        let read = |(at, item): (usize, Node)| self.profile(item, &format!("profiles[{at}]"));
        items.into_iter().enumerate().map(read).collect()
    }

    fn profile(&mut self, node: Node, path: &str) -> ProfileReport {
        self.places.add(path.to_owned(), node.place);
        let mut fields = match Fields::of(node, path, self.findings) {
            Ok(fields) => fields,
            // It is kept under a name of its own, so that nothing of the file is lost.
            Err(node) => {
                return ProfileReport {
                    others: vec![Entry {
                        key: "profile".to_owned(),
                        place: node.place,
                        value: node,
                    }],
                    ..ProfileReport::default()
                };
            }
        };
        let profile = ProfileReport {
            name: self.text(&mut fields, "name", Need::Required),
            summary: self.text(&mut fields, "summary", Need::Optional),
            core: self
                .level(&mut fields, "core", Need::Required)
                .unwrap_or_default(),
            extended: self.level(&mut fields, "extended", Need::Optional),
            others: Vec::new(),
        };
        ProfileReport {
            others: fields.rest(self.findings),
            ..profile
        }
    }

    fn level(&mut self, fields: &mut Fields, key: &str, need: Need) -> Option<Level> {
        let mut inner = self.inner(fields, key, need)?;
        // Go's own names of its types made it into a report: a level in a level.
        if inner.has("status") && !inner.has("result") {
            let place = inner.place_of("status");
            let path = inner.path("status");
            let message = "reports have the fields of status directly in the level; they are read as that";
            self.findings.warn("nested-status", &path, place, message);
            if let Some(entry) = inner.take("status") {
                match entry.value.value {
                    Value::Map(entries) => entries.into_iter().for_each(|entry| inner.put(entry)),
                    value => inner.put(Entry {
                        value: Node { value, ..entry.value },
                        ..entry
                    }),
                }
            }
        }
        let level = Level {
            result: self
                .text(&mut inner, "result", Need::Required)
                .map(|word| LevelResult::of(&word)),
            statistics: self.statistics(&mut inner),
            summary: self.text(&mut inner, "summary", Need::Optional),
            skipped_tests: self.texts(&mut inner, "skippedTests"),
            failed_tests: self.texts(&mut inner, "failedTests"),
            supported_features: self.texts(&mut inner, "supportedFeatures"),
            unsupported_features: self.texts(&mut inner, "unsupportedFeatures"),
            others: Vec::new(),
        };
        Some(Level {
            others: inner.rest(self.findings),
            ..level
        })
    }

    /// Counts, whose names the suite writes with a capital and GEP-1709 without.
    fn statistics(&mut self, fields: &mut Fields) -> Statistics {
        let Some(mut inner) = self.inner(fields, "statistics", Need::Required) else {
            return Statistics::default();
        };
        let mut lower = Vec::new();
        let mut count = |reader: &mut Self, capital: &'static str, small: &'static str| {
            let key = if !inner.has(capital) && inner.has(small) {
                lower.push(small);
                small
            } else {
                capital
            };
            if !inner.has(key) {
                inner.missing(capital, Need::Required, reader.findings);
                if let Some(nothing) = inner.take(key) {
                    inner.keep(nothing);
                }
                return None;
            }
            inner.count(key, reader.findings)
        };
        let passed = count(self, "Passed", "passed");
        let skipped = count(self, "Skipped", "skipped");
        let failed = count(self, "Failed", "failed");
        if !lower.is_empty() {
            let path = fields.path("statistics");
            let message = format!("the suite writes {} with a capital letter", lower.join(", "));
            self.findings.warn("lower-case", &path, inner.place(), message);
        }
        Statistics {
            passed,
            skipped,
            failed,
            others: inner.rest(self.findings),
        }
    }

    /// The mapping in a field. Nothing counts as not there.
    fn inner(&mut self, fields: &mut Fields, key: &str, need: Need) -> Option<Fields> {
        let path = fields.path(key);
        let entry = fields.take(key).filter(|entry| !entry.value.is_null());
        let Some(entry) = entry else {
            fields.missing(key, need, self.findings);
            return None;
        };
        self.places.add(path.clone(), entry.place);
        match Fields::of(entry.value, &path, self.findings) {
            Ok(inner) => Some(inner),
            Err(value) => {
                fields.keep(Entry {
                    value,
                    ..entry_of(key, entry.place)
                });
                None
            }
        }
    }

    fn text(&mut self, fields: &mut Fields, key: &str, need: Need) -> Option<String> {
        self.places.add(fields.path(key), fields.place_of(key));
        fields.text(key, need, self.findings)
    }

    fn texts(&mut self, fields: &mut Fields, key: &str) -> Vec<String> {
        let path = fields.path(key);
        self.places.add(path.clone(), fields.place_of(key));
        let texts = fields.texts(key, self.findings).into_iter().enumerate();
        let text = |(at, (text, place))| {
            self.places.add(format!("{path}[{at}]"), place);
            text
        };
        texts.map(text).collect()
    }
}

/// An entry whose value is still to be given.
fn entry_of(key: &str, place: crate::yaml::Place) -> Entry {
    Entry {
        key: key.to_owned(),
        place,
        value: Node::text(""),
    }
}
