//! Reads what the checks look at, with one call a kind and only for checks that are made.

mod hooks;

use conform_crds::{Check, ConformanceRunSpec};
use conform_gateway::claim::{ClaimantKind, GatewayFeatures, preview};
use conform_network::gateway::{GatewayError, claimant, definitions};
use conform_suite::OwnGateway;
use k8s_openapi::{
    api::core::v1::{LimitRange, Node, ResourceQuota},
    kube_aggregator::pkg::apis::apiregistration::v1::APIService,
};
use kube::{Api, Client, api::ListParams};

use super::{Facts, GatewaySeen, Seen, UnavailableApi, is_wanted};
use crate::error::{Context, Error, Result};

/// Reads what the checks of a run look at. What the operator may not read is told by its check; an API server that does
/// not answer is an error, to be tried again. `measured` are the run's suites of Gateway API's, by
/// their names, with what they measure.
pub async fn gather(
    client: &Client,
    namespace: &str,
    spec: &ConformanceRunSpec,
    measured: &[(String, OwnGateway)],
) -> Result<Facts> {
    let wants = |check| is_wanted(check, spec);
    let version = async {
        let version = client.apiserver_version().await;
        version.context(|| "ask the API server's version".to_owned())
    };
    let nodes = async {
        let nodes: Api<Node> = Api::all(client.clone());
        let nodes = nodes.list(&ListParams::default()).await;
        nodes.context(|| "list the nodes".to_owned())
    };
    let quotas: Api<ResourceQuota> = Api::namespaced(client.clone(), namespace);
    let limits: Api<LimitRange> = Api::namespaced(client.clone(), namespace);
    let own = wants(Check::OwnNamespace);
    let (version, nodes, groups, unavailable, quotas, limits, webhooks) = futures::try_join!(
        version,
        nodes,
        when(wants(Check::Apis) || wants(Check::Queue), groups(client)),
        when(wants(Check::Apis), unavailable(client)),
        when(own, all(&quotas, "list quotas")),
        when(own, all(&limits, "list limit ranges")),
        when(wants(Check::Webhooks), hooks::webhooks(client)),
    )?;
    let gateways = if wants(Check::GatewayApi) {
        gateways(client, measured).await
    } else {
        Vec::new()
    };
    Ok(Facts {
        gateways,
        server_version: version.git_version,
        nodes: nodes.items,
        groups,
        unavailable,
        quotas,
        limits,
        webhooks,
    })
}

/// What there is to measure for each suite of Gateway API's: two requests for a suite, and one more for every 250 definitions.
async fn gateways(client: &Client, measured: &[(String, OwnGateway)]) -> Vec<GatewaySeen> {
    let seen = measured.iter().map(async |(suite, gateway)| {
        let features = gateway_features(client, gateway).await;
        GatewaySeen {
            suite: suite.clone(),
            profiles: gateway.profiles.clone(),
            features: features.map_err(|error| error.to_string()),
        }
    });
    futures::future::join_all(seen).await
}

async fn gateway_features(client: &Client, gateway: &OwnGateway) -> Result<GatewayFeatures, GatewayError> {
    let (kind, name) = match (&gateway.gateway_class, &gateway.mesh) {
        (None, Some(mesh)) => (ClaimantKind::XMesh, mesh.as_str()),
        (class, _) => (ClaimantKind::GatewayClass, class.as_deref().unwrap_or_default()),
    };
    let (claimant, definitions) = futures::try_join!(claimant(client, kind, name), definitions(client))?;
    Ok(preview(claimant, &definitions))
}

/// Reads what a check needs; nothing for one that is not made.
async fn when<T>(wanted: bool, read: impl Future<Output = Result<Seen<Vec<T>>>>) -> Result<Seen<Vec<T>>> {
    if wanted { read.await } else { Ok(Ok(Vec::new())) }
}

async fn groups(client: &Client) -> Result<Seen<Vec<String>>> {
    let listed = seen(client.list_api_groups().await, "list the API groups")?;
    Ok(listed.map(|list| list.groups.into_iter().map(|group| group.name).collect()))
}

async fn unavailable(client: &Client) -> Result<Seen<Vec<UnavailableApi>>> {
    let services = all(&Api::<APIService>::all(client.clone()), "list the APIServices").await?;
    Ok(services.map(|services| services.iter().filter_map(unavailable_api).collect()))
}

/// An APIService whose condition `Available` is False or Unknown. One that has no condition yet is not known to be ill.
fn unavailable_api(service: &APIService) -> Option<UnavailableApi> {
    let status = service.status.as_ref()?;
    let mut conditions = status.conditions.iter().flatten();
    let ill = conditions.find(|condition| condition.type_ == "Available" && condition.status != "True")?;
    Some(UnavailableApi {
        name: service.metadata.name.clone().unwrap_or_default(),
        message: ill
            .message
            .clone()
            .or_else(|| ill.reason.clone())
            .unwrap_or_default(),
    })
}

/// Every object that `api` lists.
async fn all<K>(api: &Api<K>, action: &str) -> Result<Seen<Vec<K>>>
where
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let listed = seen(api.list(&ListParams::default()).await, action)?;
    Ok(listed.map(|list| list.items))
}

/// What the API server refuses is an answer too; anything else is tried again.
fn seen<T>(answer: Result<T, kube::Error>, action: &str) -> Result<Seen<T>> {
    match answer {
        Ok(value) => Ok(Ok(value)),
        Err(kube::Error::Api(status)) if matches!(status.code, 403 | 404) => {
            Ok(Err(format!("cannot {action}: {}", status.message)))
        }
        Err(source) => Err(Error::Api {
            action: action.to_owned(),
            source: Box::new(source),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_apiservice_is_unavailable_only_if_it_says_so() {
        let service = |conditions| -> APIService {
            serde_json::from_value(json!({
                "metadata": { "name": "v1.x" }, "status": { "conditions": conditions },
            }))
            .unwrap()
        };
        let ill = service(json!([{"type": "Available", "status": "False", "message": "no endpoints"}]));
        assert_eq!(
            unavailable_api(&ill),
            Some(UnavailableApi {
                name: "v1.x".into(),
                message: "no endpoints".into()
            })
        );
        let well = service(json!([{"type": "Available", "status": "True"}]));
        assert_eq!(unavailable_api(&well), None);
        assert_eq!(unavailable_api(&service(json!([]))), None);
    }

    #[test]
    fn a_right_that_is_missing_is_told_and_a_server_that_is_away_is_an_error() {
        let refused = |code| {
            kube::Error::Api(Box::new(
                kube::core::Status::failure("no", "Forbidden").with_code(code),
            ))
        };
        let told = seen::<()>(Err(refused(403)), "list quotas").unwrap();
        assert_eq!(told.unwrap_err(), "cannot list quotas: no");
        assert!(seen::<()>(Err(refused(500)), "list quotas").is_err());
    }
}
