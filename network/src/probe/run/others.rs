//! What is probed without Services: the API of IngressClasses, and ports of NetworkPolicies.

use conform_crds::Component;
use k8s_openapi::api::networking::v1::{IngressClass, NetworkPolicy};
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use serde_json::json;

use super::{
    super::{
        feature::Unfit,
        features::{INGRESS_PARAMETERS, POLICY_PORTS},
        objects::{FIRST, ROLE},
        ports::{self, Tries},
        verdict::{Row, Status},
    },
    ProbeError,
    cluster::Cluster,
    measure::Measuring,
};
use crate::list::explain;

/// Has the API server say, in a dry run, whether it keeps the namespace of an IngressClass's parameters.
pub async fn ingress_parameters(cluster: &Cluster<'_>, components: &[Component]) -> Row {
    let namespace = cluster.making.namespace();
    let object = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "metadata": { "name": "conform-dry-run" },
        "spec": { "controller": "conform.dev/nobody", "parameters": {
            "apiGroup": "conform.dev", "kind": "Nothing", "name": "nothing", "scope": "Namespace", "namespace": namespace,
        } },
    });
    let feature = &INGRESS_PARAMETERS;
    let unclear = |why: String| Row::unfit(feature, Unfit::Unevaluated(why), components);
    let class: IngressClass = match serde_json::from_value(object) {
        Ok(class) => class,
        Err(error) => return unclear(error.to_string()),
    };
    let api: Api<IngressClass> = Api::all(cluster.client.clone());
    let dry = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    let mut row = Row::of(feature, components);
    row.cells = 1;
    match api.create(&dry, &class).await {
        Ok(kept) => {
            let parameters = kept.spec.and_then(|spec| spec.parameters);
            if parameters.and_then(|parameters| parameters.namespace) == Some(namespace) {
                (row.status, row.same, row.telling) = (Status::Supported, 1, 1);
            } else {
                row.status = Status::Unsupported;
                row.because = vec!["the API server drops the namespace of the parameters".to_owned()];
            }
            row
        }
        Err(error) => unclear(format!("the API server refuses a dry run: {}", explain(&error))),
    }
}

/// Tries two ports of pods on other nodes, without a policy and with one that lets the first in as the end of a range.
pub async fn policy_ports(
    cluster: &Cluster<'_>,
    measuring: &mut Measuring<'_>,
    components: &[Component],
) -> Result<Row, ProbeError> {
    let before = measuring.pod_ports().await;
    let policies: Api<NetworkPolicy> = Api::namespaced(cluster.client.clone(), &cluster.making.namespace());
    let name = "end-port";
    let policy = json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": { "name": name },
        "spec": {
            "podSelector": { "matchLabels": { ROLE: "stay" } },
            "policyTypes": ["Ingress"],
            "ingress": [{ "ports": [{ "protocol": "TCP", "port": FIRST - 10, "endPort": FIRST }] }],
        },
    });
    cluster.make(&policies, policy).await?;
    let after = measuring.pod_ports_closed().await;
    let deleted = policies.delete(name, &DeleteParams::default()).await;
    if let Err(error) = deleted {
        let message = format!("NetworkPolicy {name} cannot be deleted: {}", explain(&error));
        return Err(ProbeError::Refused(message));
    }
    let tries: Vec<Tries> = before
        .into_iter()
        .zip(after)
        .map(|((client, before), (_, after))| Tries {
            client,
            before,
            after,
        })
        .collect();
    Ok(ports::judge(&POLICY_PORTS, &tries, components))
}
