//! A service proxy that does not do all that it has to, on one node of a real cluster: a kube-proxy that is shown only a part
//! of what the API says.

use conform_e2e::{Lens, report};
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

/// Asks for three features, one of which the proxy above knows. Gives each with its status, component and first reason.
fn features() -> Vec<[String; 4]> {
    let three = "node-port,internal-traffic-policy,terminating-endpoints";
    let (_, found) = report(&["capabilities", "--feature", three]);
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
    let name = std::env::var("CONFORM_E2E_TESTBED").unwrap();
    let testbed = Testbed::find(&name).unwrap();
    let node = testbed.nodes().pop().unwrap();
    let lens = Lens::open(testbed.host_address().into(), ignorant).unwrap();
    let master = format!("--master=http://{}", lens.address);
    testbed.stop(&node, "kube-proxy").unwrap();
    testbed.start(&node, "kube-proxy", &[master]).unwrap();
    let broken = features();
    let (code, probed) = report(&["servicecidr", "check", "--probe"]);
    testbed.stop(&node, "kube-proxy").unwrap();
    testbed.start(&node, "kube-proxy", &[]).unwrap();
    let mended = features();

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
