//! The `-o` formats that need no renderer of their own.

use clap::ValueEnum;
use kube::{Resource, ResourceExt};
use serde::Serialize;

use crate::{error::Error, printer::Printer};

/// Formats of commands that list or show objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table with more columns and nothing shortened
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// TYPE/NAME, one a line
    Name,
}

/// Formats of commands that list objects and can show them as a page too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PagedFormat {
    /// A table with more columns and nothing shortened
    Wide,
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// TYPE/NAME, one a line
    Name,
    /// A page for a browser, whole in one file
    Html,
}

/// Formats of commands that make or show one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ObjectFormat {
    /// JSON
    Json,
    /// YAML
    Yaml,
    /// TYPE/NAME
    Name,
}

/// How commands speak of an object: `conformancerun.conform.dev/nightly`.
pub fn spoken<K: Resource<DynamicType = ()>>(name: &str) -> String {
    of_kind(&K::kind(&()), &K::group(&()), name)
}

/// The same for a kind that is known at run time only.
pub fn of_kind(kind: &str, group: &str, name: &str) -> String {
    let dot = if group.is_empty() { "" } else { "." };
    format!("{}{dot}{group}/{name}", kind.to_lowercase())
}

/// Writes one object.
pub fn object<K>(printer: &Printer, object: &K, format: ObjectFormat) -> Result<(), Error>
where
    K: Resource<DynamicType = ()> + Serialize,
{
    match format {
        ObjectFormat::Json => json(printer, object),
        ObjectFormat::Yaml => yaml(printer, object),
        ObjectFormat::Name => printer.out(&spoken::<K>(&object.name_any())),
    }
}

/// Writes any value as indented JSON.
pub fn json<T: Serialize>(printer: &Printer, value: &T) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Serialize(error.to_string()))?;
    printer.data(format!("{text}\n").as_bytes())
}

/// Writes any value as YAML.
pub fn yaml<T: Serialize>(printer: &Printer, value: &T) -> Result<(), Error> {
    printer.data(conform_crds::to_yaml(value)?.as_bytes())
}

/// What kubectl prints for several objects: one of kind List.
pub fn list<K: Serialize>(items: &[K]) -> Result<serde_json::Value, Error> {
    let items = serde_json::to_value(items).map_err(|error| Error::Serialize(error.to_string()))?;
    Ok(serde_json::json!({ "apiVersion": "v1", "kind": "List", "metadata": {}, "items": items }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_spoken_of_as_kubectl_does() {
        assert_eq!(
            spoken::<conform_crds::ConformanceRun>("x"),
            "conformancerun.conform.dev/x"
        );
        assert_eq!(of_kind("Namespace", "", "x"), "namespace/x");
    }
}
