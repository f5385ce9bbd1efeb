//! What an example for Flux has to say that no API server asks for.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Whether namespaces that charts go to hold pods to running restricted, and what needs the charts' definitions is tried again
/// soon.
pub fn check(example: &str) -> Result<()> {
    let objects: Vec<Value> =
        serde_saphyr::from_multiple(example).context("the example for Flux is no YAML")?;
    let of = |kind: &'static str| {
        objects
            .iter()
            .filter(move |object| object.get("kind") == Some(&json!(kind)))
    };
    for release in of("HelmRelease") {
        let target = release.pointer("/spec/targetNamespace");
        let mut namespaces = of("Namespace").filter(|space| space.pointer("/metadata/name") == target);
        let restricted = namespaces.any(|space| {
            space.pointer("/metadata/labels/pod-security.kubernetes.io~1enforce")
                == Some(&json!("restricted"))
        });
        ensure!(
            restricted,
            "the example for Flux has no namespace {target:?} with Pod Security restricted"
        );
    }
    for kustomization in of("Kustomization") {
        ensure!(
            kustomization.pointer("/spec/retryInterval").is_some(),
            "a Kustomization for Flux that is applied too early waits for its whole interval: give it a retryInterval"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../examples/gitops/flux/conform.yaml");

    #[test]
    fn the_example_is_as_it_is_to_be() {
        check(EXAMPLE).unwrap();
    }

    #[test]
    fn a_namespace_without_its_label_or_a_long_wait_is_found() {
        for line in ["enforce: restricted", "retryInterval: 1m"] {
            let without: Vec<&str> = EXAMPLE.lines().filter(|one| !one.ends_with(line)).collect();
            assert!(check(&without.join("\n")).is_err(), "without {line}");
        }
    }
}
