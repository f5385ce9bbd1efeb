//! Gateway API's own definitions in a real API server, and an implementation that claims features and is nowhere.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{fs, path::PathBuf};

use conform_e2e::{
    apply, kubectl, plugin,
    run::{busybox, condition, deleted, ended},
};
use serde_json::{Value, json};

const CLASS: &str = "e2e-gateway";

/// Applies the definitions of one release, without its policy on upgrades, which would outlive the test.
fn install() -> Vec<PathBuf> {
    let folder = std::env::var_os("CONFORM_E2E_GATEWAY_API").expect("cargo xtask test sets it");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files: Vec<PathBuf> = files
        .filter(|path| !path.to_string_lossy().contains("vap"))
        .collect();
    for file in &files {
        let applied = kubectl(&["apply", "--server-side", "-f", &file.display().to_string()]);
        assert_eq!(applied.code, 0, "{}", applied.stderr);
    }
    let established = kubectl(&[
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        "crd/gatewayclasses.gateway.networking.k8s.io",
    ]);
    assert_eq!(established.code, 0, "{}", established.stderr);
    files
}

fn claim(accepted: &str, features: &[&str]) {
    let features: Vec<Value> = features.iter().map(|name| json!({ "name": name })).collect();
    let status = json!({ "status": {
        "conditions": [{
            "type": "Accepted", "status": accepted, "reason": "Accepted", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }],
        "supportedFeatures": features,
    } });
    let patched = kubectl(&[
        "patch",
        "gatewayclass",
        CLASS,
        "--subresource=status",
        "--type=merge",
        "-p",
        &status.to_string(),
    ]);
    assert_eq!(patched.code, 0, "{}", patched.stderr);
}

fn features(code: i32) -> Value {
    let said = plugin(&["report", "features", "--gateway-class", CLASS, "-o", "json"]);
    assert_eq!(said.code, code, "{}{}", said.stdout, said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// A run with a suite that has been told what the class claims, by variables and by its arguments.
fn a_run_measures_what_is_claimed() {
    assert_eq!(plugin(&["install"]).code, 0);
    let script = "test \"$CONFORM_GATEWAY_PROFILES/$1\" = GATEWAY-GRPC/Gateway,HTTPRoute,HTTPRouteCORS,ReferenceGrant && \
                  echo '<testsuite><testcase name=\"TestConformance/GRPCRouteHeaderMatching\"/></testsuite>' > $CONFORM_RESULTS_DIR/a.xml";
    let profile = json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceProfile", "metadata": { "name": CLASS },
        "spec": { "suites": [{
            "name": "gateway", "image": busybox(), "requiredIn": "1.30", "timeoutSeconds": 20,
            "gateway": { "gatewayClass": CLASS, "profiles": ["GATEWAY-GRPC"] },
            "command": ["sh", "-c", script], "args": ["sh", "$(CONFORM_SUPPORTED_FEATURES)"],
        }] },
    });
    let mut both = profile.clone();
    both["spec"]["suites"][0]["gateway"]["mesh"] = "m".into();
    let refused = apply(&both);
    assert!(
        refused.stderr.contains("exactly one of gatewayClass and mesh"),
        "{}",
        refused.stderr
    );
    let made = apply(&profile);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let run = plugin(&["run", CLASS, "--profile", CLASS, "--stages", "future", "--wait"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let object = ended(CLASS);
    assert_eq!(
        object
            .pointer("/status/gateways/0/supportedFeatures")
            .map(ToString::to_string)
            .as_deref(),
        Some("[\"Gateway\",\"HTTPRoute\",\"HTTPRouteCORS\",\"ReferenceGrant\"]"),
        "{object:#}"
    );
    // One test of seventeen is no report, and the release is the one that the run found.
    let words = [
        "report",
        "generate",
        CLASS,
        "--profile",
        "GATEWAY-GRPC",
        "--organization",
        "a",
        "--project",
        "b",
        "--url",
        "https://example.org",
        "--of-version",
        "v1",
        "--contact",
        "@a",
    ];
    let report = plugin(&words);
    assert_eq!(report.code, 1, "{}{}", report.stdout, report.stderr);
    assert!(report.stderr.contains("were not measured"), "{}", report.stderr);
    assert_eq!(deleted(CLASS), Vec::<String>::new());

    // A class that has lost its claims is not measured.
    claim("True", &[]);
    let run = plugin(&["run", CLASS, "--profile", CLASS, "--stages", "future", "--wait"]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert_eq!(condition(&ended(CLASS), "Succeeded").1, "PreflightFailed");
    assert_eq!(deleted(CLASS), Vec::<String>::new());
    assert_eq!(kubectl(&["delete", "conformanceprofile", CLASS]).code, 0);
}

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn what_a_suite_would_measure_is_known_before_it_starts() {
    let missing = plugin(&["report", "features", "--gateway-class", CLASS]);
    assert_eq!(missing.code, 2, "{}", missing.stdout);
    assert!(missing.stderr.contains(CLASS), "{}", missing.stderr);

    let files = install();
    let class = apply(&json!({
        "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": { "name": CLASS },
        "spec": { "controllerName": "example.org/e2e" },
    }));
    assert_eq!(class.code, 0, "{}", class.stderr);
    let unclaimed = features(1);
    let obstacles = unclaimed["obstacles"].to_string();
    assert!(
        obstacles.contains("is not accepted") && obstacles.contains("claims no feature"),
        "{obstacles}"
    );

    claim(
        "True",
        &[
            "Gateway",
            "HTTPRoute",
            "HTTPRouteCORS",
            "ReferenceGrant",
            "Teleport",
        ],
    );
    let claimed = features(0);
    assert_eq!(claimed["installed"]["channel"], "standard");
    assert_eq!(claimed["claimant"]["controller"], "example.org/e2e");
    assert_eq!(claimed["unknown"], json!(["Teleport"]));
    let http = &claimed["profiles"][0];
    assert_eq!(
        (&http["name"], &http["extended"]),
        (&"GATEWAY-HTTP".into(), &1.into())
    );
    assert!(http["tests"].as_i64().is_some_and(|tests| tests > 30), "{http}");
    let table = plugin(&["report", "features", "--gateway-class", CLASS, "-o", "wide"]);
    assert!(table.stdout.contains("HTTPRouteCORS"), "{}", table.stdout);

    a_run_measures_what_is_claimed();

    let mixed = kubectl(&[
        "annotate",
        "--overwrite",
        "crd/grpcroutes.gateway.networking.k8s.io",
        "gateway.networking.k8s.io/bundle-version=v1.6.1",
    ]);
    assert_eq!(mixed.code, 0, "{}", mixed.stderr);
    let obstacles = features(1)["obstacles"].to_string();
    assert!(
        obstacles.contains("several releases are mixed: v1.6.1"),
        "{obstacles}"
    );

    for file in files {
        kubectl(&["delete", "--wait=false", "-f", &file.display().to_string()]);
    }
}
