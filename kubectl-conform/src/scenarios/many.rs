//! Several clusters, and several runs of one.

use conform_suite::{FleetState, Verdict};
use serde_json::{Value, json};

use super::{cluster, list};
use crate::{error::Error, fleet, render, verbs::schedule_history};

fn run(name: &str, hour: u8, failed: i32) -> Value {
    let truth = if failed > 0 { "False" } else { "True" };
    let condition = |kind: &str, status: &str| json!({ "type": kind, "status": status, "reason": "X", "message": "", "lastTransitionTime": "2026-11-22T10:00:00Z" });
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
        "metadata": { "name": name, "uid": name },
        "spec": { "profiles": ["kubernetes"] },
        "status": {
            "conditions": [condition("Succeeded", truth), condition("PresentConformant", truth)],
            "serverVersion": "v1.36.3", "completionTime": format!("2026-11-{hour:02}T12:00:00Z"),
            "present": { "release": "1.36", "required": 2, "passed": 2 - failed, "failed": failed, "unevaluated": 0 },
        },
    })
}

fn result(name: &str, outcome: &str) -> String {
    let test = |name: &str, outcome: &str| json!({ "name": name, "requiredIn": "1.9", "authority": "Upstream", "area": "Dns", "selected": true, "outcome": outcome });
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": name },
        "spec": { "runName": name },
        "status": { "attempts": [{
            "name": "present-1", "stage": "Present", "startTime": "2026-11-22T10:00:00Z",
            "tests": [test("[sig-network] DNS <b>a</b>", outcome), test("[sig-network] DNS b", "Passed")],
        }] },
    })
    .to_string()
}

#[tokio::test]
async fn the_history_of_a_schedule_is_in_the_order_of_time() {
    let answer = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        if path.contains("conformanceruns?") {
            assert!(
                path.contains("labelSelector=conform.dev%2Fschedule%3Dnightly"),
                "{path}"
            );
            return list(&[run("n-3", 22, 0), run("n-1", 20, 0), run("n-2", 21, 1)]);
        }
        result(&name, if name == "n-2" { "Failed" } else { "Passed" })
    };
    let (cluster, _) = cluster(move |_, path, _| (200, answer(path)));
    let trend = schedule_history("nightly", &cluster).await.unwrap();
    let verdicts: Vec<(&str, Verdict)> = trend
        .points
        .iter()
        .map(|point| (point.run.as_str(), point.verdict))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("n-1", Verdict::Conformant),
            ("n-2", Verdict::NotConformant),
            ("n-3", Verdict::Conformant)
        ]
    );
    insta::assert_snapshot!(render::trend(&trend, false, 80));
    let page = render::trend_html(&trend).unwrap();
    assert!(!page.contains("<b>a") && page.contains("&#60;b&#62;a"));
    let (start, end) = (page.find("<main").unwrap(), page.find("</main>").unwrap());
    insta::assert_snapshot!("the_page_of_a_history", &page[start..end]);
}

#[tokio::test]
async fn a_schedule_without_runs_has_no_history() {
    let (cluster, _) = cluster(|_, path, _| {
        if path.contains("conformanceruns") {
            return (200, list(&[]));
        }
        let schedule = json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "metadata": { "name": "nightly" },
            "spec": { "schedule": "0 3 * * *", "runTemplate": {} },
        });
        (200, schedule.to_string())
    });
    let error = schedule_history("nightly", &cluster).await.unwrap_err();
    assert!(matches!(error, Error::Missing(said) if said.contains("no finished run")));
}

#[tokio::test]
async fn a_cluster_stands_as_its_last_own_run_says() {
    let mut imported = run("imported", 28, 0);
    imported["spec"]["imported"] = json!({ "source": "x", "serverVersion": "1.36" });
    let mut active = run("active", 27, 0);
    active["status"]["conditions"][0]["status"] = json!("Unknown");
    let runs = [run("old", 1, 0), run("new", 20, 1), imported, active];
    let (measured, _) = cluster(move |_, _, _| (200, list(&runs)));
    let row = fleet::row("prod", &measured).await;
    assert_eq!(
        (row.state, row.source.as_deref()),
        (FleetState::NotConformant, Some("new"))
    );
    assert_eq!(row.measured.as_deref(), Some("2026-11-20T12:00:00Z"));

    let (empty, _) = cluster(|_, _, _| (200, list(&[])));
    let row = fleet::row("fresh", &empty).await;
    assert_eq!(
        (row.state, row.problem.as_deref()),
        (FleetState::Undecided, Some("no run has finished there yet"))
    );

    let (without, _) = cluster(|_, _, _| (404, "404 page not found\n".to_owned()));
    let row = fleet::row("bare", &without).await;
    assert_eq!(row.state, FleetState::Unreachable);
    assert!(row.problem.unwrap().contains("not installed"));
}
