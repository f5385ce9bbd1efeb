use std::{collections::BTreeSet, fmt, sync::Arc};

use conform_crds::{ConformanceRun, ConformanceSchedule};
use jiff::Timestamp;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, text::encode},
};
use serde_json::{Value, json};

use super::{
    collector::write,
    family::OMITTED,
    sample::{self, MAX_SCHEDULES, Sample},
};
use crate::metrics::{ApiMetrics, LeaderMetrics, NotificationMetrics, ReconcileMetrics, Request, registry};
use crate::run::{LastDetails, Slimming};

#[derive(Debug)]
struct Fixed(Vec<Sample>);

impl Collector for Fixed {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        write(&self.0, &mut encoder)
    }
}

/// What is told of runs that went through the cache.
fn samples(runs: &[ConformanceRun], schedules: &[Arc<ConformanceSchedule>]) -> Vec<Sample> {
    let last = LastDetails::default();
    let mut slimming = Slimming::noting(last.clone());
    let kept = runs.iter().map(|run| {
        let mut run = run.clone();
        slimming.slim(&mut run, now());
        Arc::new(run)
    });
    let kept: Vec<_> = kept.collect();
    sample::samples(&kept, schedules, &last, now())
}

fn scraped(runs: &[ConformanceRun], schedules: &[Arc<ConformanceSchedule>]) -> String {
    let mut registry = registry();
    registry.register_collector(Box::new(Fixed(samples(runs, schedules))));
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn condition(kind: &str, status: &str, reason: &str) -> Value {
    json!({ "type": kind, "status": status, "reason": reason, "message": "", "lastTransitionTime": "2026-11-22T10:00:00Z" })
}

fn schedule(name: &str, status: &Value) -> Arc<ConformanceSchedule> {
    let schedule = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "metadata": { "name": name, "creationTimestamp": "2026-11-20T12:00:00Z" },
        "spec": { "schedule": "@daily", "runTemplate": {} }, "status": status,
    });
    Arc::new(serde_json::from_value(schedule).unwrap())
}

fn run(name: &str, schedule: Option<&str>, status: &Value) -> ConformanceRun {
    let owners = schedule.map(|name| {
        json!({ "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "name": name, "uid": name, "controller": true })
    });
    let owners: Vec<Value> = owners.into_iter().collect();
    let run = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": name, "uid": name, "ownerReferences": owners }, "spec": {}, "status": status,
    });
    serde_json::from_value(run).unwrap()
}

fn finished(minute: u8, failed: i32) -> Value {
    json!({
        "conditions": [condition("Succeeded", "False", "PresentTestsFailed")],
        "startTime": "2026-11-22T10:00:00Z", "completionTime": format!("2026-11-22T10:{minute:02}:00Z"),
        "preflight": [{ "check": "Dns", "state": "Passed", "message": "It answers." }],
        "present": { "release": "1.36", "required": 446, "passed": 440, "failed": failed, "unevaluated": 1 },
        "future": [{ "release": "1.40", "authority": "Advisory", "total": 2, "passed": 1, "failed": 1, "unevaluated": 0 }],
        "sigs": [{ "stage": "Present", "sig": "network", "passed": 46, "failed": failed, "unevaluated": 1 }],
        "failures": [{
            "name": "[sig-network] a", "stage": "Present", "requiredIn": "1.20", "authority": "Upstream",
            "area": "ServiceProxy", "outcome": "Failed",
        }],
        "capabilities": [{
            "feature": "node-port", "source": "", "status": "Supported", "component": "", "same": 1, "cells": 1, "telling": 1,
        }],
    })
}

#[test]
fn what_runs_and_schedules_say_is_scraped() {
    let nightly = schedule(
        "nightly",
        &json!({
            "conditions": [condition("Ready", "True", "Scheduled"), condition("Regressed", "True", "TestsRegressed"),
                           condition("Conformant", "False", "TestsFailed")],
            "nextScheduleTime": "2026-11-23T00:00:00Z",
            "lastRun": { "name": "n-2", "uid": "n-2", "reason": "PresentTestsFailed", "completionTime": "2026-11-22T10:30:00Z" },
            "lastSuccessfulRun": { "name": "n-1", "uid": "1", "reason": "TestsPassed", "completionTime": "2026-11-21T10:30:00Z" },
            "regressions": [{ "name": "[sig-network] a", "stage": "Present", "area": "ServiceProxy", "outcome": "Failed" }],
            "regressionsOmitted": 2,
        }),
    );
    let active = json!({
        "startTime": "2026-11-22T11:00:00Z",
        "progress": { "stage": "Present", "total": 18, "completed": 7, "failed": 1 },
    });
    let runs = [
        run("n-1", Some("nightly"), &finished(10, 1)),
        run("n-2", Some("nightly"), &finished(30, 5)),
        run("gone-1", Some("gone"), &finished(50, 9)),
        run("active", None, &active),
        run("waiting", None, &json!({})),
    ];
    insta::assert_snapshot!(scraped(&runs, &[nightly]));
}

#[test]
fn when_the_last_run_is_gone_an_older_one_does_not_take_its_place() {
    let nightly = schedule(
        "nightly",
        &json!({ "lastRun": { "name": "n-2", "uid": "n-2", "reason": "PreflightFailed", "completionTime": "2026-11-22T10:30:00Z" } }),
    );
    let runs = [run("n-1", Some("nightly"), &finished(10, 0))];
    let text = scraped(&runs, &[nightly]);
    assert!(
        text.contains(r#"conform_last_run_result{schedule="nightly",reason="PreflightFailed"} 1.0"#),
        "{text}"
    );
    assert!(!text.contains("conform_last_run_verdict{"), "{text}");
}

#[test]
fn nothing_yet_is_nothing_false() {
    insta::assert_snapshot!(scraped(&[], &[schedule("fresh", &json!({}))]));
}

#[test]
fn metrics_are_bounded_whatever_is_made() {
    let schedules: Vec<_> = (0..1000)
        .map(|number| {
            let last = json!({ "lastRun": { "name": format!("r-{number}"), "uid": format!("r-{number}"), "reason": "R",
                                            "completionTime": "2026-11-22T10:01:00Z" } });
            schedule(&format!("s-{number:04}"), &last)
        })
        .collect();
    let runs: Vec<_> = (0..1000)
        .map(|number| {
            run(
                &format!("r-{number}"),
                Some(&format!("s-{number:04}")),
                &finished(1, 1),
            )
        })
        .collect();
    let all = samples(&runs, &schedules);
    assert!(all.len() <= MAX_SCHEDULES * 24 + 10, "{}", all.len());
    let omitted = all.iter().find(|sample| sample.family == OMITTED).unwrap();
    assert_eq!(omitted.value.to_string(), "800", "what is left out is told");
}

/// Everything that is scraped, by name.
fn names() -> BTreeSet<String> {
    let mut registry = registry();
    let reconciling = ReconcileMetrics::register(&mut registry);
    reconciling.failed("api");
    LeaderMetrics::register(&mut registry);
    NotificationMetrics::register(&mut registry).count("delivered");
    let request = Request {
        method: "GET",
        code: "2xx",
    };
    ApiMetrics::register(&mut registry).count(&request, 1);
    let mut status = finished(10, 1);
    status["lastRun"] = json!({ "name": "n-1", "uid": "n-1", "reason": "PresentTestsFailed", "completionTime": "2026-11-22T10:30:00Z" });
    status["lastSuccessfulRun"] = status["lastRun"].clone();
    status["nextScheduleTime"] = json!("2026-11-23T00:00:00Z");
    let active = json!({
        "startTime": "2026-11-22T11:00:00Z",
        "progress": { "stage": "Present", "total": 18, "completed": 7, "failed": 1 },
    });
    let runs = [
        run("n-1", Some("nightly"), &finished(10, 1)),
        run("active", None, &active),
    ];
    registry.register_collector(Box::new(Fixed(samples(&runs, &[schedule("nightly", &status)]))));
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split(['{', ' ']).next().map(str::to_owned))
        .collect()
}

#[test]
fn alerts_the_dashboard_and_the_docs_name_metrics_that_there_are() {
    let names = names();
    for (file, text) in [
        (
            "alerts.yaml",
            include_str!("../../../charts/conform/files/alerts.yaml"),
        ),
        (
            "dashboard.json",
            include_str!("../../../charts/conform/files/dashboard.json"),
        ),
        ("monitoring.md", include_str!("../../../docs/monitoring.md")),
    ] {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let used: BTreeSet<&str> = words.filter(|word| word.starts_with("conform_")).collect();
        assert!(used.len() >= 5, "{file}: {used:?}");
        for name in used {
            let histogram = format!("{name}_bucket");
            assert!(
                names.contains(name) || names.contains(&histogram),
                "{file}: {name} is no metric"
            );
        }
    }
    let docs = include_str!("../../../docs/monitoring.md");
    for name in &names {
        let name = ["_bucket", "_sum", "_count"]
            .iter()
            .fold(name.as_str(), |name, end| name.trim_end_matches(end));
        assert!(docs.contains(name), "{name} is not in the docs");
    }
}
