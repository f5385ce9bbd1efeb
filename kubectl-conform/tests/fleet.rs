//! `get --contexts` over several clusters of one kubeconfig, of which some are dead.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

mod support;

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use serde_json::{Value, json};

use self::support::{Files, conform};

/// An API server with these runs; its address.
fn cluster(runs: Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            lines.take_while(|line| !line.is_empty()).for_each(drop);
            let named = first.split(' ').nth(1).unwrap_or_default().rsplit('/').next();
            let run = runs
                .as_array()
                .unwrap()
                .iter()
                .find(|run| run.pointer("/metadata/name").and_then(Value::as_str) == named);
            let (status, body) = if let Some(run) = run.filter(|_| first.contains("/conformanceruns/")) {
                ("200 OK", run.to_string())
            } else if first.contains("/apis/conform.dev/v1alpha1/conformanceruns?") {
                let list = json!({
                    "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRunList", "metadata": {}, "items": runs,
                });
                ("200 OK", list.to_string())
            } else {
                let status = json!({
                    "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "NotFound", "code": 404,
                    "message": format!("conformanceruns.conform.dev {named:?} not found"),
                    "details": { "name": named, "group": "conform.dev", "kind": "conformanceruns" },
                });
                ("404 Not Found", status.to_string())
            };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    address
}

/// A finished run of which so many tests failed.
fn run(name: &str, failed: u32, ended: &str) -> Value {
    let conformant = if failed == 0 { "True" } else { "False" };
    let condition = |kind: &str, status: &str| json!({ "type": kind, "status": status, "reason": "x", "message": "", "lastTransitionTime": ended });
    json!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": name }, "spec": {},
        "status": {
            "serverVersion": "v1.36.3", "startTime": ended, "completionTime": ended,
            "conditions": [condition("Succeeded", conformant), condition("PresentConformant", conformant)],
            "present": { "release": "1.36", "required": 446, "passed": 446 - failed, "failed": failed, "unevaluated": 0 },
        },
    })
}

/// A kubeconfig with a context for each server.
fn kubeconfig(servers: &[(&str, &str)]) -> String {
    let (mut clusters, mut contexts) = (String::new(), String::new());
    for (name, server) in servers {
        writeln!(clusters, "- {{name: {name}, cluster: {{server: \"{server}\"}}}}").unwrap();
        writeln!(
            contexts,
            "- {{name: {name}, context: {{cluster: {name}, user: me}}}}"
        )
        .unwrap();
    }
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n{clusters}contexts:\n{contexts}users:\n- {{name: me, user: {{token: t}}}}\n\
         current-context: good\n"
    )
}

/// Where nobody listens.
fn nowhere() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_dead_cluster_is_told_beside_the_others() {
    let good = cluster(json!([
        run("nightly-1", 3, "2026-11-20T10:00:00Z"),
        run("nightly-2", 0, "2026-11-21T10:00:00Z"),
    ]));
    let bad = cluster(json!([run("nightly", 2, "2026-11-21T10:00:00Z")]));
    let (new, refused) = (cluster(json!([])), nowhere());
    // Takes connections and never says a word, as a firewall or a dying node does.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mute = format!("http://{}", silent.local_addr().unwrap());
    let files = Files::new();
    let servers = [
        ("good", good.as_str()),
        ("refused", &refused),
        ("new", &new),
        ("mute", &mute),
        ("bad", &bad),
    ];
    let config = files.put("config", &kubeconfig(&servers));
    let get = |words: &[&str], code| {
        let head = ["get", "--kubeconfig", &config, "--request-timeout", "1s"];
        conform(&[&head, words].concat(), code).0
    };
    let table = get(&["--contexts", "good,bad,refused,new,mute"], 1);
    let told: Vec<Vec<&str>> = table
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    // Titles of two words take two lines at this width.
    assert_eq!(told[0].last(), Some(&"AGE"), "{table}");
    let first = |lines: &[Vec<&str>]| -> Vec<String> {
        lines
            .iter()
            .filter_map(|words| words.first().map(ToString::to_string))
            .collect()
    };
    assert_eq!(
        first(&told[2..7]),
        ["bad", "mute", "refused", "new", "good"],
        "{table}"
    );
    assert!(told[2].last().unwrap().ends_with('d'), "{table}");
    assert_eq!(told[3].last(), Some(&"-"), "{table}");
    for why in [
        "- mute: cannot reach",
        "- refused: cannot reach",
        "- new: no run has finished there yet",
    ] {
        assert!(table.contains(why), "{table}");
    }
    // All contexts are the same ones.
    let json: Value = serde_json::from_str(&get(&["--all-contexts", "-o", "json"], 1)).unwrap();
    let rows = json["clusters"].as_array().unwrap();
    let of = |name: &str| rows.iter().find(|row| row["cluster"] == name).unwrap();
    assert_eq!(rows.len(), 5);
    assert_eq!(
        of("good")["source"],
        "nightly-2",
        "the run that ended last speaks"
    );
    assert_eq!(of("mute")["state"], "Unreachable");
    assert_eq!(get(&["--contexts", "good,good", "-o", "name"], 0), "good\n");
    get(&["--contexts", "good,new"], 2);
    let (_, error) = conform(&["get", "--kubeconfig", &config, "--contexts", "nobody"], 2);
    assert!(error.is_empty(), "{error}");
}

#[test]
fn runs_of_a_cluster_and_files_are_one_trend() {
    let server = cluster(json!([
        run("nightly-1", 3, "2026-11-20T10:00:00Z"),
        run("nightly-2", 0, "2026-11-21T10:00:00Z"),
    ]));
    let files = Files::new();
    let config = files.put("config", &kubeconfig(&[("good", &server)]));
    let file = files.put(
        "results/junit_01.xml",
        &support::junit(36, " timestamp=\"2026-11-20T23:00:00\">", |_| "passed"),
    );
    let words = [
        "report",
        "trend",
        "nightly-2",
        &file,
        "nightly-1",
        "--kubeconfig",
        &config,
        "-o",
        "json",
    ];
    let (json, _) = conform(&words, 0);
    let trend: Value = serde_json::from_str(&json).unwrap();
    let points: Vec<(&str, &str)> = trend["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (point["run"].as_str().unwrap(), point["time"].as_str().unwrap()))
        .collect();
    assert_eq!(
        points,
        [
            ("nightly-1", "2026-11-20T10:00:00Z"),
            (file.as_str(), "2026-11-20T23:00:00"),
            ("nightly-2", "2026-11-21T10:00:00Z"),
        ]
    );
    let (_, error) = conform(&["report", "trend", "nightly-9", "--kubeconfig", &config], 2);
    assert!(error.contains("nightly-9"), "{error}");
    let (_, error) = conform(&["report", "trend", "./nothing"], 2);
    assert!(error.contains("there is no file"), "{error}");
}
