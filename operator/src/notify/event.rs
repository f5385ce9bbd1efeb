//! A CloudEvent (version 1.0), in its structured form.

use conform_crds::names;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// What happened to one object. Pure data: it is made where a status was written.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    specversion: &'static str,
    /// Always the same for the same happening, so that a receiver can tell what it has seen before.
    pub id: String,
    source: String,
    /// What happened, such as `dev.conform.run.finished`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The object's name.
    subject: String,
    time: String,
    datacontenttype: &'static str,
    data: Value,
}

/// The content type of a structured event.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";

impl Event {
    /// What happened at `time` to the object of this plural, name and uid. `mark` tells one happening of this type to the
    /// object from another.
    pub fn new(
        kind: &'static str,
        (plural, name, uid): (&str, &str, &str),
        mark: &str,
        time: Timestamp,
        data: Value,
    ) -> Self {
        Self {
            specversion: "1.0",
            id: format!("{uid}/{kind}/{mark}"),
            source: format!("/apis/{}/v1alpha1/{plural}/{name}", names::GROUP),
            kind,
            subject: name.to_owned(),
            time: time.to_string(),
            datacontenttype: "application/json",
            data,
        }
    }
}
