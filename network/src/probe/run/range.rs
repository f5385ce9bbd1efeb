//! A further range of Service addresses: added, watched, and removed. Each step may be repeated by whoever comes after.

use std::{net::IpAddr, time::Duration};

use conform_service_proxy::{Cidr, parse_ip};
use k8s_openapi::api::networking::v1::{IPAddress, ServiceCIDR};
use kube::{Api, ResourceExt, api::DeleteParams};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{
    super::{features::RANGE, objects::LABEL},
    ProbeError,
    cluster::{Cluster, INTERVAL},
};
use crate::list::{all, explain};

/// How long a new range may take to be Ready.
const READY_TIME: Duration = Duration::from_secs(30);

impl Cluster<'_> {
    fn ranges(&self) -> Api<ServiceCIDR> {
        Api::all(self.client.clone())
    }

    /// The probe's ServiceCIDR, if it is there. One of its name that is not a probe's is an error.
    async fn range(&self) -> Result<Option<ServiceCIDR>, ProbeError> {
        let name = self.making.namespace();
        let found = match self.ranges().get(&name).await {
            Ok(found) => found,
            // Not there, or not served at all.
            Err(kube::Error::Api(status)) if status.code == 404 => return Ok(None),
            Err(error) => {
                return Err(ProbeError::Refused(format!(
                    "ServiceCIDR {name}: {}",
                    explain(&error)
                )));
            }
        };
        if found.labels().get(LABEL).map(String::as_str) == Some(self.making.name) {
            Ok(Some(found))
        } else {
            let message = format!("ServiceCIDR {name} exists and is no probe's: choose another name");
            Err(ProbeError::Refused(message))
        }
    }

    /// True if no ServiceCIDR of an earlier probe is left.
    pub async fn has_no_range(&self) -> Result<bool, ProbeError> {
        Ok(self.range().await?.is_none())
    }

    /// Adds the range and waits until Services can have addresses of it.
    pub async fn add_range(&self) -> Result<(), ProbeError> {
        let name = self.making.namespace();
        let object = json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR",
            "metadata": { "name": name, "labels": {
                LABEL: self.making.name, "app.kubernetes.io/managed-by": "conform",
            } },
            "spec": { "cidrs": [RANGE] },
        });
        self.make(&self.ranges(), object).await?;
        let deadline = Instant::now() + READY_TIME;
        loop {
            let conditions = self.range().await?.and_then(|range| range.status?.conditions);
            let ready = conditions
                .into_iter()
                .flatten()
                .find(|condition| condition.type_ == "Ready");
            match ready {
                Some(ready) if ready.status == "True" => return Ok(()),
                ready if Instant::now() >= deadline => {
                    let why = ready.map_or_else(|| "no condition Ready".to_owned(), |ready| ready.message);
                    return Err(ProbeError::Refused(format!(
                        "ServiceCIDR {name} does not become Ready: {why}"
                    )));
                }
                _ => sleep(INTERVAL).await,
            }
        }
    }

    /// Services of others that have addresses of the range, as `namespace/name`.
    pub async fn strangers(&self) -> Result<Vec<String>, String> {
        let range = Cidr::parse(RANGE);
        let own = self.making.namespace();
        let addresses: Api<IPAddress> = Api::all(self.client.clone());
        let found = all(&addresses, "").await?;
        let inside = found.iter().filter(|found| {
            let address: Option<IpAddr> = parse_ip(&found.name_any());
            address.is_some_and(|address| range.is_some_and(|range| range.contains(address)))
        });
        let parents = inside.map(|found| &found.spec.parent_ref);
        let others = parents.filter(|parent| parent.namespace.as_deref() != Some(own.as_str()));
        Ok(others
            .map(|parent| {
                format!(
                    "{}/{}",
                    parent.namespace.as_deref().unwrap_or_default(),
                    parent.name
                )
            })
            .collect())
    }

    /// Deletes the range, whose Services of the probe are gone, and waits until it is gone. Its finalizer is never taken off:
    /// a Service of somebody else's that has an address of it keeps it, and is named.
    pub async fn remove_range(&self, deadline: Instant) -> Result<(), String> {
        let in_words = |error: ProbeError| error.to_string();
        let name = self.making.namespace();
        if self.range().await.map_err(in_words)?.is_none() {
            return Ok(());
        }
        let deleted = self.ranges().delete(&name, &DeleteParams::default()).await;
        if let Err(error) = deleted
            && !matches!(&error, kube::Error::Api(status) if status.code == 404)
        {
            return Err(format!(
                "ServiceCIDR {name} cannot be deleted: {}",
                explain(&error)
            ));
        }
        while self.range().await.map_err(in_words)?.is_some() {
            if Instant::now() >= deadline {
                let strangers = self.strangers().await.unwrap_or_default();
                let why = if strangers.is_empty() {
                    "nothing that can be seen has an address of it".to_owned()
                } else {
                    format!(
                        "these Services have addresses of it, and have to be made anew: {}",
                        strangers.join(", ")
                    )
                };
                return Err(format!("ServiceCIDR {name} is still there: {why}"));
            }
            sleep(INTERVAL).await;
        }
        Ok(())
    }
}
