//! What is probed by other means than connections to Services: health, the API of IngressClasses, and ports of NetworkPolicies.

use conform_crds::Component;
use k8s_openapi::api::networking::v1::{IngressClass, NetworkPolicy};
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use serde_json::json;

use super::{
    super::{
        draining::{self, Health},
        feature::Unfit,
        features::{DRAINING, HEALTH_CHECKS, HEALTH_SERVICE, INGRESS_PARAMETERS, POLICY_PORTS},
        objects::{FIRST, ROLE},
        ports::{self, Tries},
        told,
        verdict::{Row, Status},
    },
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

/// Asks every node for the health of a Service that has endpoints on one of them.
pub async fn health_checks(
    cluster: &Cluster<'_>,
    measuring: &mut Measuring<'_>,
    components: &[Component],
) -> Row {
    let feature = &HEALTH_CHECKS;
    let ground = measuring.ground().clone();
    let told = async {
        let made = cluster.make_objects(feature, &ground).await;
        made.map_err(|error| error.to_string())?;
        measuring.told(HEALTH_SERVICE).await
    };
    let row = match told.await {
        Ok(told) => told::judge(feature, &told, components),
        Err(why) => {
            let why = format!("could not measure: {why}");
            Row::unfit(feature, Unfit::Unevaluated(why), components)
        }
    };
    // What cannot be deleted now goes with its namespace.
    let _ = cluster.unmake_objects(feature, &ground).await;
    row
}

/// Says of the last node that it is about to go, and asks all service proxies for their health before, meanwhile and after.
pub async fn draining(
    cluster: &Cluster<'_>,
    measuring: &mut Measuring<'_>,
    nodes: &[String],
    components: &[Component],
) -> Row {
    let Some((leaving, node)) = nodes.iter().enumerate().next_back() else {
        return draining::judge(&DRAINING, &[], components);
    };
    let before = measuring.health_when(None).await;
    if let Err(error) = cluster.say_leaving(node).await {
        return Row::unfit(&DRAINING, Unfit::Unevaluated(error.to_string()), components);
    }
    let meanwhile = measuring.health_when(Some(leaving)).await;
    let alive = measuring.health("/livez").await;
    if let Err(why) = cluster.say_staying().await {
        return Row::unfit(&DRAINING, Unfit::Unevaluated(why), components);
    }
    let after = measuring.health_when(None).await;
    let of = |codes: &[Option<u16>], number: usize| codes.get(number).copied().flatten();
    let healths: Vec<Health> = nodes
        .iter()
        .enumerate()
        .map(|(number, node)| Health {
            node: node.clone(),
            leaves: number == leaving,
            before: of(&before, number),
            meanwhile: of(&meanwhile, number),
            alive: of(&alive, number),
            after: of(&after, number),
        })
        .collect();
    draining::judge(&DRAINING, &healths, components)
}

/// Tries two ports of pods on other nodes, without a policy and with one that lets the first in as the end of a range.
pub async fn policy_ports(
    cluster: &Cluster<'_>,
    measuring: &mut Measuring<'_>,
    components: &[Component],
) -> Row {
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
    let unmeasured = |why: String| {
        let why = format!("could not measure: {why}");
        Row::unfit(&POLICY_PORTS, Unfit::Unevaluated(why), components)
    };
    if let Err(error) = cluster.make(&policies, policy).await {
        return unmeasured(error.to_string());
    }
    let after = measuring.pod_ports_closed().await;
    let deleted = policies.delete(name, &DeleteParams::default()).await;
    if let Err(error) = deleted {
        return unmeasured(format!(
            "NetworkPolicy {name} cannot be deleted: {}",
            explain(&error)
        ));
    }
    let again = measuring.pod_ports_open().await;
    let tries: Vec<Tries> = before
        .into_iter()
        .zip(after)
        .zip(again)
        .map(|(((client, before), (_, after)), (_, again))| Tries {
            client,
            before,
            after,
            again,
        })
        .collect();
    ports::judge(&POLICY_PORTS, &tries, components)
}
