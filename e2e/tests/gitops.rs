//! The story of a recurring check: installed by Helm, every minute, a proxy that breaks and is mended, an alert that comes and
//! goes, a leader that is killed in the middle of a run.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use conform_e2e::{
    Prometheus, apply, charts, json, kubectl,
    leader::{self, leader},
    plugin,
    proxy::BrokenProxies,
    run::{LIMIT, NAMESPACE, condition, ended},
    until,
};
use conform_testbed::Testbed;
use serde_json::{Value, json as object};

const NAME: &str = "e2e-gitops";
/// A test of profile `quick` that sends packets through a Service.
const TEST: &str = "[sig-network] Services should serve a basic endpoint from pods";
/// Namespaces whose Services the suite itself needs.
const SPARED: [&str; 3] = ["default", "kube-system", NAMESPACE];

/// Takes the endpoints from every slice of a test.
fn without_endpoints(object: &mut Value) -> bool {
    let namespace = object.pointer("/metadata/namespace").and_then(Value::as_str);
    let spared = namespace.is_some_and(|namespace| SPARED.contains(&namespace));
    if object.get("kind").and_then(Value::as_str) == Some("EndpointSlice")
        && !spared
        && let Some(endpoints) = object.get_mut("endpoints").and_then(Value::as_array_mut)
    {
        endpoints.clear();
    }
    true
}

/// Where the metrics of the operators are that there are now.
fn targets() -> Vec<String> {
    let pods = json(&[
        "pods",
        "-n",
        NAMESPACE,
        "-l",
        "app.kubernetes.io/name=conform-operator",
    ]);
    let pods = pods.get("items").and_then(Value::as_array).cloned();
    let addresses = pods.unwrap_or_default().into_iter().filter_map(|pod| {
        let address = pod.pointer("/status/podIP")?.as_str()?;
        Some(format!("{address}:8080"))
    });
    addresses.collect()
}

/// The schedule, as a file in Git would have it: every minute, a few tests of profile `quick`.
fn applied() {
    let made = apply(&object!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceSchedule",
        "metadata": { "name": NAME },
        "spec": {
            "schedule": "* * * * *",
            "concurrencyPolicy": "Forbid",
            "successfulRunsHistoryLimit": 1,
            "failedRunsHistoryLimit": 1,
            "runTemplate": { "spec": {
                "profiles": ["quick"],
                "stages": "Present",
                "focus": "Services should serve a basic|find the server version",
            } },
        },
    }));
    assert_eq!(made.code, 0, "{}", made.stderr);
}

/// The schedule once its last run is compared and told so of it; fails if that never comes.
fn once(told: impl Fn(&Value) -> bool, what: &str) -> Value {
    let found = until(LIMIT, || {
        let schedule = json(&["conformanceschedule", NAME]);
        let compared = schedule.pointer("/status/comparison/uid") == schedule.pointer("/status/lastRun/uid");
        let has_run = schedule.pointer("/status/lastRun/uid").is_some();
        (has_run && compared && told(&schedule)).then_some(schedule)
    });
    assert!(
        found.is_some(),
        "{what}: {:#}",
        json(&["conformanceschedule", NAME])
    );
    found.unwrap()
}

fn last_run(schedule: &Value) -> String {
    let name = schedule.pointer("/status/lastRun/name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

fn regressed(status: &str) -> impl Fn(&Value) -> bool {
    move |schedule| condition(schedule, "Regressed").0 == status
}

/// A run of the schedule that has started and is none of these.
fn active(other_than: &[String]) -> String {
    let found = until(LIMIT, || {
        let schedule = json(&["conformanceschedule", NAME]);
        let name = schedule.pointer("/status/active/0/name")?.as_str()?.to_owned();
        let run = json(&["conformancerun", &name]);
        let runs = run.pointer("/status/progress/total")?.as_i64()? > 0;
        (runs && !other_than.contains(&name)).then_some(name)
    });
    found.expect("a slot makes a run")
}

fn alert(prometheus: &Prometheus, fires: bool) {
    let came = until(LIMIT, || {
        prometheus.scrape(&targets()).ok()?;
        (prometheus.fires("ConformRegressed", NAME)? == fires).then_some(())
    });
    assert!(came.is_some(), "ConformRegressed fires: expected {fires}");
}

/// Waits until Prometheus has what became of the last run's only test of the network.
fn of_network(prometheus: &Prometheus, result: &str) {
    let query = format!(
        r#"conform_last_run_sig_requirements{{schedule="{NAME}",sig="network",result="{result}"}} == 1"#
    );
    let came = until(LIMIT, || {
        // The pod that comes after one that was killed has another address, and may lead.
        prometheus.scrape(&targets()).ok()?;
        prometheus.value(&query)
    });
    assert!(came.is_some(), "{query}");
}

#[test]
#[ignore = "needs a testbed of its own making: cargo xtask test"]
fn a_cluster_that_gets_worse_is_told_of_and_one_that_is_mended_too() {
    let testbed = Testbed::find(&std::env::var("CONFORM_E2E_TESTBED").unwrap()).unwrap();
    assert_eq!(plugin(&["uninstall"]).code, 0);
    charts::install(&["--set=replicas=2"]);
    let operators = targets();
    assert_eq!(operators.len(), 2, "two operators: {operators:?}");
    let prometheus = Prometheus::start(&operators).unwrap();
    applied();

    // The first run has nothing to be compared with.
    let first = once(regressed("Unknown"), "the first slot's run ends");
    let good = last_run(&first);
    let slot = good.rsplit('-').next().unwrap_or_default();
    assert!(
        slot.parse::<u32>().is_ok(),
        "{good} is called by the minute of its slot"
    );
    assert_eq!(condition(&first, "Ready").0, "True");

    let broken = BrokenProxies::through(&testbed, without_endpoints).unwrap();
    let worse = once(regressed("True"), "a broken proxy is a regression");
    assert_eq!(condition(&worse, "Regressed").1, "TestsRegressed");
    let names = worse.pointer("/status/regressions").and_then(Value::as_array);
    let names: Vec<&str> = names
        .into_iter()
        .flatten()
        .filter_map(|one| one.pointer("/name")?.as_str())
        .collect();
    assert!(names.len() == 1 && names[0].starts_with(TEST), "{names:?}");
    alert(&prometheus, true);
    of_network(&prometheus, "failed");
    let failed = last_run(&worse);
    drop(broken);

    // Whoever leads when a run is in its middle is killed; the run ends as if nothing had happened.
    let unlucky = active(&[good.clone(), failed]);
    let killed = leader(None);
    leader::kill(&testbed, &killed).unwrap();
    let second = leader(Some(&killed));
    assert!(!second.is_empty(), "nobody takes over from {killed}");
    let finished = ended(&unlucky);
    let attempts = finished.pointer("/status/attempts").and_then(Value::as_array);
    assert_eq!(attempts.map(Vec::len), Some(1), "{finished:#}");

    let mended = once(regressed("False"), "a mended proxy is no regression");
    alert(&prometheus, false);
    of_network(&prometheus, "passed");
    // One that passed and one that failed: the history is as long as it may be, and not longer.
    let recovered = last_run(&mended);
    let gone = until(LIMIT, || json(&["conformancerun", &good]).is_null().then_some(()));
    assert!(gone.is_some(), "{good} is kept, though {recovered} passed");

    assert_eq!(kubectl(&["delete", "conformanceschedule", NAME]).code, 0);
    let runs = until(LIMIT, || {
        let runs = json(&["conformanceruns", "-l", &format!("conform.dev/schedule={NAME}")]);
        // kubectl prints nothing where there is nothing.
        let runs = runs.get("items").and_then(Value::as_array);
        runs.is_none_or(Vec::is_empty).then_some(())
    });
    assert!(runs.is_some(), "its runs go with a schedule");
    charts::remove();
}
