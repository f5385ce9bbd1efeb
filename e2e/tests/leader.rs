//! Two operators: one leads, the other finishes what it began. (That a leader is killed is a part of `gitops.rs`.)

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use conform_e2e::{
    apply, json, kubectl,
    leader::{self, leader, lease},
    plugin,
    run::{LIMIT, NAMESPACE, condition, deleted, ended, measured, operator_is_ready},
    until,
};
use conform_testbed::{PodProcess, Testbed};
use serde_json::{Value, json as object};

fn two_operators() {
    let installed = plugin(&["install", "--replicas", "2"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
    let ready = operator_is_ready();
    assert_eq!(ready.code, 0, "{}", ready.stderr);
    // One that stands by is ready too.
    let two = until(LIMIT, || {
        let deployment = json(&["deployment", "conform-operator", "-n", NAMESPACE]);
        (deployment.pointer("/status/readyReplicas") == Some(&object!(2))).then_some(())
    });
    assert!(two.is_some(), "two operators are ready");
}

fn one_operator() {
    let installed = plugin(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
}

fn processes(pod: &str) -> Vec<PodProcess> {
    let name = std::env::var("CONFORM_E2E_TESTBED").expect("CONFORM_E2E_TESTBED names the testbed");
    let found = leader::processes(&Testbed::find(&name).unwrap(), pod).unwrap();
    assert!(!found.is_empty(), "{pod} runs no operator");
    found
}

/// A schedule's run in its middle.
fn scheduled_run(schedule: &str) -> String {
    let made = apply(&object!({
        "apiVersion": "conform.dev/v1alpha1",
        "kind": "ConformanceSchedule",
        "metadata": { "name": schedule, "annotations": { "conform.dev/run-now": "1" } },
        "spec": {
            "schedule": "0 0 1 1 *",
            "runTemplate": { "spec": { "profiles": ["quick"], "stages": "Present" } },
        },
    }));
    assert_eq!(made.code, 0, "{}", made.stderr);
    let run = until(LIMIT, || {
        let schedule = json(&["conformanceschedule", schedule]);
        let active = schedule.pointer("/status/active/0/name").and_then(Value::as_str);
        active.map(str::to_owned)
    });
    let run = run.expect("the schedule makes a run");
    assert!(measured(&run, 2), "{run} measures nothing");
    run
}

/// The run ended as if nothing had happened, and no attempt was made twice.
fn whole(run: &str, schedule: &str) {
    let object = ended(run);
    assert_eq!(condition(&object, "Succeeded").0, "True", "{object:#}");
    let attempts = object.pointer("/status/attempts").and_then(Value::as_array);
    assert_eq!(attempts.map(Vec::len), Some(1), "{object:#}");
    let told = until(LIMIT, || {
        let schedule = json(&["conformanceschedule", schedule]);
        (schedule.pointer("/status/lastRun/name") == Some(&object!(run))).then_some(())
    });
    assert!(told.is_some(), "{schedule} does not tell of {run}");
    assert_eq!(kubectl(&["delete", "conformanceschedule", schedule]).code, 0);
    assert_eq!(deleted(run), Vec::<String>::new());
}

#[test]
#[ignore = "needs the testbed: cargo xtask test"]
fn a_leader_that_stood_still_finds_that_it_leads_no_longer() {
    two_operators();
    let first = leader(None);
    let run = scheduled_run("e2e-leader-paused");
    let paused = processes(&first);
    paused.iter().for_each(PodProcess::pause);
    let second = leader(Some(&first));
    paused.iter().for_each(PodProcess::resume);
    whole(&run, "e2e-leader-paused");
    assert_eq!(leader(None), second, "it does not take the Lease back");
    one_operator();
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_leader_that_is_asked_to_stop_hands_over() {
    two_operators();
    let first = leader(None);
    let run = scheduled_run("e2e-leader-asked");
    let transitions = || {
        lease()
            .pointer("/spec/leaseTransitions")
            .and_then(Value::as_i64)
            .unwrap_or(0)
    };
    let before = transitions();
    assert_eq!(kubectl(&["delete", "pod", &first, "-n", NAMESPACE]).code, 0);
    leader(Some(&first));
    assert_eq!(transitions(), before + 1);
    whole(&run, "e2e-leader-asked");
    one_operator();
}
