//! A namespace of the checks' own, and `NewNamespaces`: how the cluster treats one that is new.

use std::{collections::BTreeMap, time::Duration};

use conform_crds::names;
use k8s_openapi::{
    api::core::v1::{LimitRange, Namespace as KubeNamespace, ResourceQuota, ServiceAccount},
    apimachinery::pkg::apis::meta::v1::ObjectMeta,
};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams, PostParams},
};
use tokio::time::{Instant, sleep};

use super::{Finding, Scene, passed, warned};
use crate::patience::explain;

/// How long the ServiceAccount of a new namespace may take. The suite waits two minutes for it, in every test.
const ACCOUNT_TIME: Duration = Duration::from_secs(20);
/// How often it is asked for.
const INTERVAL: Duration = Duration::from_millis(200);
/// Longest part of the run's name in the namespace's, so that the whole has at most 63 letters.
const MAX_RUN: usize = 36;

/// A namespace made for the checks. It goes when it is removed, or with the run.
pub struct Namespace {
    client: Client,
    name: String,
}

impl Namespace {
    /// Makes one, as permissive as tests make theirs. The error is in words.
    pub async fn make(scene: &Scene<'_>) -> Result<Self, String> {
        let namespaces: Api<KubeNamespace> = Api::all(scene.client.clone());
        let made = namespaces.create(&PostParams::default(), &object(scene)).await;
        let made = made.map_err(|error| explain(&error))?;
        Ok(Self {
            client: scene.client.clone(),
            name: made.name_any(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Waits for the ServiceAccount that pods need. The error is in words.
    pub async fn wait_for_account(&self) -> Result<(), String> {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client.clone(), &self.name);
        let deadline = Instant::now() + ACCOUNT_TIME;
        loop {
            let last = match accounts.get("default").await {
                Ok(_) => return Ok(()),
                Err(error) => explain(&error),
            };
            if Instant::now() >= deadline {
                return Err(format!(
                    "A new namespace has no ServiceAccount after {} s: is the kube-controller-manager well? ({last})",
                    ACCOUNT_TIME.as_secs()
                ));
            }
            sleep(INTERVAL).await;
        }
    }

    /// What has come into it by itself: tests that count quotas, or make pods without limits, then fail.
    pub async fn look(&self) -> Finding {
        let all = ListParams::default();
        let quotas: Api<ResourceQuota> = Api::namespaced(self.client.clone(), &self.name);
        let limits: Api<LimitRange> = Api::namespaced(self.client.clone(), &self.name);
        let (quotas, limits) = match tokio::try_join!(quotas.list(&all), limits.list(&all)) {
            Ok(found) => found,
            Err(error) => return warned(format!("Could not be looked at: {}.", explain(&error))),
        };
        let quotas = quotas
            .items
            .iter()
            .map(|quota| format!("ResourceQuota {}", quota.name_any()));
        let limits = limits
            .items
            .iter()
            .map(|limit| format!("LimitRange {}", limit.name_any()));
        verdict(&quotas.chain(limits).collect::<Vec<_>>())
    }

    /// Asks for its removal with all that is in it, and does not wait.
    pub async fn remove(self) {
        let namespaces: Api<KubeNamespace> = Api::all(self.client.clone());
        if let Err(error) = namespaces.delete(&self.name, &DeleteParams::background()).await {
            // The operator removes it when the run ends.
            tracing::warn!("cannot remove namespace {}: {}", self.name, explain(&error));
        }
    }
}

fn verdict(found: &[String]) -> Finding {
    if found.is_empty() {
        passed("New namespaces come without quota and limits.")
    } else {
        warned(format!(
            "New namespaces come with {}: tests of quota and limits will fail, and pods may be refused.",
            found.join(", ")
        ))
    }
}

fn object(scene: &Scene<'_>) -> KubeNamespace {
    let run: String = scene.run.chars().take(MAX_RUN).collect();
    let labels = [
        (names::LABEL_RUN, scene.run),
        ("app.kubernetes.io/managed-by", "conform"),
        ("pod-security.kubernetes.io/enforce", "privileged"),
    ];
    KubeNamespace {
        metadata: ObjectMeta {
            generate_name: Some(format!(
                "{}{}-",
                names::PREFLIGHT_NAMESPACE,
                run.trim_end_matches(['-', '.']).replace('.', "-")
            )),
            labels: Some(
                labels
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .into(),
            ),
            annotations: Some(BTreeMap::from([(
                "description".to_owned(),
                "Checks before a conformance run; removed afterwards.".to_owned(),
            )])),
            owner_references: scene.owner.clone().map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        ..KubeNamespace::default()
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;

    use super::*;

    #[test]
    fn what_comes_by_itself_is_named() {
        assert_eq!(verdict(&[]).0, CheckState::Passed);
        let (state, message) = verdict(&["ResourceQuota default".to_owned()]);
        assert_eq!(state, CheckState::Warned);
        assert!(message.contains("ResourceQuota default"), "{message}");
    }
}
