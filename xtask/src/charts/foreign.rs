//! Definitions of kinds of others that are shipped beside ours, out of their Go modules: what an API server that has them would say
//! to our objects.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::output;

/// Module, version, and the files with definitions in it.
const MODULES: [(&str, &str, &[&str]); 3] = [
    (
        "github.com/prometheus-operator/prometheus-operator",
        "v0.85.0",
        &[
            "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
            "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
        ],
    ),
    (
        "github.com/argoproj/argo-cd/v3",
        "v3.2.1",
        &["manifests/crds/application-crd.yaml"],
    ),
    (
        "github.com/fluxcd/kustomize-controller",
        "v1.7.3",
        &["config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml"],
    ),
];

/// The files, in the module cache; the network is used if they are not there yet.
pub fn definitions() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for (module, version, files) in MODULES {
        let wanted = format!("{module}@{version}");
        let told = output(Command::new("go").args(["mod", "download", "-json", &wanted]))?;
        let told: Value =
            serde_json::from_str(&told).with_context(|| format!("go says no JSON of {wanted}"))?;
        let folder = told.get("Dir").and_then(Value::as_str);
        let folder = PathBuf::from(folder.with_context(|| format!("go does not say where {wanted} is"))?);
        found.extend(files.iter().map(|file| folder.join(file)));
    }
    Ok(found)
}
