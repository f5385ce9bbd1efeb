//! A cluster with a registry: its nodes pull what they have anyway, and find nothing that is not there.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use conform_testbed::{Options, Testbed};
use support::{Down, kubectl, one_node, until};

#[test]
#[ignore = "needs root and a built testbed: cargo xtask test"]
fn a_node_pulls_an_image_again() {
    let name = "registry";
    let _down = Down(name);
    let testbed = Testbed::up(&Options {
        registry: true,
        ..one_node(name)
    })
    .unwrap();
    for (pod, image) in [("there", "agnhost:2.63.0"), ("nowhere", "agnhost:0.0.0")] {
        let image = format!("--image=registry.k8s.io/e2e-test-images/{image}");
        let run = ["run", pod, &image, "--image-pull-policy=Always"];
        assert!(kubectl(&testbed, &run).is_some());
    }
    let said = |reason: &str, pod: &str| {
        let of = format!("--field-selector=reason={reason},involvedObject.name={pod}");
        kubectl(
            &testbed,
            &["get", "events", &of, "-o", "jsonpath={.items[*].message}"],
        )
        .unwrap_or_default()
    };
    until(&testbed, "an image that is there is pulled", || {
        said("Pulled", "there").contains("Successfully pulled image")
    });
    until(&testbed, "an image that is nowhere is not", || {
        said("Failed", "nowhere").contains("not found")
    });
}
