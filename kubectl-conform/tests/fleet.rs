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
            let (status, body) = if first.contains("/apis/conform.dev/v1alpha1/conformanceruns?") {
                let list = json!({
                    "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRunList", "metadata": {}, "items": runs,
                });
                ("200 OK", list.to_string())
            } else {
                ("404 Not Found", "{}".to_owned())
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
    assert_eq!(told[0].last(), Some(&"AGE"), "{table}");
    let first = |lines: &[Vec<&str>]| -> Vec<String> {
        lines
            .iter()
            .filter_map(|words| words.first().map(ToString::to_string))
            .collect()
    };
    assert_eq!(
        first(&told[1..6]),
        ["bad", "mute", "refused", "new", "good"],
        "{table}"
    );
    assert!(told[1].last().unwrap().ends_with('d'), "{table}");
    assert_eq!(told[2].last(), Some(&"-"), "{table}");
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
