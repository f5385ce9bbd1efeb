//! Reads what is to be seen, and asks with dry runs and access reviews. Nothing is stored in the cluster.

mod texts;

use std::collections::BTreeSet;

use conform_service_proxy::parse_ip;
use futures::{StreamExt, stream};
use k8s_openapi::api::{
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
    core::v1::{Node, Service},
    networking::v1::{IPAddress, ServiceCIDR, ServiceCIDRSpec},
};
use kube::{
    Api, Client, ResourceExt,
    api::{ObjectMeta, PostParams},
};

use super::{
    facts::{Account, DryRun, Facts, Object, Owned, Trial},
    range::{Range, probe_range},
};
use crate::{
    components::{self, label, of_workload},
    list::{all, explain},
};

/// Name of the ServiceCIDR that only dry runs have.
const TRIAL: &str = "conform-dry-run";
/// Access reviews at once.
const AT_ONCE: usize = 8;
/// Who kube-proxy is where it is no pod.
const KUBE_PROXY: &str = "system:kube-proxy";

/// Reads the facts. `components` is what was seen of the cluster's components.
pub async fn gather(client: &Client, components: &components::Facts) -> Facts {
    let mut facts = Facts::unread();
    match served(client).await {
        Ok(true) => facts.served = true,
        Ok(false) => return facts,
        Err(why) => {
            facts.served = true;
            facts
                .unseen
                .push(format!("whether ServiceCIDRs are served: {why}"));
        }
    }
    let cidrs: Api<ServiceCIDR> = Api::all(client.clone());
    facts.objects = all(&cidrs, "")
        .await
        .map(|found| found.iter().map(object).collect());
    // A Service that comes or goes meanwhile is not held against anybody.
    let before = services(client).await;
    let addresses: Api<IPAddress> = Api::all(client.clone());
    facts.addresses = all(&addresses, "")
        .await
        .map(|found| found.iter().filter_map(owned).collect());
    let after = services(client).await;
    facts.services = before.and_then(|before| Ok(after?.intersection(&before).cloned().collect()));
    nodes(client, &mut facts).await;
    let ranges: Vec<Range> = facts
        .objects
        .iter()
        .flatten()
        .flat_map(|object| &object.ranges)
        .filter_map(|text| Range::parse(text))
        .collect();
    facts.trial = Some(trial(&cidrs, probe_range(&ranges)).await);
    let (texts, unseen) = texts::read(client, components).await;
    facts.texts = texts;
    facts.unseen.extend(unseen);
    facts.accounts = accounts(client, components).await;
    facts
}

async fn served(client: &Client) -> Result<bool, String> {
    match client.list_api_group_resources("networking.k8s.io/v1").await {
        Ok(found) => {
            let has = |name: &str| found.resources.iter().any(|resource| resource.name == name);
            Ok(has("servicecidrs") && has("ipaddresses"))
        }
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(false),
        Err(error) => Err(explain(&error)),
    }
}

fn object(found: &ServiceCIDR) -> Object {
    let conditions = found
        .status
        .iter()
        .flat_map(|status| status.conditions.iter().flatten());
    let ready = conditions
        .into_iter()
        .find(|condition| condition.type_ == "Ready")
        .map(|condition| (condition.status == "True", condition.message.clone()));
    Object {
        name: found.name_any(),
        ranges: found
            .spec
            .as_ref()
            .and_then(|spec| spec.cidrs.clone())
            .unwrap_or_default(),
        ready,
        leaving: found.metadata.deletion_timestamp.is_some(),
    }
}

fn owned(found: &IPAddress) -> Option<Owned> {
    let parent = &found.spec.parent_ref;
    let is_service = parent.resource == "services" && parent.group.as_deref().unwrap_or_default().is_empty();
    Some(Owned {
        address: parse_ip(&found.name_any())?,
        service: if is_service {
            format!(
                "{}/{}",
                parent.namespace.as_deref().unwrap_or_default(),
                parent.name
            )
        } else {
            String::new()
        },
    })
}

async fn services(client: &Client) -> Result<BTreeSet<Owned>, String> {
    let services: Api<Service> = Api::all(client.clone());
    let found = all(&services, "").await?;
    let owned = found.iter().flat_map(|service| {
        let name = format!(
            "{}/{}",
            service.namespace().unwrap_or_default(),
            service.name_any()
        );
        let spec = service.spec.as_ref();
        let addresses = spec.and_then(|spec| spec.cluster_ips.clone()).unwrap_or_default();
        let addresses: Vec<_> = addresses.iter().filter_map(|address| parse_ip(address)).collect();
        addresses.into_iter().map(move |address| Owned {
            address,
            service: name.clone(),
        })
    });
    Ok(owned.collect())
}

async fn nodes(client: &Client, facts: &mut Facts) {
    let nodes: Api<Node> = Api::all(client.clone());
    let found = match all(&nodes, "").await {
        Ok(found) => found,
        Err(why) => {
            facts.unseen.push(format!("nodes: {why}"));
            return;
        }
    };
    for node in found {
        let addresses = node
            .status
            .iter()
            .flat_map(|status| status.addresses.iter().flatten());
        let addresses = addresses
            .filter_map(|address| parse_ip(&address.address))
            .collect();
        let name = node.name_any();
        let spec = node.spec.unwrap_or_default();
        let mut ranges = spec.pod_cidrs.unwrap_or_default();
        ranges.extend(spec.pod_cidr.filter(|_| ranges.is_empty()));
        facts.nodes.push((name.clone(), addresses));
        facts.pod_ranges.push((name, ranges));
    }
}

async fn trial(cidrs: &Api<ServiceCIDR>, range: &str) -> Trial {
    let object = ServiceCIDR {
        metadata: ObjectMeta {
            name: Some(TRIAL.to_owned()),
            ..ObjectMeta::default()
        },
        spec: Some(ServiceCIDRSpec {
            cidrs: Some(vec![range.to_owned()]),
        }),
        status: None,
    };
    let dry = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    let said = match cidrs.create(&dry, &object).await {
        Ok(_) => DryRun::Accepted,
        Err(kube::Error::Api(status)) => DryRun::refused(status.code, &status.message),
        Err(error) => DryRun::Failed(explain(&error)),
    };
    Trial {
        range: range.to_owned(),
        said,
    }
}

/// Whether what implements service proxy, pod network and DNS may list ServiceCIDRs.
async fn accounts(client: &Client, components: &components::Facts) -> Vec<Account> {
    use conform_suite::Area::{Dns, PodNetwork, ServiceProxy};

    let mut accounts: Vec<Account> = Vec::new();
    let mut add = |component: &conform_crds::Component, user: &str| {
        if !accounts.iter().any(|known| known.user == user) {
            accounts.push(Account {
                component: label(component),
                project: (component.name.clone(), component.mode.clone()),
                user: user.to_owned(),
                may_list: Err("not asked".to_owned()),
            });
        }
    };
    let matters =
        |component: &&conform_crds::Component| matches!(component.area, ServiceProxy | PodNetwork | Dns);
    for workload in &components.workloads {
        let found = of_workload(components, workload);
        if let Some(component) = found.iter().find(matters) {
            add(component, &workload.account);
        }
    }
    // A proxy that is no pod has no ServiceAccount; what kubeadm and others call it is its user.
    let found = components::detect(components);
    let bare = found
        .iter()
        .find(|found| found.area == ServiceProxy && found.basis == conform_crds::Basis::Inferred);
    if let Some(component) = bare {
        add(component, KUBE_PROXY);
    }
    let reviews: Api<SubjectAccessReview> = Api::all(client.clone());
    stream::iter(accounts)
        .map(async |mut account| {
            account.may_list = may_list(&reviews, &account.user).await;
            account
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}

async fn may_list(reviews: &Api<SubjectAccessReview>, user: &str) -> Result<bool, String> {
    // An account is in these groups wherever it authenticates.
    let mut groups = vec!["system:authenticated".to_owned()];
    if let Some(namespace) = user
        .strip_prefix("system:serviceaccount:")
        .and_then(|rest| rest.split(':').next())
    {
        groups.push("system:serviceaccounts".to_owned());
        groups.push(format!("system:serviceaccounts:{namespace}"));
    }
    let review = SubjectAccessReview {
        spec: SubjectAccessReviewSpec {
            user: Some(user.to_owned()),
            groups: Some(groups),
            resource_attributes: Some(ResourceAttributes {
                verb: Some("list".to_owned()),
                group: Some("networking.k8s.io".to_owned()),
                resource: Some("servicecidrs".to_owned()),
                ..ResourceAttributes::default()
            }),
            ..SubjectAccessReviewSpec::default()
        },
        ..SubjectAccessReview::default()
    };
    let answer = reviews.create(&PostParams::default(), &review).await;
    let answer = answer.map_err(|error| explain(&error))?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}
