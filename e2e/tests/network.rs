//! What the network is made of and what it does, on a real cluster: kube-proxy's packets against the model, a range of Service
//! addresses that is added and removed, and a probe that is cut off.

use conform_e2e::{
    apply, json, kubectl, plugin, report,
    run::{condition, deleted, ended},
    start_plugin, until,
};
use serde_json::{Value, json};

const POLICY: &str = "e2e-no-more-ranges";

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    let list = value.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// What of probes is in the cluster, by name.
fn left() -> Vec<String> {
    let all = ["namespaces", "servicecidrs"].map(|kind| json(&[kind, "-l", "conform.dev/probe"]));
    let items = all.iter().flat_map(|found| list(found, "items"));
    let names = items.filter_map(|item| item.pointer("/metadata/name")?.as_str());
    names.map(str::to_owned).collect()
}

fn status<'a>(report: &'a Value, feature: &str) -> &'a str {
    let mut rows = list(report, "rows").iter();
    let row = rows.find(|row| row.get("feature").and_then(Value::as_str) == Some(feature));
    row.and_then(|row| row.get("status")?.as_str())
        .unwrap_or_default()
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn kube_proxy_does_what_the_model_says_and_components_are_named() {
    let (code, found) = report(&["components"]);
    assert_eq!(code, 0, "{found:#}");
    let names: Vec<&str> = list(&found, "components")
        .iter()
        .filter_map(|component| component["name"].as_str())
        .collect();
    for name in ["kube-proxy", "CoreDNS", "kubelet"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let (_, measured) = report(&["capabilities"]);
    for feature in [
        "cluster-ip",
        "node-port",
        "session-affinity",
        "named-target-ports",
        "service-proxy-name",
        "mixed-protocols",
        "internal-traffic-policy",
        "external-traffic-policy",
        "endpoint-slices",
        "terminating-endpoints",
        "prefer-same-node",
        "load-balancer-ip-mode",
        "health-check-node-port",
    ] {
        assert_eq!(status(&measured, feature), "Supported", "{feature}: {measured:#}");
    }
    assert_eq!(left(), Vec::<String>::new(), "nothing is left");
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_range_is_probed_and_gone_and_who_opts_out_is_not_probed() {
    let (code, probed) = report(&["servicecidr", "check", "--probe"]);
    assert_eq!(
        (code, probed["reason"].as_str()),
        (0, Some("Probed")),
        "{probed:#}"
    );
    assert_eq!(left(), Vec::<String>::new(), "the range is gone");

    let policy = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
        "metadata": { "name": POLICY },
        "spec": {
            "matchConstraints": { "resourceRules": [{
                "apiGroups": ["networking.k8s.io"], "apiVersions": ["v1"], "operations": ["CREATE"],
                "resources": ["servicecidrs"],
            }] },
            "validations": [{ "expression": "false", "message": "one range is enough" }],
        },
    });
    let binding = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
        "metadata": { "name": POLICY },
        "spec": { "policyName": POLICY, "validationActions": ["Deny"] },
    });
    assert_eq!((apply(&policy).code, apply(&binding).code), (0, 0));
    // The API server takes some seconds to heed a new policy.
    let denied = until(conform_e2e::run::LIMIT, || {
        let (code, observed) = report(&["servicecidr", "check", "--probe"]);
        (observed["reason"] == "OptedOut").then_some((code, observed))
    });
    kubectl(&["delete", "validatingadmissionpolicybinding", POLICY]);
    kubectl(&["delete", "validatingadmissionpolicy", POLICY]);
    let (code, observed) = denied.expect("the policy is heeded");
    assert_eq!(code, 2, "{observed:#}");
    assert!(
        observed["message"].as_str().unwrap().contains(POLICY),
        "{observed:#}"
    );
    assert_eq!(left(), Vec::<String>::new(), "nothing was made");
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_probe_that_is_cut_off_is_removed_by_the_next() {
    let mut child = start_plugin(&["servicecidr", "check", "--probe"]).unwrap();
    let added = until(conform_e2e::run::LIMIT, || {
        let ranges = json(&["servicecidrs", "-l", "conform.dev/probe"]);
        (!list(&ranges, "items").is_empty()).then_some(())
    });
    assert!(added.is_some(), "the range is added");
    child.kill().unwrap();
    child.wait().unwrap();
    let refused = plugin(&["capabilities", "--feature", "cluster-ip"]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--take-over"), "{}", refused.stderr);
    let taken = plugin(&["capabilities", "--feature", "cluster-ip", "--take-over"]);
    assert_eq!(taken.code, 0, "{} {}", taken.stdout, taken.stderr);
    assert_eq!(left(), Vec::<String>::new(), "nothing is left");
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_run_that_is_asked_to_adds_a_range_after_its_tests() {
    let installed = plugin(&["install"]);
    assert_eq!(installed.code, 0, "{}", installed.stderr);
    let name = "probes-range";
    let words = [
        "run",
        name,
        "--profile=quick",
        "--stages=present",
        "--focus=EndpointSlice should support creating",
        "--probe-service-cidr",
    ];
    assert_eq!(plugin(&words).code, 0);
    let run = ended(name);
    assert_eq!(
        condition(&run, "ServiceCIDRReady"),
        ("True".into(), "Probed".into()),
        "{run:#}"
    );
    assert_eq!(condition(&run, "CapabilitiesKnown").0, "", "nobody asked");
    assert_eq!(left(), Vec::<String>::new(), "the range is gone");
    assert_eq!(deleted(name), Vec::<String>::new());
}
