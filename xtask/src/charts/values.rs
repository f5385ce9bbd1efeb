//! Values of the operator's chart: which are refused, and what becomes of others.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::render::{Objects, objects};
use crate::process::output;

/// Values that are to be refused.
const REFUSED: [&str; 25] = [
    "artifacts.storage=tape",
    "artifacts.storage=s3",
    "artifacts.s3.endpoint=s3.example.com",
    "artifacts.s3.endpoint=https://s3.example.com:99999",
    "notifications.url=hooks.example.com",
    "notifications.url=http://hooks.example.com:99999/",
    "notifications.url=http://hooks.example.com:0/",
    "notifications.url=http://hooks.example.com/a b",
    "notifications.url=http://hooks .example.com/",
    "notifications.url=https://hooks.example.com/",
    "images.mirror=https://mirror.example",
    "image.tag=sha256:0123",
    "image.digests.operator=0123",
    "replicas=0",
    "leaseSeconds=1",
    "operators=3",
    "image.pullPolicy=Sometimes",
    "suiteRepository=registry.k8s.io/conformance:v1",
    r"podLabels.app\.kubernetes\.io/name=other",
    r"metrics.serviceMonitor.labels.app\.kubernetes\.io/part-of=other",
    "networkPolicy.apiServerPorts={}",
    "networkPolicy.ingressFrom[0].ports=1",
    "networkPolicy.extraEgress[0].port=9000",
    "networkPolicy.extraEgress={all}",
    "metrics.serviceMonitor.interval=often",
];
/// Values that are to be taken.
const TAKEN: [&str; 6] = [
    "notifications.url=http://hooks:65535/a?b=c",
    "notifications.url=http://[2001:db8::1]:8080",
    "notifications.url=https://hooks.example.com/a,notifications.caConfigMapName=hook-ca",
    "artifacts.s3.endpoint=http://minio.minio.svc:9000/",
    "image.tag=v1.2.3-rc.1",
    r"podLabels.app\.kubernetes\.io/component=operator",
];

/// Tries values. `template` renders the chart with some; `all` is what it renders with everything switched on.
pub fn check(template: &impl Fn(&[&str]) -> Command, all: &Objects) -> Result<()> {
    for value in REFUSED {
        let rendered = template(&[value]).output()?;
        ensure!(!rendered.status.success(), "--set {value} is not refused");
    }
    for value in TAKEN {
        objects(&output(&mut template(&[value]))?).with_context(|| format!("--set {value}"))?;
    }
    let untrusted = template(&["notifications.url=https://hooks.example.com/"]).output()?;
    ensure!(
        String::from_utf8_lossy(&untrusted.stderr).contains("notifications.caConfigMapName"),
        "nobody is told what a webhook with https needs"
    );
    digests(template)?;
    doors(all)
}

/// Images are named by their digests, if these are given, also where a mirror has them.
fn digests(template: &impl Fn(&[&str]) -> Command) -> Result<()> {
    let digest = |letter: &str| format!("sha256:{}", letter.repeat(64));
    let (operator, runner) = (digest("a"), digest("b"));
    let values = [
        &format!("image.digests.operator={operator}"),
        &format!("image.digests.runner={runner}"),
        "images.mirror=mirror.example",
    ];
    let rendered = objects(&output(&mut template(&values))?)?;
    let container = found(&rendered, "Deployment")?
        .pointer("/spec/template/spec/containers/0")
        .context("the Deployment has no container")?;
    let image = format!("mirror.example/conform-dev/conform-operator@{operator}");
    ensure!(
        container.get("image") == Some(&json!(image)),
        "the operator's image is not {image}: {container}"
    );
    let wanted = json!({
        "name": "CONFORM_RUNNER_IMAGE",
        "value": format!("mirror.example/conform-dev/conform-runner@{runner}"),
    });
    let environment = container.get("env").and_then(Value::as_array);
    ensure!(
        environment.is_some_and(|all| all.contains(&wanted)),
        "the runner's image is not as {wanted}: {container}"
    );
    Ok(())
}

/// What tests/everything.yaml lets in and out is in the policy.
fn doors(all: &Objects) -> Result<()> {
    let policy = found(all, "NetworkPolicy")?;
    let peers =
        json!([{ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "monitoring" } } }]);
    ensure!(
        policy.pointer("/spec/ingress/0/from") == Some(&peers),
        "networkPolicy.ingressFrom is not in the policy: {policy}"
    );
    let rule = json!({
        "to": [{ "podSelector": { "matchLabels": { "app": "hook" } } }],
        "ports": [{ "port": 9443 }],
    });
    let rules = policy.pointer("/spec/egress").and_then(Value::as_array);
    ensure!(
        rules.is_some_and(|rules| rules.contains(&rule)),
        "networkPolicy.extraEgress is not in the policy: {policy}"
    );
    Ok(())
}

/// The object of a kind that there is one of.
fn found<'a>(objects: &'a Objects, kind: &str) -> Result<&'a Value> {
    let mut found = objects.iter().filter(|((of, _), _)| of == kind);
    let (_, object) = found.next().with_context(|| format!("there is no {kind}"))?;
    Ok(object)
}
