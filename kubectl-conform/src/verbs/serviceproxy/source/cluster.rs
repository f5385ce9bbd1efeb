//! The user's cluster.

use std::convert::Infallible;

use conform_proxy_api::Hub;
use conform_service_proxy::object::{Kind, Object, ObjectName};
use futures::{StreamExt, stream};
use kube::{
    Api,
    api::{ApiResource, DynamicObject, GroupVersionKind, ListParams},
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};

use super::gathering::{Gathering, News};
use crate::{cluster::Cluster, error::Error, explain::is_final, printer::Printer};

/// Events that are taken for one change, if they are there already.
const BURST: usize = 1_024;
/// Objects of one answer.
const PAGE: u32 = 500;

/// Follows the cluster. `ready` is called when all of it has been seen once.
pub async fn follow(
    cluster: &Cluster,
    hub: &Hub,
    printer: &Printer,
    ready: impl FnOnce(),
) -> Result<Infallible, Error> {
    let kinds = kinds(cluster, printer).await?;
    let watches = kinds.iter().map(|&kind| {
        let api: Api<DynamicObject> = Api::all_with(cluster.streaming.clone(), &resource(kind));
        let events = watcher(api, watcher::Config::default().page_size(PAGE)).default_backoff();
        events.map(move |event| (kind, event)).boxed()
    });
    let mut events = stream::select_all(watches).ready_chunks(BURST);
    let mut gathering = Gathering::new(kinds.iter().copied());
    let mut ready = Some(ready);
    let mut in_trouble = false;
    while let Some(burst) = events.next().await {
        for (kind, event) in burst {
            match event {
                Ok(event) => {
                    in_trouble = false;
                    let taken = gathering.take(kind, values(event));
                    taken.map_err(|error| Error::Api(error.to_string()))?;
                }
                Err(error) => {
                    let error = cluster.explain_watch(error);
                    if is_final(&error) {
                        return Err(error);
                    }
                    if !std::mem::replace(&mut in_trouble, true) {
                        printer.note(&format!("{error} It is tried again; the state stays as it was"));
                    }
                }
            }
        }
        let Some(news) = gathering.news() else {
            continue;
        };
        pass_on(news, hub, printer, &mut ready);
    }
    Err(Error::Api("the watches ended".to_owned()))
}

fn pass_on(news: News, hub: &Hub, printer: &Printer, ready: &mut Option<impl FnOnce()>) {
    for error in &news.invalid {
        printer.note(&format!("passed over: {error}"));
    }
    let ready = ready.take();
    if news.is_empty() && ready.is_none() {
        return;
    }
    let objects: Vec<Object> = news.objects.into_values().collect();
    if let Some(ready) = ready {
        hub.replace(&objects);
        ready();
    } else {
        let gone: Vec<ObjectName> = news.gone.into_iter().collect();
        hub.change(&objects, &gone);
    }
}

/// The kinds that are watched. A first look fails at once if the server cannot be reached or the user may not read them.
async fn kinds(cluster: &Cluster, printer: &Printer) -> Result<Vec<Kind>, Error> {
    let look = async |kind: Kind| {
        let api: Api<DynamicObject> = Api::all_with(cluster.client.clone(), &resource(kind));
        let found = api.list(&ListParams::default().limit(1)).await;
        found.map(|_| ()).map_err(|error| cluster.explain(error))
    };
    let mut kinds = vec![Kind::Service, Kind::EndpointSlice, Kind::Node];
    for &kind in &kinds {
        look(kind).await?;
    }
    match look(Kind::ServiceCidr).await {
        Ok(()) => kinds.push(Kind::ServiceCidr),
        Err(Error::NotInstalled) => {
            printer.note("ranges of Services are not served: the cluster has no ServiceCIDRs");
        }
        Err(error) => printer.note(&format!(
            "ranges of Services are not served, since ServiceCIDRs cannot be read: {error}"
        )),
    }
    Ok(kinds)
}

fn resource(kind: Kind) -> ApiResource {
    let (group, plural) = match kind {
        Kind::Service => ("", "services"),
        Kind::EndpointSlice => ("discovery.k8s.io", "endpointslices"),
        Kind::Node => ("", "nodes"),
        Kind::ServiceCidr => ("networking.k8s.io", "servicecidrs"),
    };
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, "v1", kind.word()), plural)
}

fn values(event: Event<DynamicObject>) -> Event<serde_json::Value> {
    // An object that was read from JSON can be written as JSON.
    let value = |object: DynamicObject| serde_json::to_value(object).unwrap_or_default();
    match event {
        Event::Init => Event::Init,
        Event::InitDone => Event::InitDone,
        Event::InitApply(object) => Event::InitApply(value(object)),
        Event::Apply(object) => Event::Apply(value(object)),
        Event::Delete(object) => Event::Delete(value(object)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use conform_proxy_api::{Limits, Replica, Rules, Value, v1alpha1::WatchResponse};
    use http::Method;
    use serde_json::json;

    use super::*;
    use crate::scenarios::{SILENCE, cluster};

    fn list(items: &[serde_json::Value]) -> (u16, String) {
        (
            200,
            json!({"metadata": {"resourceVersion": "7"}, "items": items}).to_string(),
        )
    }

    fn forbidden() -> (u16, String) {
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": "is forbidden",
            "reason": "Forbidden", "code": 403,
        });
        (403, status.to_string())
    }

    /// A Service whose slice comes while it is watched. ServiceCIDRs may not be read.
    fn answer(_: &Method, path: &str, before: usize) -> (u16, String) {
        let is_watch = path.contains("watch=true");
        if path.contains("/servicecidrs") {
            return forbidden();
        }
        if path.contains("/endpointslices") && is_watch && before == 0 {
            let slice = json!({
                "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
                "metadata": {"name": "web-1", "namespace": "default", "resourceVersion": "8",
                    "labels": {"kubernetes.io/service-name": "web"}},
                "addressType": "IPv4", "ports": [{"name": "http", "port": 8080}],
                "endpoints": [{"addresses": ["10.1.0.1"]}],
            });
            return (200, format!("{}\n", json!({"type": "ADDED", "object": slice})));
        }
        if is_watch {
            return (SILENCE, String::new());
        }
        if path.contains("/services") {
            return list(&[json!({
                "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"},
                "spec": {"clusterIP": "172.30.0.1", "ports": [{"name": "http", "port": 80}]},
            })]);
        }
        list(&[])
    }

    fn hub() -> Arc<Hub> {
        Hub::new(Rules::default(), None, Limits::default())
    }

    #[tokio::test]
    async fn what_a_cluster_says_is_served() {
        let (cluster, _) = cluster(answer);
        let (hub, printer) = (hub(), Printer::new());
        let mut follower = hub.admit("node-a", None).unwrap();
        let mut replica = Replica::default();
        let served = async {
            loop {
                for step in follower.next().await.unwrap().steps {
                    replica.take(WatchResponse::from(&step)).unwrap();
                }
                let mut ports = replica.items().values().filter_map(|value| match value {
                    Value::ServicePort(port) => Some(port),
                    _ => None,
                });
                if let Some(endpoint) = ports.next().and_then(|port| port.endpoints.first()) {
                    return endpoint.ip.clone();
                }
            }
        };
        let ready = std::cell::Cell::new(false);
        tokio::select! {
            ended = follow(&cluster, &hub, &printer, || ready.set(true)) => panic!("{ended:?}"),
            ip = served => assert_eq!(ip, "10.1.0.1"),
        }
        assert!(ready.get());
    }

    #[tokio::test]
    async fn rights_that_are_missing_are_said_at_once() {
        let (cluster, _) = cluster(|_: &Method, path: &str, _: usize| {
            if path.contains("/endpointslices") {
                forbidden()
            } else {
                list(&[])
            }
        });
        let ended = follow(&cluster, &hub(), &Printer::new(), || panic!("it is not ready")).await;
        assert!(matches!(ended, Err(Error::Forbidden(_))), "{ended:?}");
    }
}
