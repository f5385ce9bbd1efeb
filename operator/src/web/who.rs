//! Who asks, and what they may: both as the API server says.

use axum::http::{HeaderMap, header};
use conform_crds::names;
use k8s_openapi::api::{
    authentication::v1::{TokenReview, TokenReviewSpec},
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
};
use kube::{Api, Client, api::PostParams};

use super::Refusal;

/// Longest token that is shown to the API server, in bytes.
const LONGEST_TOKEN: usize = 16 << 10;

/// Somebody whom the API server knows.
#[derive(Debug)]
pub struct Person {
    name: String,
    uid: Option<String>,
    groups: Option<Vec<String>>,
    extra: Option<std::collections::BTreeMap<String, Vec<String>>>,
}

/// Whose the token is that a request brings. It goes to the API server and nowhere else.
pub async fn person(client: &Client, headers: &HeaderMap) -> Result<Person, Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let token = token
        .filter(|token| !token.is_empty())
        .ok_or(Refusal::Unknown(""))?;
    if token.len() > LONGEST_TOKEN {
        return Err(Refusal::Unknown(", and this is none"));
    }
    let review = TokenReview {
        spec: TokenReviewSpec {
            token: token.to_owned(),
            ..TokenReviewSpec::default()
        },
        ..TokenReview::default()
    };
    let reviews: Api<TokenReview> = Api::all(client.clone());
    let reviewed = reviews.create(&PostParams::default(), &review).await?;
    let status = reviewed
        .status
        .filter(|status| status.authenticated == Some(true));
    let user = status.and_then(|status| status.user);
    let user = user.ok_or(Refusal::Unknown(", and this one is not valid"))?;
    let name = user.username.filter(|name| !name.is_empty());
    Ok(Person {
        name: name.ok_or(Refusal::Unknown(", and this one is nobody's"))?,
        uid: user.uid,
        groups: user.groups,
        extra: user.extra,
    })
}

impl Person {
    /// Refuses who may not do this with a resource of conform's, of this name or altogether.
    pub async fn may(
        &self,
        client: &Client,
        verb: &'static str,
        resource: &str,
        name: Option<&str>,
    ) -> Result<(), Refusal> {
        let review = SubjectAccessReview {
            spec: SubjectAccessReviewSpec {
                user: Some(self.name.clone()),
                uid: self.uid.clone(),
                groups: self.groups.clone(),
                extra: self.extra.clone(),
                resource_attributes: Some(ResourceAttributes {
                    group: Some(names::GROUP.to_owned()),
                    resource: Some(resource.to_owned()),
                    verb: Some(verb.to_owned()),
                    name: name.map(str::to_owned),
                    ..ResourceAttributes::default()
                }),
                ..SubjectAccessReviewSpec::default()
            },
            ..SubjectAccessReview::default()
        };
        let reviews: Api<SubjectAccessReview> = Api::all(client.clone());
        let reviewed = reviews.create(&PostParams::default(), &review).await?;
        if reviewed.status.is_some_and(|status| status.allowed) {
            return Ok(());
        }
        let of = name.map(|name| format!(" {name}")).unwrap_or_default();
        Err(Refusal::Forbidden {
            user: self.name.clone(),
            verb,
            what: format!("{resource}.{}{of}", names::GROUP),
        })
    }
}
