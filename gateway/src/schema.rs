//! The schemas of what is written, for whoever reads it with a program.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use crate::{Validation, claim::GatewayFeatures};

/// The schema of each kind of report, with the name of its file.
pub fn report_schemas() -> [(&'static str, Value); 2] {
    [
        ("report-validation", of::<Validation>()),
        ("gateway-features", of::<GatewayFeatures>()),
    ]
}

fn of<T: JsonSchema>() -> Value {
    // A field that is always written may be relied on.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    SchemaGenerator::new(settings).into_root_schema_for::<T>().into()
}
