//! What a run looks at besides its tests, with the rights that it has.

use std::time::Duration;

use conform_crds::{Checks, Component, ServiceCidrCheck, ServiceCidrReport};
use conform_network::{
    components::{self, Way},
    servicecidr,
};
use kube::Client;

use crate::stop::Stop;

/// How long the look may take. It runs beside the checks before the suite, which take longer.
const TIME: Duration = Duration::from_mins(1);

/// What was found; nothing of what was not asked for or could not be looked at in time.
#[derive(Debug, Default)]
pub struct Found {
    /// What implements the cluster's areas.
    pub components: Vec<Component>,
    /// What was found about further ranges of Service addresses.
    pub service_cidr: Option<ServiceCidrReport>,
}

/// Looks at what `asked` says.
pub async fn look(client: &Client, asked: Checks, stop: &Stop) -> Found {
    let seen = tokio::time::timeout(TIME, Box::pin(all(client, asked)));
    match stop.within(Duration::ZERO, seen).await {
        Some(Ok(found)) => found,
        Some(Err(_)) => {
            tracing::warn!(
                "the cluster's components could not be looked at in {} s",
                TIME.as_secs()
            );
            Found::default()
        }
        None => Found::default(),
    }
}

async fn all(client: &Client, asked: Checks) -> Found {
    let mut found = Found::default();
    if asked == Checks::NONE {
        return found;
    }
    let facts = components::gather(client, Way::Direct).await;
    for unseen in &facts.unseen {
        tracing::warn!("cannot read {unseen}");
    }
    if asked.components {
        found.components = components::detect(&facts);
    }
    if asked.service_cidr != ServiceCidrCheck::Off {
        let facts = servicecidr::gather(client, &facts).await;
        found.service_cidr = Some(servicecidr::judge(&facts));
    }
    found
}
