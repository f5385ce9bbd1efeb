//! What the charts render, beside what `kubectl conform install` applies: they are to be the same.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::values;
use crate::{
    printer,
    process::{cargo, output, root, run},
};

/// A namespace that is nobody's default, so that a name that was forgotten shows.
const NAMESPACE: &str = "elsewhere";
/// Everything that can be switched on; the tests on a cluster take the same.
const ALL: [&str; 2] = ["--values", "conform/tests/everything.yaml"];
/// Objects by kind, and namespace and name.
pub type Objects = BTreeMap<(String, String), Value>;

/// Lints and renders the charts.
pub fn check(helm: &Path) -> Result<()> {
    let helm = |words: &[&str]| {
        let mut command = Command::new(helm);
        command.args(words).current_dir(root().join("charts"));
        command
    };
    run(&mut helm(&[
        "lint",
        "--strict",
        "--quiet",
        "conform",
        "conform-crds",
    ]))?;
    let template = |chart: &str, values: &[&str]| {
        let mut words = vec![
            "template",
            "conform",
            chart,
            "--namespace",
            NAMESPACE,
            "--kube-version",
            "1.36.0",
        ];
        for value in values {
            words.extend(["--set", *value]);
        }
        helm(&words)
    };
    let mut rendered = objects(&output(&mut template("conform", &[]))?)?;
    rendered.extend(objects(&output(&mut template("conform-crds", &[]))?)?);
    same(&rendered, &objects(&installed(&[])?)?)?;
    let changed = ["replicas=3", "images.mirror=mirror.example:5000/k8s"];
    let mut changed = objects(&output(&mut template("conform", &changed))?)?;
    changed.extend(objects(&output(&mut template("conform-crds", &[]))?)?);
    let wanted = ["--replicas", "3", "--mirror", "mirror.example:5000/k8s"];
    same(&changed, &objects(&installed(&wanted)?)?)?;
    let all = objects(&output(template("conform", &[]).args(ALL))?)?;
    for kind in [
        "PodDisruptionBudget",
        "ServiceMonitor",
        "PrometheusRule",
        "NetworkPolicy",
        "ConfigMap",
    ] {
        ensure!(
            all.keys().any(|(found, _)| found == kind),
            "with everything switched on there is no {kind}"
        );
    }
    let volume = objects(&output(&mut template(
        "conform",
        &["artifacts.storage=filesystem"],
    ))?)?;
    ensure!(
        volume.keys().any(|(found, _)| found == "PersistentVolumeClaim"),
        "with a volume for files there is no claim"
    );
    values::check(&|values| template("conform", values), &all)?;
    let kept = |object: &Value| {
        object
            .pointer("/metadata/annotations/helm.sh~1resource-policy")
            .is_some()
    };
    let definitions = objects(&output(&mut template("conform-crds", &["keep=false"]))?)?;
    ensure!(!definitions.values().any(kept), "keep=false keeps definitions");
    printer::line(&format!(
        "{} objects, those of `kubectl conform install`; {} with everything switched on",
        rendered.len(),
        all.len()
    ));
    Ok(())
}

/// What the plugin would apply.
fn installed(options: &[&str]) -> Result<String> {
    run(&mut cargo(&[
        "build",
        "--workspace",
        "--bins",
        "--locked",
        "--quiet",
    ]))?;
    let mut plugin = Command::new(root().join("target/debug/kubectl-conform"));
    plugin.args([
        "install",
        "--dry-run=client",
        "-o",
        "yaml",
        "--namespace",
        NAMESPACE,
    ]);
    plugin.args(options);
    output(&mut plugin)
}

/// The objects of a text.
pub fn objects(yaml: &str) -> Result<Objects> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml).context("this is no YAML")?;
    let mut objects = BTreeMap::new();
    for object in documents.into_iter().filter(|document| !document.is_null()) {
        let text = |pointer: &str| {
            let found = object.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        let key = (
            text("/kind"),
            format!("{}/{}", text("/metadata/namespace"), text("/metadata/name")),
        );
        let known = objects.insert(key.clone(), object.clone());
        ensure!(known.is_none(), "{key:?} is there twice");
    }
    Ok(objects)
}

fn same(rendered: &Objects, installed: &Objects) -> Result<()> {
    for (key, object) in installed {
        // Helm makes the namespace, and the Service is only of use to who scrapes.
        if key.0 == "Namespace" {
            continue;
        }
        let other = rendered
            .get(key)
            .with_context(|| format!("the charts lack {key:?}"))?;
        if let Some(place) = difference(&bare(object), &bare(other), "") {
            bail!("{key:?} is not what the plugin installs: {place}");
        }
    }
    for key in rendered.keys() {
        ensure!(
            installed.contains_key(key) || key.0 == "Service",
            "the charts have {key:?}, which the plugin does not install"
        );
    }
    Ok(())
}

/// Without labels and annotations, which are Helm's or the plugin's own.
fn bare(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        // Those that grant something stay.
        if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
            labels.retain(|key, _| key.starts_with("rbac.authorization.k8s.io/"));
        }
        metadata.remove("annotations");
        if metadata
            .get("labels")
            .and_then(Value::as_object)
            .is_some_and(serde_json::Map::is_empty)
        {
            metadata.remove("labels");
        }
    }
    object
}

/// The first place at which two values differ. Go writes a whole number without its fraction.
fn difference(one: &Value, other: &Value, place: &str) -> Option<String> {
    match (one, other) {
        (Value::Object(some), Value::Object(others)) => {
            let mut keys = some.keys().chain(others.keys());
            keys.find_map(|key| {
                let value = |map: &serde_json::Map<String, Value>| map.get(key).cloned().unwrap_or_default();
                difference(&value(some), &value(others), &format!("{place}/{key}"))
            })
        }
        (Value::Array(some), Value::Array(others)) if some.len() == others.len() => {
            let mut pairs = some.iter().zip(others).enumerate();
            pairs.find_map(|(index, (one, other))| difference(one, other, &format!("{place}/{index}")))
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => None,
        _ => (one != other).then(|| format!("{place}: {one} and {other}")),
    }
}
