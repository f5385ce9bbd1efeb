//! What is handed in for certification, of a real run: one of a part is refused by its name, and its files say why.

use std::fs;

use conform_e2e::{
    plugin, report,
    run::{deleted, ended},
};
use serde_json::Value;

const RUN: &str = "e2e-bundle";
const PRODUCT: &str = "vendor: Example\nname: Example Kubernetes\nversion: v7\nwebsite_url: https://example.org\n\
    documentation_url: https://docs.example.org\ntype: distribution\ndescription: For tests.\ncontact_email_address: a@example.org\n";

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn a_part_of_a_run_cannot_be_handed_in_and_its_files_say_why() {
    assert_eq!(plugin(&["install"]).code, 0);
    let made = plugin(&["run", RUN, "--profile", "quick", "--stages", "present", "--wait"]);
    assert_eq!(
        made.code, 2,
        "a part decides nothing: {}{}",
        made.stdout, made.stderr
    );
    let run = ended(RUN);
    let version = run.pointer("/status/serverVersion").and_then(Value::as_str);
    let minor = version
        .and_then(|version| version.split('.').nth(1))
        .unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("PRODUCT.yaml"), PRODUCT).unwrap();

    let (product, out) = (path("PRODUCT.yaml"), path("out"));
    let bundle = plugin(&["bundle", RUN, "--product", &product, "--out", &out]);
    assert_eq!(bundle.code, 1, "{}", bundle.stderr);
    let left_out = run.pointer("/status/present/unevaluated").unwrap_or(&Value::Null);
    let why = format!("leaves out {left_out} tests");
    assert!(
        bundle.stderr.contains("quick") && bundle.stderr.contains(&why),
        "{}",
        bundle.stderr
    );
    assert!(!folder.path().join("out").exists(), "nothing is written");

    let submission = path(&format!("v1.{minor}/example"));
    let retrieved = plugin(&["retrieve", RUN, "--out", &submission]);
    assert_eq!(retrieved.code, 0, "{}", retrieved.stderr);
    fs::write(format!("{submission}/PRODUCT.yaml"), PRODUCT).unwrap();
    fs::write(format!("{submission}/README.md"), "# To repeat it\n").unwrap();
    let newest = format!("1.{minor}");
    let (code, verification) = report(&["verify", &submission, "--newest", &newest]);
    let checks = verification["checks"].as_array().unwrap();
    let failed: Vec<&str> = checks
        .iter()
        .filter(|check| check["state"] == "Failed")
        .filter_map(|check| check["check"].as_str())
        .collect();
    assert_eq!(
        (code, failed),
        (1, vec!["tests-complete", "whole-selection"]),
        "{verification:#}"
    );
    assert_eq!(deleted(RUN), Vec::<String>::new());
}
