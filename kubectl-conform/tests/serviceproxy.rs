//! `serviceproxy`, on files as people have them and as they should not be.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too, and rstest gives cases by value"
)]

mod support;

use std::{fmt::Write, fs, path::Path};

use rstest::rstest;
use serde_json::{Value, json};

use self::support::Files;

/// Runs the verb without a cluster; gives stdout and stderr.
fn conform(words: &[&str], code: i32) -> (String, String) {
    support::conform(&[&["serviceproxy"], words].concat(), code)
}

fn example(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/serviceproxy");
    folder.join(file).display().to_string()
}

const SERVICE: &str = "
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: 172.30.0.1
  ports: [{name: http, port: 80}]
";

fn slice(endpoints: &str) -> String {
    format!(
        "
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: web-1, labels: {{kubernetes.io/service-name: web}}}}
addressType: IPv4
ports: [{{name: http, port: 8080}}]
endpoints: {endpoints}
"
    )
}

#[test]
fn the_example_is_answered_as_it_says() {
    let words = |verb: &str, output: &str| {
        let mut words = vec![verb.to_owned(), "--state".to_owned(), example("state.yaml")];
        words.extend(["--node", "node-a", "--proxy-config"].map(str::to_owned));
        words.push(example("kube-proxy.yaml"));
        if verb == "flows" {
            words.extend(["--flows".to_owned(), example("flows.yaml")]);
        }
        words.extend(["-o".to_owned(), output.to_owned()]);
        words
    };
    for (verb, file) in [("flows", "answer.json"), ("endpoints", "endpoints.json")] {
        let words = words(verb, "json");
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let (answer, stderr) = conform(&words, 0);
        assert_eq!(stderr, "");
        assert_eq!(answer, fs::read_to_string(example(file)).unwrap(), "{file}");
    }
    let table = words("flows", "table");
    let table: Vec<&str> = table.iter().map(String::as_str).collect();
    insta::assert_snapshot!(conform(&table, 0).0);
}

#[test]
fn explanations_name_every_rule_that_was_looked_at() {
    let words = [
        "explain",
        "--state",
        &example("state.yaml"),
        "--node",
        "node-a",
        "--proxy-config",
        &example("kube-proxy.yaml"),
        "--source-ip",
        "203.0.113.5",
        "--destination-ip",
        "198.51.100.10",
        "--port",
        "80",
    ];
    insta::assert_snapshot!(conform(&words, 0).0);
}

fn flow(extra: &Value) -> String {
    let mut flow = json!({
        "name": "a", "sourceIP": "10.0.0.1", "destinationIP": "172.30.0.1", "port": 80, "protocol": "TCP",
    });
    for (key, value) in extra.as_object().unwrap() {
        flow[key] = value.clone();
    }
    json!([flow]).to_string()
}

fn answer(words: &[&str]) -> Value {
    serde_json::from_str(&conform(words, 0).0).unwrap()
}

#[test]
fn state_comes_in_many_forms() {
    let files = Files::new();
    let slice = slice("[{addresses: [10.1.0.1], nodeName: n}]");
    let documents = files.put("documents.yaml", &format!("{SERVICE}---\n---{slice}"));
    let (service, endpoints) = (
        files.put("service.yaml", SERVICE),
        files.put("slice.yaml", &slice),
    );
    let service_json = json!({"metadata": {"name": "web"}, "spec": {"clusterIP": "172.30.0.1", "ports": [{"name": "http", "port": 80}]}});
    let slice_json = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {"name": "web-1", "labels": {"kubernetes.io/service-name": "web"}}, "addressType": "IPv4",
        "ports": [{"name": "http", "port": 8080}], "endpoints": [{"addresses": ["10.1.0.1"], "nodeName": "n"}],
    });
    let lists = json!({
        "apiVersion": "v1", "kind": "List", "items": [
            {"apiVersion": "v1", "kind": "ServiceList", "items": [service_json]}, slice_json,
        ],
    });
    let list = files.put("list.json", &lists.to_string());
    let flows = files.put("flows.json", &flow(&json!({})));
    let expected = json!([{
        "name": "a", "verdict": "Endpoints", "endpoints": ["10.1.0.1:8080"], "masquerade": false, "rule": "internal_cluster",
    }]);
    for state in [vec![&documents], vec![&service, &endpoints], vec![&list]] {
        let mut words = vec!["flows", "--node", "n", "--flows", &flows, "-o", "json", "--state"];
        words.extend(state.into_iter().map(String::as_str));
        assert_eq!(answer(&words), expected);
    }
    let words = ["endpoints", "--node", "n", "-o", "json", "--state", &list];
    assert_eq!(
        answer(&words),
        json!([{
            "service": "default/web", "port": 80, "protocol": "TCP", "family": "IPv4", "cluster": ["10.1.0.1:8080"],
            "local": [], "reachable": ["10.1.0.1:8080"], "hasAny": true,
        }])
    );
}

#[test]
fn addresses_of_the_node_are_its_objects_or_those_given() {
    let files = Files::new();
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {addresses: [{type: InternalIP, address: 192.168.0.1}]}\n";
    let service = SERVICE.replace("port: 80}", "port: 80, nodePort: 30080}");
    let state = files.put(
        "state.yaml",
        &format!("{service}{node}---{}", slice("[{addresses: [10.1.0.1]}]")),
    );
    let ask = |ip: &str, more: &[&str]| {
        let flows = files.put("flows.json", &flow(&json!({"destinationIP": ip, "port": 30080})));
        let mut words = vec![
            "flows", "--node", "n", "--state", &state, "--flows", &flows, "-o", "json",
        ];
        words.extend(more);
        answer(&words)[0]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask("192.168.0.1", &[]), "Endpoints");
    assert_eq!(ask("192.168.9.9", &[]), "Untouched");
    assert_eq!(
        ask("192.168.9.9", &["--local-ips", "192.168.8.8,192.168.9.9"]),
        "Endpoints"
    );
    assert_eq!(
        ask("192.168.0.1", &["--local-ips", "192.168.8.8,192.168.9.9"]),
        "Untouched"
    );
}

#[test]
fn what_a_proxy_does_not_look_at_is_passed_over_aloud() {
    let files = Files::new();
    let others = "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n---\nfoo: bar\n---\n- 1\n";
    let state = files.put("state.yaml", &format!("{SERVICE}{others}"));
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &state], 0);
    assert_eq!(
        stderr,
        "passed over, since a service proxy does not look at them: 1 Deployment of apps/v1, 2 without a kind\n"
    );
    let state = files.put("others.yaml", others);
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &state], 2);
    assert!(
        stderr.contains("there is no Service, EndpointSlice or Node in it"),
        "{stderr}"
    );
}

#[rstest]
#[case::port_0(
    "ports: [{name: http, port: 80}]",
    "ports: [{name: http, port: 0}]",
    "Service default/web: spec.ports[0].port: 0 is no port"
)]
#[case::port_70000(
    "ports: [{name: http, port: 80}]",
    "ports: [{name: http, port: 70000}]",
    "Service default/web: spec.ports[0].port: 70000 is no port"
)]
#[case::node_port(
    "port: 80}",
    "port: 80, nodePort: -1}",
    "Service default/web: spec.ports[0].nodePort: -1 is no port"
)]
#[case::port_of_words(
    "port: 80}",
    "port: http}",
    "Service default/web: spec.ports[0].port: invalid type"
)]
#[case::protocol(
    "port: 80}",
    "port: 80, protocol: ICMP}",
    "spec.ports[0].protocol: \"ICMP\" is no protocol"
)]
#[case::two_ports_of_a_name(
    "{name: http, port: 80}",
    "{name: http, port: 80}, {name: http, port: 81}",
    "spec.ports[1].name"
)]
#[case::cluster_ip(
    "172.30.0.1",
    "somewhere",
    "Service default/web: spec.clusterIP: \"somewhere\" is neither"
)]
#[case::mixed_families(
    "clusterIP: 172.30.0.1",
    "clusterIP: 172.30.0.1\n  ipFamilies: [IPv6]",
    "spec.clusterIP: 172.30.0.1 is an IPv4 address"
)]
#[case::name("metadata: {name: web}", "metadata: {}", "metadata.name: is missing")]
#[case::spec("spec:", "spec: []\nother:", "cannot use")]
fn a_service_that_no_api_server_stores(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let files = Files::new();
    let state = files.put("state.yaml", &SERVICE.replace(from, to));
    if expected == "cannot use" {
        // An empty list stands for nothing at all.
        conform(&["endpoints", "--node", "n", "--state", &state], 0);
        return;
    }
    let (stdout, stderr) = conform(&["endpoints", "--node", "n", "--state", &state], 2);
    assert_eq!(stdout, "");
    assert!(
        stderr.contains(expected) && stderr.contains("state.yaml"),
        "{stderr}"
    );
}

#[rstest]
#[case::family(
    "[{addresses: ['fd00::1']}]",
    "EndpointSlice default/web-1: endpoints[0].addresses[0]: \"fd00::1\" is no IPv4 address"
)]
#[case::nonsense("[{addresses: [x]}]", "endpoints[0].addresses[0]")]
#[case::addresses(
    "[{addresses: 1}]",
    "EndpointSlice default/web-1: endpoints[0].addresses: invalid type"
)]
#[case::port("[]\nports: [{name: http, port: 70000}]", "is no YAML")]
fn a_slice_that_no_api_server_stores(#[case] endpoints: &str, #[case] expected: &str) {
    let files = Files::new();
    let state = files.put("state.yaml", &slice(endpoints));
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &state], 2);
    assert!(stderr.contains(expected), "{stderr}");
    let port = files.put("port.yaml", &slice("[]").replace("port: 8080", "port: 70000"));
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &port], 2);
    assert!(
        stderr.contains("EndpointSlice default/web-1: ports[0].port: 70000 is no port"),
        "{stderr}"
    );
}

#[test]
fn an_object_is_there_once() {
    let files = Files::new();
    let one = files.put("one.yaml", SERVICE);
    let two = files.put("two.yaml", SERVICE);
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &one, &two], 2);
    assert!(
        stderr.contains("two.yaml: Service default/web is there here and in") && stderr.contains("one.yaml"),
        "{stderr}"
    );
    let twice = files.put("twice.yaml", &format!("{SERVICE}---{SERVICE}"));
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &twice], 2);
    assert!(stderr.contains("Service default/web is there twice"), "{stderr}");
}

#[rstest]
#[case::port_0(json!({"port": 0}), "port: 0 is no port")]
#[case::port_70000(json!({"port": 70000}), "port: 70000 is no port")]
#[case::port_of_words(json!({"port": "http"}), "port: \"http\" is no number")]
#[case::source(json!({"sourceIP": "x"}), "sourceIP: \"x\" is no IP address")]
#[case::destination(json!({"destinationIP": null}), "destinationIP: \"\" is no IP address")]
#[case::families(json!({"destinationIP": "fd00::1"}), "a packet is of one family")]
#[case::protocol(json!({"protocol": "ICMP"}), "protocol: \"ICMP\" is no protocol")]
fn flows_that_are_none(#[case] extra: Value, #[case] expected: &str) {
    let files = Files::new();
    let state = files.put("state.yaml", SERVICE);
    let flows = files.put("flows.json", &flow(&extra));
    let (stdout, stderr) = conform(&["flows", "--node", "n", "--state", &state, "--flows", &flows], 2);
    assert_eq!(stdout, "");
    assert!(
        stderr.contains(expected) && stderr.contains("flow 0 (\"a\")"),
        "{stderr}"
    );
}

#[rstest]
#[case::yaml("kind: [", "it is no YAML")]
#[case::json("{\"kind\": ", "it is no JSON")]
#[case::empty("", "there is no Service")]
#[case::items(
    "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": 7}",
    "List: items is no list"
)]
#[case::anchors("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "there is no Service")]
fn files_that_are_none(#[case] text: &str, #[case] expected: &str) {
    let files = Files::new();
    let state = files.put("state", text);
    let (_, stderr) = conform(&["endpoints", "--node", "n", "--state", &state], 2);
    assert!(stderr.contains(expected), "{stderr}");
}

#[rstest]
#[case("apiVersion: v1\nkind: ConfigMap\n", "KubeProxyConfiguration: kind")]
#[case("", "it is empty")]
#[case(
    "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: kernelspace\n",
    "KubeProxyConfiguration: mode"
)]
fn settings_that_are_none(#[case] text: &str, #[case] expected: &str) {
    let files = Files::new();
    let (state, config) = (files.put("state.yaml", SERVICE), files.put("config.yaml", text));
    let words = [
        "endpoints",
        "--node",
        "n",
        "--state",
        &state,
        "--proxy-config",
        &config,
    ];
    let (_, stderr) = conform(&words, 2);
    assert!(stderr.contains(expected), "{stderr}");
}

#[test]
fn releases_whose_rules_are_not_known() {
    let files = Files::new();
    let state = files.put("state.yaml", SERVICE);
    let at = |release: &str, code| {
        let words = [
            "endpoints",
            "--node",
            "n",
            "--state",
            &state,
            "--kubernetes-version",
            release,
        ];
        conform(&words, code).1
    };
    assert!(at("1.25", 2).contains("the oldest are those of 1.26"));
    assert_eq!(at("1.29", 0), "");
    assert!(at("1.99", 0).contains("those of 1.36 are used"));
}

#[test]
fn a_node_that_is_not_there_is_said() {
    let files = Files::new();
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: n}\n";
    let state = files.put("state.yaml", &format!("{SERVICE}{node}"));
    let (_, stderr) = conform(&["endpoints", "--node", "m", "--state", &state], 0);
    assert!(stderr.contains("node \"m\" is not among the 1 Nodes"), "{stderr}");
}

#[test]
fn a_hundred_thousand_endpoints_and_hints_for_nobody() {
    let mut slices = Vec::new();
    for nth in 0..100_u32 {
        let endpoints: Vec<Value> = (0..1000_u32)
            .map(|at| {
                let ip = format!("10.{nth}.{}.{}", at / 250, at % 250 + 1);
                json!({"addresses": [ip], "nodeName": format!("gone-{at}"),
                    "hints": {"forZones": [{"name": format!("gone-{at}")}], "forNodes": [{"name": format!("gone-{nth}-{at}")}]}})
            })
            .collect();
        slices.push(json!({
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": {"name": format!("web-{nth}"), "labels": {"kubernetes.io/service-name": "web"}},
            "addressType": "IPv4", "ports": [{"name": "http", "port": 8080}], "endpoints": endpoints,
        }));
    }
    slices.push(
        json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
        "spec": {"clusterIP": "172.30.0.1", "ports": [{"name": "http", "port": 80}]}}),
    );
    let files = Files::new();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": slices});
    let state = files.put("state.json", &list.to_string());
    let answer = answer(&["endpoints", "--node", "n", "--state", &state, "-o", "json"]);
    assert_eq!(answer[0]["cluster"].as_array().unwrap().len(), 100_000);
}

#[test]
fn yaml_of_a_large_cluster_is_no_attack() {
    let mut endpoints = String::from("\n");
    for at in 0..100_000_u32 {
        let (high, low) = (at / 250, at % 250 + 1);
        writeln!(
            endpoints,
            "- addresses: [10.{}.{}.{low}]\n  nodeName: n",
            high / 250,
            high % 250
        )
        .unwrap();
    }
    let files = Files::new();
    let state = files.put("state.yaml", &format!("{SERVICE}---{}", slice(&endpoints)));
    let answer = answer(&["endpoints", "--node", "n", "--state", &state, "-o", "json"]);
    assert_eq!(answer[0]["cluster"].as_array().unwrap().len(), 100_000);
}
