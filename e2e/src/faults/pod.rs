//! Faults of the suite's own pod.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use conform_testbed::{PodProcess, image};
use serde_json::{Value, json};

use crate::{kubectl, plugin, run::NAMESPACE, until};

use super::{
    fault::{Ends, Fault, Row},
    judge, objects,
    subject::{STEP, Size, Subject},
    world::{World, must},
};

/// A little more than `/tmp` of the suite's container may take.
const TOO_MUCH: &str = "2200M";
/// The suite image that lacks a program.
const WITHOUT_GINKGO: &str = "conform.test/without-ginkgo";

/// The container's first process ends: the pod is lost with everything that it has not told.
pub(super) fn kill_runner(world: &World, subject: &Subject) -> Result<()> {
    kill(world, subject, "conform-runner")
}

/// What starts the suite ends.
pub(super) fn kill_ginkgo(world: &World, subject: &Subject) -> Result<()> {
    kill(world, subject, "ginkgo")
}

/// The suite itself ends.
pub(super) fn kill_suite(world: &World, subject: &Subject) -> Result<()> {
    kill(world, subject, "e2e.test")
}

fn kill(world: &World, subject: &Subject, program: &str) -> Result<()> {
    world
        .in_suite(&subject.pod_name()?, program)?
        .iter()
        .for_each(PodProcess::kill);
    Ok(())
}

/// As `kubectl drain` does it.
pub(super) fn evict(_: &World, subject: &Subject) -> Result<()> {
    let pod = subject.pod_name()?;
    let eviction = json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": { "name": pod, "namespace": NAMESPACE },
    });
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), eviction.to_string())?;
    let path = format!("/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction");
    must(&["create", "--raw", &path, "-f", &file.path().to_string_lossy()])
}

/// As a person does it who is in a hurry.
pub(super) fn delete(_: &World, subject: &Subject) -> Result<()> {
    must(&[
        "delete",
        "pod",
        "-n",
        NAMESPACE,
        &subject.pod_name()?,
        "--wait=false",
    ])
}

/// Without the time to say good-bye.
pub(super) fn delete_by_force(_: &World, subject: &Subject) -> Result<()> {
    let pod = subject.pod_name()?;
    must(&[
        "delete",
        "pod",
        "-n",
        NAMESPACE,
        &pod,
        "--force",
        "--grace-period=0",
    ])
}

/// `/tmp` of the suite gets full, until the kubelet evicts the pod, which it looks at about once a minute.
pub(super) fn fill_tmp(world: &World, subject: &Subject) -> Result<()> {
    let pod = subject.pod()?;
    let text = |pointer: &str| {
        let found = pod.pointer(pointer).and_then(Value::as_str);
        found
            .map(str::to_owned)
            .with_context(|| format!("the pod has no {pointer}"))
    };
    let (uid, node, name) = (
        text("/metadata/uid")?,
        text("/spec/nodeName")?,
        text("/metadata/name")?,
    );
    let file = format!("/var/lib/kubelet/pods/{uid}/volumes/kubernetes.io~empty-dir/tmp/full");
    let words = ["fallocate", "-l", TOO_MUCH, &file].map(str::to_owned);
    ensure!(world.testbed.exec(&node, &words)?.success(), "cannot fill {file}");
    // The suite stands still until then: it must not end before the kubelet has looked.
    world
        .in_suite(&name, "e2e.test")?
        .iter()
        .for_each(PodProcess::pause);
    let reason = "jsonpath={.status.reason}";
    let over = || {
        let told = kubectl(&["get", "pod", "-n", NAMESPACE, &name, "-o", reason]);
        (told.stdout == "Evicted" || told.stderr.contains("NotFound")).then_some(())
    };
    until(STEP, over).context("the kubelet does not evict a pod whose emptyDir is full")
}

/// The suite's image lacks ginkgo.
pub(super) fn image_without_ginkgo(world: &World, fault: &Fault) -> Result<Row> {
    let folder = tempfile::tempdir()?;
    let archive = folder.path().join("image.tar");
    let version = &world.testbed.options().kubernetes_version;
    image::Builder::new(format!("{WITHOUT_GINKGO}:v{version}"))
        .file("/usr/local/bin/e2e.test", world.testbed.bin("e2e.test")?, 0o755)
        .directory("/tmp", 0o1777)
        .write(&archive)?;
    world.testbed.load(&archive)?;
    let elsewhere = plugin(&["install", "--suite-repository", WITHOUT_GINKGO]);
    ensure!(elsewhere.code == 0, "{}", elsewhere.stderr);
    let before = objects::cluster_objects()?;
    let subject = Subject::create(world, fault.name, Size::One)?;
    let end = subject.ended(Duration::from_mins(10));
    judge::judge(
        fault,
        &subject,
        &std::collections::BTreeSet::new(),
        end.as_ref(),
        Ends::With(&["SuiteError"]),
        &before,
    )
}
