//! `images`: what a run needs, told without a cluster.

mod support;

use serde_json::Value;
use support::conform;

#[test]
fn images_and_where_a_mirror_has_them() {
    let words = [
        "images",
        "--server-version",
        "v1.36.3",
        "--profile",
        "quick",
        "-o",
        "json",
    ];
    let (listed, _) = conform(&words, 0);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let images: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["image"].as_str().unwrap())
        .collect();
    assert!(
        images.contains(&"registry.k8s.io/conformance:v1.36.3"),
        "{images:?}"
    );
    assert!(
        images.contains(&"registry.k8s.io/e2e-test-images/agnhost:2.63.0"),
        "{images:?}"
    );
    assert!(
        !images
            .iter()
            .any(|image| image.contains("invalid") || image.contains("nfs")),
        "{images:?}"
    );
    let mirrored = [
        "images",
        "--server-version",
        "1.36.3",
        "--mirror",
        "mirror.example:5000/k8s",
    ];
    let (table, _) = conform(&mirrored, 0);
    let agnhost = "mirror.example:5000/k8s/e2e-test-images/agnhost:2.63.0";
    assert!(
        table.contains(agnhost) && table.contains("mirror.example:5000/k8s/conformance:v1.36.3"),
        "{table}"
    );
    // More tests need more images.
    assert!(table.lines().count() > images.len() + 1, "{table}");
    let (list, _) = conform(&[&mirrored[..], &["-o", "repo-list"]].concat(), 0);
    assert!(
        list.contains("promoterE2eRegistry: mirror.example:5000/k8s/e2e-test-images"),
        "{list}"
    );
    assert!(!list.contains("invalidRegistry"), "{list}");
    let (_, error) = conform(&["images", "--server-version", "1.36.3", "-o", "repo-list"], 2);
    assert!(error.contains("--mirror"), "{error}");
    let (_, error) = conform(&["images", "--server-version", "1.12.0"], 2);
    assert!(error.contains("1.12"), "{error}");
}
