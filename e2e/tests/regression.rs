//! A schedule sees that a cluster has become worse, by real packets: a kube-proxy that is not shown any endpoints of the tests.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use conform_e2e::{
    Lens, json, kubectl, plugin,
    run::{LIMIT, condition},
    until,
};
use conform_testbed::Testbed;
use serde_json::Value;

const NAME: &str = "e2e-regression";
/// A test of profile `quick` that sends packets through a Service.
const TEST: &str = "[sig-network] Services should serve a basic endpoint from pods";
/// Namespaces whose Services the suite itself needs.
const SPARED: [&str; 3] = ["default", "kube-system", "conform-system"];

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

/// Every node's kube-proxy, which is put right when this goes.
struct Broken<'a> {
    testbed: &'a Testbed,
    /// Held open: it is what the proxies see the API by.
    _lens: Lens,
}

impl<'a> Broken<'a> {
    fn proxies(testbed: &'a Testbed) -> Self {
        let lens = Lens::open(testbed.host_address().into(), without_endpoints).unwrap();
        let master = format!("--master=http://{}", lens.address);
        for node in testbed.nodes() {
            testbed.stop(&node, "kube-proxy").unwrap();
            testbed
                .start(&node, "kube-proxy", std::slice::from_ref(&master))
                .unwrap();
        }
        Self { testbed, _lens: lens }
    }
}

impl Drop for Broken<'_> {
    fn drop(&mut self) {
        for node in self.testbed.nodes() {
            self.testbed.stop(&node, "kube-proxy").unwrap();
            self.testbed.start(&node, "kube-proxy", &[]).unwrap();
        }
    }
}

fn schedule() -> Value {
    json(&["conformanceschedule", NAME])
}

/// Asks for a run and waits for its end; gives `Regressed`, its reason, and the tests that are named.
fn triggered() -> (String, String, Vec<String>) {
    let last = |schedule: &Value| schedule.pointer("/status/lastRun/name").cloned();
    let before = last(&schedule());
    let asked = plugin(&["schedule", "trigger", NAME]);
    assert_eq!(asked.code, 0, "{}", asked.stderr);
    let ended = until(LIMIT, || {
        let schedule = schedule();
        let now = last(&schedule);
        let compared = schedule.pointer("/status/comparison/uid") == schedule.pointer("/status/lastRun/uid");
        (now.is_some() && now != before && compared).then_some(schedule)
    });
    let ended = ended.expect("the run ends");
    let (status, reason) = condition(&ended, "Regressed");
    let names = ended.pointer("/status/regressions").and_then(Value::as_array);
    let names = names.into_iter().flatten();
    let names = names.filter_map(|one| one.pointer("/name").and_then(Value::as_str));
    (status, reason, names.map(str::to_owned).collect())
}

#[test]
#[ignore = "needs a testbed of its own making: cargo xtask test"]
fn a_broken_proxy_is_a_regression_until_it_is_mended() {
    let testbed = Testbed::find(&std::env::var("CONFORM_E2E_TESTBED").unwrap()).unwrap();
    assert_eq!(plugin(&["install"]).code, 0);
    let words = [
        "schedule",
        "create",
        NAME,
        "--schedule",
        "0 0 1 1 *",
        "--profile",
        "quick",
    ];
    let part = [
        "--stages",
        "present",
        "--focus",
        "Services should serve a basic|find the server version",
    ];
    let made = plugin(&[words.as_slice(), &part].concat());
    assert_eq!(made.code, 0, "{}", made.stderr);

    // The first run has nothing to be compared with.
    let (status, _, names) = triggered();
    assert_eq!((status.as_str(), names.len()), ("Unknown", 0));

    let broken = Broken::proxies(&testbed);
    let (status, reason, names) = triggered();
    assert_eq!((status.as_str(), reason.as_str()), ("True", "TestsRegressed"));
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with(TEST), "{names:?}");
    let told = plugin(&["schedule", "list"]).stdout;
    assert!(told.contains(NAME), "{told}");
    drop(broken);

    let (status, _, names) = triggered();
    assert_eq!((status.as_str(), names.len()), ("False", 0));
    let runs = json(&["conformanceruns", "-l", &format!("conform.dev/schedule={NAME}")]);
    let kept = runs.get("items").and_then(Value::as_array).map(Vec::len);
    assert_eq!(kept, Some(3), "its history is kept");
    assert_eq!(kubectl(&["delete", "conformanceschedule", NAME]).code, 0);
}
