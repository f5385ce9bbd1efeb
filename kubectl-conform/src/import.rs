//! From what files say to the objects of a finished run. Pure.

use std::collections::BTreeMap;

use conform_crds::{
    Attempt, AttemptEnd, AttemptEndReason, ConformanceResult, ConformanceResultSpec, ConformanceResultStatus,
    ConformanceRun, ConformanceRunSpec, Imported, SelectionSummary, SuiteSummary, TestRecord, names,
};
use conform_suite::{
    Outcome, Release, Stage,
    evaluation::{InputReport, TestReport},
};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::{Resource, ResourceExt};

/// Longest text that says where outcomes come from.
const SOURCE: usize = 253;

/// Longest message that a result keeps of a test, in bytes.
const MESSAGE: usize = 1024;

/// Most tests of an entry that the API server takes.
const MOST_TESTS: usize = 8192;

/// The run that stands for these outcomes. Without a name the API server makes one.
pub fn run(report: &InputReport, name: Option<&str>) -> ConformanceRun {
    let spec = ConformanceRunSpec {
        imported: Some(Imported {
            source: report.source.chars().take(SOURCE).collect(),
            server_version: report.release.to_string(),
        }),
        ..ConformanceRunSpec::default()
    };
    let mut run = ConformanceRun::new(name.unwrap_or_default(), spec);
    if name.is_none() {
        run.metadata.name = None;
        run.metadata.generate_name = Some("import-".to_owned());
    }
    run
}

/// The outcomes as the run's own: one entry for each stage that has any. `run` is what the API server made of [`run`].
pub fn result(
    run: &ConformanceRun,
    report: &InputReport,
    suite: Release,
    now: Timestamp,
) -> ConformanceResult {
    let name = run.name_any();
    let mut result = ConformanceResult::new(
        &name,
        ConformanceResultSpec {
            run_name: name.clone(),
        },
    );
    let labels = [
        (names::MANAGED_BY.0.to_owned(), names::MANAGED_BY.1.to_owned()),
        (names::LABEL_RUN.to_owned(), name.clone()),
    ];
    result.metadata.labels = Some(BTreeMap::from(labels));
    result.metadata.owner_references = run.controller_owner_ref(&()).map(|owner| vec![owner]);
    let stages = [Stage::Present, Stage::Future].into_iter();
    let attempts = stages
        .filter_map(|stage| attempt(report, stage, suite, now))
        .collect();
    result.status = Some(ConformanceResultStatus {
        attempts,
        stored: None,
    });
    result
}

fn attempt(report: &InputReport, stage: Stage, suite: Release, now: Timestamp) -> Option<Attempt> {
    let tests = report.tests.iter().flatten().filter(|test| test.stage == stage);
    let tests: Vec<TestRecord> = tests.take(MOST_TESTS).map(record).collect();
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    let selected = count(tests.iter().filter(|test| test.selected).count());
    (!tests.is_empty()).then(|| Attempt {
        name: names::attempt(stage, 1),
        stage,
        combined: false,
        own_suite: None,
        start_time: Time(now),
        preflight: Vec::new(),
        components: Vec::new(),
        service_cidr: None,
        capabilities: Vec::new(),
        suite: Some(SuiteSummary {
            version: suite.to_string(),
            run_ids: Vec::new(),
        }),
        selection: Some(SelectionSummary {
            required: count(tests.len()),
            selected,
            due: selected,
            total: selected,
            digest: String::new(),
            narrowings: Vec::new(),
        }),
        running: Vec::new(),
        tests,
        end: Some(AttemptEnd {
            time: Time(now),
            reason: AttemptEndReason::Completed,
            message: "Imported.".to_owned(),
            exit_code: None,
        }),
        artifacts: Vec::new(),
    })
}

fn record(test: &TestReport) -> TestRecord {
    TestRecord {
        name: test.name.clone(),
        required_in: test.required_in,
        authority: test.authority,
        area: test.area,
        selected: test.outcome != Outcome::NotRun,
        outcome: test.outcome,
        duration_milliseconds: test
            .duration_milliseconds
            .and_then(|count| i64::try_from(count).ok()),
        message: test.message.as_deref().map(|message| {
            let end = message.floor_char_boundary(MESSAGE);
            message.get(..end).unwrap_or(message).to_owned()
        }),
    }
}
