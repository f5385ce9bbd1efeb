//! Events: what people are told of an object.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::runtime::events::{Event, EventType, Recorder};

use crate::condition::truncated;

/// The longest note that the API accepts in an Event.
const MAX_NOTE: usize = 1024;

/// An Event to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Normal or Warning.
    pub warning: bool,
    /// One word, CamelCase.
    pub reason: &'static str,
    /// One sentence.
    pub note: String,
}

/// Writes an Event about an object. One that cannot be written is no reason to do a step again.
pub async fn announce(recorder: &Recorder, about: &ObjectReference, announcement: &Announcement) {
    let event = Event {
        type_: if announcement.warning {
            EventType::Warning
        } else {
            EventType::Normal
        },
        reason: announcement.reason.to_owned(),
        note: Some(truncated(&announcement.note, MAX_NOTE)),
        action: "Reconcile".to_owned(),
        secondary: None,
    };
    if let Err(error) = recorder.publish(&event, about).await {
        tracing::warn!(%error, name = about.name, "cannot write an Event");
    }
}
