//! What a cluster says of its Gateway API: the release of its definitions, and what an implementation claims.

use conform_gateway::claim::{Claimant, ClaimantKind, Definition};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api, Client, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams},
    core::GroupVersionKind,
};

use crate::{components::gateway_class, list::explain, text::bounded};

/// Definitions of one page.
const PAGE: u32 = 250;
/// Most pages.
const MAX_PAGES: usize = 20;
/// Longest text that is kept, in bytes.
const MAX_TEXT: usize = 253;

/// Why it could not be read.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The API server does not know the object.
    #[error("there is no {kind} {name:?} in the cluster")]
    Missing {
        /// Its kind.
        kind: &'static str,
        /// Its name.
        name: String,
    },
    /// The API server refused, or was not reached.
    #[error("cannot {action}: {reason}")]
    Failed {
        /// What was tried.
        action: &'static str,
        /// What came of it.
        reason: String,
    },
}

/// The definitions that carry one of Gateway API's annotations. Of each only its metadata is asked for: one request for every
/// 250 definitions that the cluster has.
pub async fn definitions(client: &Client) -> Result<Vec<Definition>, GatewayError> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let mut page = ListParams::default().limit(PAGE);
    let mut found = Vec::new();
    for _ in 0..MAX_PAGES {
        let listed = api.list_metadata(&page).await;
        let listed = listed.map_err(|error| failed("list the definitions of Gateway API", &error))?;
        for definition in &listed.items {
            let annotation = |name: &str| {
                Some(bounded(definition.annotations().get(name)?, MAX_TEXT)).filter(|it| !it.is_empty())
            };
            let (version, channel) = (annotation(Definition::VERSION), annotation(Definition::CHANNEL));
            if version.is_some() || channel.is_some() {
                found.push(Definition {
                    name: definition.name_any(),
                    version,
                    channel,
                });
            }
        }
        match listed.metadata.continue_ {
            Some(token) if !token.is_empty() => page = page.continue_token(&token),
            _ => return Ok(found),
        }
    }
    Err(GatewayError::Failed {
        action: "list the definitions of Gateway API",
        reason: format!("there are more than {} definitions", PAGE as usize * MAX_PAGES),
    })
}

/// What the object of this kind and name claims.
pub async fn claimant(client: &Client, kind: ClaimantKind, name: &str) -> Result<Claimant, GatewayError> {
    let (group, version, word, plural) = match kind {
        ClaimantKind::GatewayClass => (
            "gateway.networking.k8s.io",
            "v1",
            "GatewayClass",
            "gatewayclasses",
        ),
        ClaimantKind::XMesh => ("gateway.networking.x-k8s.io", "v1alpha1", "XMesh", "xmeshes"),
    };
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, word), plural);
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let missing = || GatewayError::Missing {
        kind: word,
        name: name.to_owned(),
    };
    match api.get_opt(name).await {
        Ok(Some(object)) => {
            let class = gateway_class(&object);
            Ok(Claimant {
                kind,
                name: class.name,
                controller: class.controller,
                accepted: class.accepted,
                features: class.features,
            })
        }
        Ok(None) => Err(missing()),
        // Without the definition there is no such path.
        Err(kube::Error::Api(status)) if status.code == 404 => Err(missing()),
        Err(error) => Err(failed("read what an implementation claims", &error)),
    }
}

fn failed(action: &'static str, error: &kube::Error) -> GatewayError {
    GatewayError::Failed {
        action,
        reason: explain(error),
    }
}
