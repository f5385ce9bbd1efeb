//! The objects of a probe. Names are deterministic, so that whoever starts again finds what was left.

use serde_json::{Value, json};

use super::{feature::Feature, ground::Place};

/// The label that everything of a probe has; its value is the probe's name.
pub const LABEL: &str = "conform.dev/probe";
/// The label that says which feature an object is for.
pub const FEATURE: &str = "conform.dev/feature";
/// The label of the pods that Services select: `stay` or `leave`.
pub const ROLE: &str = "conform.dev/probe-role";
/// The label with the number of the pod's node.
pub const PLACE: &str = "conform.dev/probe-place";

/// Ports that agents answer on.
pub const FIRST: u16 = 8080;
/// A second one, so that endpoints of one Service can differ.
pub const SECOND: u16 = 8081;
/// The first port that agents have in a node's own network, where probes of other names may have theirs: high, so that nobody
/// else has it, and below those of node ports.
pub const ON_NODE: u16 = 28_080;
/// How many pairs of ports there are from there on.
const PAIRS_ON_NODE: u16 = 900;
/// How long a leaving pod goes on to answer, in seconds.
pub const LINGER: u64 = 120;

/// What agents are made with.
#[derive(Clone, Debug)]
pub struct Making<'a> {
    /// The probe's name.
    pub name: &'a str,
    /// The image with the runner.
    pub image: &'a str,
    /// Who makes the objects, as the API server is to record it; by itself it records the program's name.
    pub manager: Option<&'a str>,
}

impl Making<'_> {
    /// The namespace of pods that are restricted.
    pub fn namespace(&self) -> String {
        format!("conform-{}", self.name)
    }

    /// The namespace of pods in the nodes' own network.
    pub fn node_namespace(&self) -> String {
        format!("conform-{}-nodes", self.name)
    }

    /// The port of agents in their nodes' own network, and the next: others than those of most probes of other names.
    pub fn port_on_node(&self) -> u16 {
        let folded = self.name.bytes().fold(0_u16, |folded, byte| {
            (folded * 31 + u16::from(byte)) % PAIRS_ON_NODE
        });
        ON_NODE + 2 * folded
    }

    /// A namespace whose pods are held to a Pod Security level.
    pub fn namespace_object(&self, name: &str, level: &str) -> Value {
        json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": name, "labels": {
                LABEL: self.name, "app.kubernetes.io/managed-by": "conform",
                "pod-security.kubernetes.io/enforce": level,
            } },
        })
    }

    /// The agent of a node in a pod: it makes connections, and Services lead to it. Its port `mutable` has another number on
    /// every second node.
    pub fn stay(&self, number: usize, place: &Place) -> Value {
        self.pod("stay", number, place, false, 0)
    }

    /// A pod that goes on to answer while it is deleted.
    pub fn leave(&self, number: usize, place: &Place) -> Value {
        self.pod("leave", number, place, false, LINGER)
    }

    /// The agent of a node in its own network.
    pub fn on_node(&self, number: usize, place: &Place) -> Value {
        self.pod("node", number, place, true, 0)
    }

    fn pod(&self, role: &str, number: usize, place: &Place, host: bool, linger: u64) -> Value {
        let mutable = if number.is_multiple_of(2) { FIRST } else { SECOND };
        let ports = if host {
            json!([])
        } else {
            json!([{ "name": "mutable", "containerPort": mutable }])
        };
        let (first, second) = if host {
            (self.port_on_node(), self.port_on_node() + 1)
        } else {
            (FIRST, SECOND)
        };
        let port = first;
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": { "name": format!("{role}-{number}"), "labels": {
                LABEL: self.name, ROLE: role, PLACE: number.to_string(),
            } },
            "spec": {
                "affinity": { "nodeAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{ "matchFields": [
                        { "key": "metadata.name", "operator": "In", "values": [place.node] },
                    ] }],
                } } },
                "hostNetwork": host,
                "automountServiceAccountToken": false,
                "enableServiceLinks": false,
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": linger,
                "securityContext": {
                    "runAsNonRoot": true, "runAsUser": 65534, "seccompProfile": { "type": "RuntimeDefault" },
                },
                "containers": [{
                    "name": "agent", "image": self.image, "imagePullPolicy": "IfNotPresent",
                    "args": ["agent", "serve", format!("--tcp={first},{second}"), format!("--udp={first}"),
                        format!("--sctp={first}"),
                        format!("--linger={linger}")],
                    "env": [{ "name": "CONFORM_AGENT_ADDRESSES",
                        "valueFrom": { "fieldRef": { "fieldPath": "status.podIPs" } } }],
                    "ports": ports,
                    "readinessProbe": { "httpGet": { "port": port, "path": "/" }, "periodSeconds": 1 },
                    "resources": { "requests": { "cpu": "5m", "memory": "8Mi" }, "limits": { "memory": "64Mi" } },
                    "securityContext": {
                        "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] },
                        "readOnlyRootFilesystem": true,
                    },
                }],
            },
        })
    }

    /// An object of a feature with the probe's labels, in its namespace.
    pub fn placed(&self, feature: &Feature, mut object: Value) -> Value {
        let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
        if let Some(metadata) = metadata {
            metadata.insert("namespace".to_owned(), json!(self.namespace()));
            let labels = metadata.entry("labels").or_insert_with(|| json!({}));
            if let Some(labels) = labels.as_object_mut() {
                labels.insert(LABEL.to_owned(), json!(self.name));
                labels.insert(FEATURE.to_owned(), json!(feature.id));
            }
        }
        object
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn port(name: &str) -> u16 {
        let making = Making {
            name,
            image: "",
            manager: None,
        };
        making.port_on_node()
    }

    #[test]
    fn a_run_and_a_user_can_probe_at_once() {
        assert_ne!(port("probe"), port("probe-of-run"));
    }

    proptest! {
        #[test]
        fn whatever_the_name_its_ports_are_no_node_ports(name in "[a-z0-9-]{1,40}") {
            prop_assert!((ON_NODE..29_999).contains(&port(&name)));
        }
    }
}
