//! Service proxies that are not as they were on a real cluster: a kube-proxy in another mode, and one on one node that does not do
//! all that it has to, since it is shown only a part of what the API says.

use conform_e2e::{Lens, json as get, proxy::restart, report, start_plugin, until};
use conform_testbed::Testbed;
use serde_json::{Value, json};

/// Hides what three proxies would not know: internalTrafficPolicy, endpoints that are on their way out, and Services outside
/// the first range of addresses.
fn ignorant(object: &mut Value) -> bool {
    match text(object, "/kind") {
        "Service" => {
            if let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) {
                spec.remove("internalTrafficPolicy");
            }
            let address = text(object, "/spec/clusterIP");
            address.starts_with("10.96.") || ["None", ""].contains(&address)
        }
        "EndpointSlice" => {
            if let Some(endpoints) = object.get_mut("endpoints").and_then(Value::as_array_mut) {
                let leaves =
                    |endpoint: &Value| endpoint.pointer("/conditions/terminating") == Some(&json!(true));
                endpoints.retain(|endpoint| !leaves(endpoint));
            }
            true
        }
        _ => true,
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The cluster whose processes are restarted.
fn testbed() -> conform_testbed::Result<Testbed> {
    Testbed::find(&std::env::var("CONFORM_E2E_TESTBED").unwrap_or_default())
}

/// Asks for some features. Gives each with its status, component and first reason.
fn features(some: &str) -> Vec<[String; 4]> {
    let (_, found) = report(&["capabilities", "--feature", some]);
    let rows = found.get("rows").and_then(Value::as_array).cloned();
    let rows = rows.unwrap_or_default().into_iter();
    rows.map(|row| {
        ["/feature", "/status", "/component", "/because/0"].map(|pointer| text(&row, pointer).to_owned())
    })
    .collect()
}

#[test]
#[ignore = "needs a testbed of its own making: cargo xtask test"]
fn a_proxy_that_does_less_is_caught_and_named() {
    /// Of which the proxy above knows the first.
    const SOME: &str = "node-port,internal-traffic-policy,terminating-endpoints";
    let testbed = testbed().unwrap();
    let node = testbed.nodes().pop().unwrap();
    let lens = Lens::open(testbed.host_address().into(), ignorant).unwrap();
    let master = format!("--master=http://{}", lens.address);
    restart(&testbed, &node, &[master]).unwrap();
    let broken = features(SOME);
    let (code, probed) = report(&["servicecidr", "check", "--probe"]);
    restart(&testbed, &node, &[]).unwrap();
    let mended = features(SOME);

    assert_eq!(broken.len(), 3, "{broken:#?}");
    for [feature, status, component, why] in &broken {
        let knows = feature == "node-port";
        let expected = if knows { "Supported" } else { "Unsupported" };
        assert_eq!(status, expected, "{broken:#?}");
        assert!(component.starts_with("kube-proxy"), "{broken:#?}");
        assert!(knows || why.contains(&node), "{broken:#?}");
    }
    assert_eq!(
        (code, probed["reason"].as_str()),
        (1, Some("ProbeFailed")),
        "{probed:#}"
    );
    assert!(
        probed["message"].as_str().unwrap().starts_with("kube-proxy"),
        "{probed:#}"
    );
    assert!(mended.iter().all(|row| row[1] == "Supported"), "{mended:#?}");
}

#[test]
#[ignore = "needs a testbed of its own making: cargo xtask test"]
fn a_node_that_is_lost_meanwhile_is_not_held_against_the_proxy() {
    /// The first takes half a minute before the others are measured: the node is gone by then, whenever it went.
    const SOME: &str = "session-affinity-timeout,cluster-ip,node-port";
    let testbed = testbed().unwrap();
    let node = testbed.nodes().pop().unwrap();
    let child = start_plugin(&["capabilities", "--feature", SOME, "-o", "json"]).unwrap();
    let made = until(conform_e2e::run::LIMIT, || {
        let services = get(&["services", "-n", "conform-probe"]);
        let items = services
            .get("items")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        (items >= 4).then_some(())
    });
    testbed.cut_off(&node).unwrap();
    let ended = child.wait_with_output();
    testbed.join(&node).unwrap();
    // A node that comes back is measured like any other, once its kubelet has found the API server again.
    let back = until(conform_e2e::run::LIMIT, || {
        let rows = features("internal-traffic-policy");
        (rows.first()?[1] == "Supported").then_some(())
    });

    assert!(made.is_some(), "the Services are made");
    assert!(back.is_some(), "{node} comes back");
    let ended = ended.unwrap();
    let found: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(2), "{found:#}");
    let rows = found.get("rows").and_then(Value::as_array).cloned().unwrap();
    assert_eq!(rows.len(), 3, "{found:#}");
    for row in rows {
        assert_eq!(text(&row, "/status"), "Unevaluated", "{found:#}");
    }
    assert_eq!(found.get("remains"), Some(&Value::Null), "nothing is left");
}

#[test]
#[ignore = "needs a testbed of its own making: cargo xtask test"]
fn in_mode_iptables_packets_go_as_the_model_says() {
    /// Where this mode has rules of its own: node ports on loopback, ports of nobody, load balancers' addresses.
    const SOME: &str = "cluster-ip,node-port,external-traffic-policy,load-balancer-ip-mode";
    let testbed = testbed().unwrap();
    let all = |arguments: &[String]| {
        for node in testbed.nodes() {
            restart(&testbed, &node, arguments).unwrap();
        }
    };
    all(&["--proxy-mode=iptables".to_owned()]);
    let rows = features(SOME);
    all(&[]);
    assert_eq!(rows.len(), 4, "{rows:#?}");
    for [_, status, component, _] in &rows {
        assert_eq!(
            (status.as_str(), component.as_str()),
            ("Supported", "kube-proxy (iptables)"),
            "{rows:#?}"
        );
    }
}
