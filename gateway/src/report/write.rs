//! From a report to text, as v1 has it.

use super::{API_V1, ConformanceReport, Implementation, Level, ProfileReport, Statistics};
use crate::yaml::{self, Entry, Node, Place, Value};

impl ConformanceReport {
    /// The report as the suite of v1.1 and later would write it: `apiVersion` is v1 and statistics have capitals. What a
    /// report of an earlier suite does not say stays unsaid.
    pub fn to_yaml(&self) -> String {
        let mut fields = vec![("apiVersion", Some(Node::text(API_V1)))];
        let texts = [
            ("kind", &self.kind),
            ("date", &self.date),
            ("gatewayAPIVersion", &self.gateway_api_version),
            ("gatewayAPIChannel", &self.gateway_api_channel),
            ("mode", &self.mode),
        ];
        fields.extend(texts.map(|(key, value)| (key, text(value.as_ref()))));
        let profiles = self.profiles.iter().map(profile).collect();
        fields.extend([
            ("implementation", Some(implementation(&self.implementation))),
            ("profiles", Some(Node::of(Value::List(profiles)))),
            (
                "succeededProvisionalTests",
                list(&self.succeeded_provisional_tests),
            ),
        ]);
        yaml::write(&entries(fields, &self.others))
    }
}

fn implementation(of: &Implementation) -> Node {
    let fields = vec![
        ("organization", text(of.organization.as_ref())),
        ("project", text(of.project.as_ref())),
        ("url", text(of.url.as_ref())),
        ("version", text(of.version.as_ref())),
        ("contact", list(&of.contact)),
    ];
    map(fields, &of.others)
}

fn profile(of: &ProfileReport) -> Node {
    let fields = vec![
        ("name", text(of.name.as_ref())),
        ("summary", text(of.summary.as_ref())),
        ("core", Some(level(&of.core))),
        ("extended", of.extended.as_ref().map(level)),
    ];
    map(fields, &of.others)
}

fn level(of: &Level) -> Node {
    let result = of.result.as_ref().map(|result| Node::text(result.word()));
    let fields = vec![
        ("result", result),
        ("statistics", Some(statistics(&of.statistics))),
        ("summary", text(of.summary.as_ref())),
        ("skippedTests", list(&of.skipped_tests)),
        ("failedTests", list(&of.failed_tests)),
        ("supportedFeatures", list(&of.supported_features)),
        ("unsupportedFeatures", list(&of.unsupported_features)),
    ];
    map(fields, &of.others)
}

fn statistics(of: &Statistics) -> Node {
    let fields = vec![
        ("Passed", of.passed.map(Node::number)),
        ("Skipped", of.skipped.map(Node::number)),
        ("Failed", of.failed.map(Node::number)),
    ];
    map(fields, &of.others)
}

fn text(value: Option<&String>) -> Option<Node> {
    value.map(Node::text)
}

/// As the suite does: an empty list is not written.
fn list(texts: &[String]) -> Option<Node> {
    let items: Vec<Node> = texts.iter().map(Node::text).collect();
    (!items.is_empty()).then(|| Node::of(Value::List(items)))
}

fn map(fields: Vec<(&str, Option<Node>)>, others: &[Entry]) -> Node {
    Node::of(Value::Map(entries(fields, others)))
}

/// What is known and said, then what is not known.
fn entries(fields: Vec<(&str, Option<Node>)>, others: &[Entry]) -> Vec<Entry> {
    let known = fields.into_iter().filter_map(|(key, value)| {
        Some(Entry {
            key: key.to_owned(),
            place: Place::default(),
            value: value?,
        })
    });
    known.chain(others.iter().cloned()).collect()
}
