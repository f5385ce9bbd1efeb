//! What an example for Argo CD has to say that no API server asks for.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Whether what needs the charts' definitions is tried until they are there. Argo CD keeps no order among Applications by itself.
pub fn check(example: &str) -> Result<()> {
    let applications: Vec<Value> =
        serde_saphyr::from_multiple(example).context("the example for Argo CD is no YAML")?;
    let mut of_git = applications
        .iter()
        .filter(|one| one.pointer("/spec/source/path").is_some())
        .peekable();
    ensure!(
        of_git.peek().is_some(),
        "the example for Argo CD has no Application with objects from Git"
    );
    for application in of_git {
        let policy = |pointer| {
            application
                .pointer("/spec/syncPolicy")
                .and_then(|policy| policy.pointer(pointer))
        };
        let options = policy("/syncOptions").and_then(Value::as_array);
        ensure!(
            options.is_some_and(|options| options.contains(&json!("SkipDryRunOnMissingResource=true"))),
            "an Application for Argo CD fails in its dry run before the definitions are there: give it the option \
             SkipDryRunOnMissingResource=true"
        );
        let limit = policy("/retry/limit").and_then(Value::as_i64);
        ensure!(
            limit.is_some_and(|limit| limit < 0) && policy("/retry/backoff/maxDuration").is_some(),
            "an Application for Argo CD that is synced too early is given up after five tries: give it a retry without a limit, and \
             a backoff with a maxDuration"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../examples/gitops/argocd/application.yaml");

    #[test]
    fn the_example_is_as_it_is_to_be() {
        check(EXAMPLE).unwrap();
    }

    #[test]
    fn an_application_that_gives_up_is_found() {
        for (from, to) in [
            ("limit: -1", "limit: 5"),
            (", SkipDryRunOnMissingResource=true", ""),
            ("maxDuration: 3m", "other: 3m"),
            ("path: ", "chart: "),
        ] {
            assert!(EXAMPLE.contains(from), "{from}");
            assert!(check(&EXAMPLE.replace(from, to)).is_err(), "without {from}");
        }
    }
}
