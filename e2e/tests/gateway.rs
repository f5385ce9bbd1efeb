//! Gateway API's own definitions in a real API server, and an implementation that claims features and is nowhere.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{fs, path::PathBuf};

use conform_e2e::{apply, kubectl, plugin};
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
