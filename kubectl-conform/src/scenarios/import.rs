//! Results from elsewhere become objects.

use std::{collections::BTreeMap, fmt::Write};

use conform_suite::{
    Junit, Limits, LogSummary, Release,
    catalogue::upstream,
    evaluation::{Criteria, InputReport, Measured, evaluate},
    junit,
};
use http::Method;
use serde_json::{Value, json};

use super::{Asked, cluster};
use crate::{error::Error, verbs::store_import};

const RELEASE: Release = Release::new(1, 36);

/// A run of a whole release in which this one test failed.
fn report(failed: &str) -> InputReport {
    let mut text = "<testsuites><testsuite name=\"x\">".to_owned();
    for known in upstream().listed(RELEASE) {
        let name = known
            .name_in(RELEASE)
            .unwrap()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&#34;");
        let (status, child) = if name.contains(failed) {
            (
                "failed",
                format!("<failure type=\"failed\">{}</failure>", "é".repeat(2000)),
            )
        } else {
            ("passed", String::new())
        };
        write!(
            text,
            "<testcase name=\"[It] {name} [Conformance]\" status=\"{status}\" time=\"1\">{child}</testcase>"
        )
        .unwrap();
    }
    text.push_str("</testsuite></testsuites>");
    let file: Junit = junit::read(text.as_bytes(), &Limits::default()).unwrap();
    let measured =
        Measured::of_files("sonobuoy.tar.gz", &[file], Some(&LogSummary::default()), None).unwrap();
    evaluate(&measured, &Criteria::default(), true).unwrap()
}

async fn stored(
    report: &InputReport,
    answer: impl Fn(&Method, &str) -> Option<u16> + Send + 'static,
) -> (Result<String, Error>, Asked) {
    let (cluster, asked) = cluster(move |method, path, _| {
        if let Some(code) = answer(method, path) {
            let refused = json!({ "kind": "Status", "status": "Failure", "reason": "Forbidden", "code": code, "message": "no" });
            return (code, refused.to_string());
        }
        let kind = if path.contains("conformanceresults") {
            "ConformanceResult"
        } else {
            "ConformanceRun"
        };
        let spec = if kind == "ConformanceRun" {
            json!({})
        } else {
            json!({ "runName": "import-x7k2p" })
        };
        let object = json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": kind, "spec": spec,
            "metadata": { "name": "import-x7k2p", "uid": "7", "resourceVersion": "1" },
        });
        (201, object.to_string())
    });
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    (store_import(report, RELEASE, None, &cluster, now).await, asked)
}

#[tokio::test]
async fn outcomes_become_a_run_and_its_result() {
    let report = report("provide DNS for services");
    let (name, asked) = stored(&report, |_, _| None).await;
    assert_eq!(name.unwrap(), "import-x7k2p");
    let asked = asked.lock().unwrap();
    let [(_, _, run), (_, _, result), (method, path, status)] = asked.as_slice() else {
        panic!("three requests: {asked:?}");
    };
    let run: Value = serde_json::from_str(run).unwrap();
    assert_eq!(run["metadata"]["generateName"], "import-");
    assert_eq!(
        run["spec"]["imported"],
        json!({ "source": "sonobuoy.tar.gz", "serverVersion": "1.36" })
    );
    let result: Value = serde_json::from_str(result).unwrap();
    let owner = &result["metadata"]["ownerReferences"][0];
    assert_eq!(
        (&owner["uid"], &owner["controller"]),
        (&json!("7"), &json!(true)),
        "the operator takes it for the run's own"
    );
    assert_eq!(result["spec"]["runName"], "import-x7k2p");
    assert_eq!(method, Method::PATCH);
    assert!(path.contains("/conformanceresults/import-x7k2p/status"), "{path}");
    let status: Value = serde_json::from_str(status).unwrap();
    let attempts = status["status"]["attempts"].as_array().unwrap();
    let names: Vec<&str> = attempts
        .iter()
        .map(|attempt| attempt["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["present-1", "future-1"]);
    let tests = attempts[0]["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 443);
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for test in tests {
        *counts.entry(test["outcome"].as_str().unwrap()).or_default() += 1;
        assert!(
            test["message"]
                .as_str()
                .is_none_or(|message| message.len() <= 1024)
        );
    }
    assert_eq!(counts, BTreeMap::from([("Failed", 1), ("Passed", 442)]));
    let future = attempts[1]["tests"].as_array().unwrap();
    assert!(
        future
            .iter()
            .all(|test| test["selected"] == false && test["outcome"] == "NotRun")
    );
}

#[tokio::test]
async fn a_run_without_outcomes_is_taken_back() {
    let report = report("provide DNS for services");
    let (outcome, asked) = stored(&report, |method, path| {
        (*method == Method::POST && path.contains("conformanceresults")).then_some(403)
    })
    .await;
    assert!(matches!(outcome, Err(Error::Forbidden(_))));
    let (method, path, _) = asked.lock().unwrap().last().cloned().unwrap();
    assert!(
        method == Method::DELETE && path.contains("/conformanceruns/import-x7k2p"),
        "{path}"
    );

    let (outcome, asked) = stored(&report, |_, _| Some(403)).await;
    assert!(outcome.is_err());
    assert_eq!(
        asked.lock().unwrap().len(),
        1,
        "without a run there is nothing to take back"
    );
}
