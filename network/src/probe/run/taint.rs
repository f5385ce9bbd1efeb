//! The taint that says of a node that it is about to go: put on one, and taken off again. Each step may be repeated by whoever
//! comes after.

use k8s_openapi::api::core::v1::{Node, Taint};
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams},
};
use serde_json::json;

use super::{ProbeError, cluster::Cluster};
use crate::list::{all, explain};

/// What the cluster autoscaler puts on a node before it removes it.
const KEY: &str = "ToBeDeletedByClusterAutoscaler";
/// Times that a change is tried that somebody else's change of the node came before: kubelets write every few seconds.
const TRIES: usize = 5;

impl Cluster<'_> {
    fn nodes(&self) -> Api<Node> {
        Api::all(self.client.clone())
    }

    fn is_own(&self, taint: &Taint) -> bool {
        taint.key == KEY && taint.value.as_deref() == Some(self.making.namespace().as_str())
    }

    /// Says of the node that it is about to go, in the mildest way: nobody has to leave it.
    pub async fn say_leaving(&self, node: &str) -> Result<(), ProbeError> {
        let own = Taint {
            key: KEY.to_owned(),
            value: Some(self.making.namespace()),
            effect: "PreferNoSchedule".to_owned(),
            time_added: None,
        };
        let said = self.retaint(node, |taints| {
            if taints.iter().any(|taint| taint.key == KEY) {
                return Err(format!("node {node} is about to go already"));
            }
            taints.push(own.clone());
            Ok(())
        });
        said.await.map_err(ProbeError::Refused)
    }

    /// Takes back what a probe of this name said of any node.
    pub async fn say_staying(&self) -> Result<(), String> {
        for node in all(&self.nodes(), "").await? {
            let name = node.name_any();
            let taints = node.spec.and_then(|spec| spec.taints).unwrap_or_default();
            if taints.iter().any(|taint| self.is_own(taint)) {
                let dropped = self.retaint(&name, |taints| {
                    taints.retain(|taint| !self.is_own(taint));
                    Ok(())
                });
                dropped.await?;
            }
        }
        Ok(())
    }

    async fn retaint(
        &self,
        name: &str,
        change: impl Fn(&mut Vec<Taint>) -> Result<(), String>,
    ) -> Result<(), String> {
        let nodes = self.nodes();
        for _ in 0..TRIES {
            let node = nodes.get(name).await;
            let node = node.map_err(|error| format!("node {name}: {}", explain(&error)))?;
            let version = node.resource_version();
            let mut taints = node.spec.and_then(|spec| spec.taints).unwrap_or_default();
            change(&mut taints)?;
            let patch = json!({ "metadata": { "resourceVersion": version }, "spec": { "taints": taints } });
            match nodes
                .patch(name, &PatchParams::default(), &Patch::Merge(patch))
                .await
            {
                Ok(_) => return Ok(()),
                Err(kube::Error::Api(status)) if status.code == 409 => {}
                Err(error) => return Err(format!("the taints of node {name}: {}", explain(&error))),
            }
        }
        Err(format!(
            "the taints of node {name}: somebody else changes the node all the time"
        ))
    }
}
