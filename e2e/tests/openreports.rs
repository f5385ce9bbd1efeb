//! Objects for Policy Reporter and the like, against the project's own definition of them in a real API server.

use std::{env, fs, time::Duration};

use conform_e2e::{kubectl, plugin, until};
use serde_json::Value;

const CRD: &str = "clusterreports.openreports.io";
const DNS: &str = "[sig-network] DNS should provide DNS for services [Conformance]";

#[test]
#[ignore = "needs a cluster: cargo xtask test"]
fn an_api_server_that_knows_open_reports_takes_ours_whole() {
    let definitions = env::var("CONFORM_E2E_OPENREPORTS").unwrap();
    let definition = format!("{definitions}/openreports.io_clusterreports.yaml");
    let applied = kubectl(&["apply", "--server-side", "-f", &definition]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    let served = kubectl(&[
        "wait",
        "--for=condition=Established",
        "--timeout=60s",
        &format!("crd/{CRD}"),
    ]);
    assert_eq!(served.code, 0, "{}", served.stderr);

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let junit = format!(
        "<testsuites><testsuite name=\"x\"><testcase name=\"[It] {DNS}\" status=\"failed\" time=\"2\"><failure \
         type=\"failed\">no answer</failure></testcase></testsuite></testsuites>"
    );
    fs::write(path("results.xml"), junit).unwrap();
    let made = plugin(&[
        "evaluate",
        &path("results.xml"),
        "--release",
        "1.36",
        "-o",
        "openreports",
    ]);
    assert_eq!(made.code, 1, "{}", made.stderr);
    fs::write(path("report.yaml"), &made.stdout).unwrap();
    // What the definition does not have would be dropped in silence otherwise.
    let report = path("report.yaml");
    let apply = ["apply", "--validate=strict", "-f", &report];
    // A definition that is new may not be known to whoever answers yet.
    let taken = until(Duration::from_mins(1), || {
        let answer = kubectl(&apply);
        (answer.code == 0 || !answer.stderr.contains("no matches for kind")).then_some(answer)
    });
    let taken = taken.unwrap();
    assert_eq!(taken.code, 0, "{}", taken.stderr);
    let kept = kubectl(&["get", "-f", &report, "-o", "json"]);
    let kept: Value = serde_json::from_str(&kept.stdout).unwrap();
    assert_eq!(kept["summary"]["fail"], 1, "{kept:#}");
    assert_eq!(kept["results"][0]["result"], "fail");
    assert_eq!(kept["results"][0]["message"], "no answer");
    assert_eq!(kubectl(&["delete", "crd", CRD]).code, 0);
}
