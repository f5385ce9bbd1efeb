//! The schemas of the reports, for whoever reads them with a program.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;

use crate::{
    Diff, Fleet, Readiness, Trend, WindowsReport, evaluation::Evaluation, explanation::Explanation,
    listing::TestList, submission::Verification,
};

/// The schema of each kind of report, with the name of its file.
pub fn report_schemas() -> [(&'static str, Value); 9] {
    [
        ("evaluation", of::<Evaluation>()),
        ("diff", of::<Diff>()),
        ("readiness", of::<Readiness>()),
        ("explanation", of::<Explanation>()),
        ("tests", of::<TestList>()),
        ("fleet", of::<Fleet>()),
        ("trend", of::<Trend>()),
        ("windows", of::<WindowsReport>()),
        ("verification", of::<Verification>()),
    ]
}

fn of<T: JsonSchema>() -> Value {
    // A field that is always written may be relied on.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    SchemaGenerator::new(settings).into_root_schema_for::<T>().into()
}
