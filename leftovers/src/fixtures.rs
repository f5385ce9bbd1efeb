//! Objects that tests are made of.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{FieldsV1, ManagedFieldsEntry, ObjectMeta};
use serde_json::Value;

/// Metadata of an object that one manager has written.
pub fn metadata(manager: &str, operation: &str, subresource: &str, fields: Value) -> ObjectMeta {
    let entry = ManagedFieldsEntry {
        manager: Some(manager.to_owned()),
        operation: Some(operation.to_owned()),
        subresource: Some(subresource.to_owned()).filter(|text| !text.is_empty()),
        fields_v1: Some(FieldsV1(fields)),
        ..ManagedFieldsEntry::default()
    };
    ObjectMeta {
        name: Some("left".to_owned()),
        uid: Some("one".to_owned()),
        managed_fields: Some(vec![entry]),
        ..ObjectMeta::default()
    }
}
