//! What the cluster's network can do, probed once the tests are over.

use std::time::Duration;

use conform_crds::{Capability, CapabilityCheck, Component, MAX_CAPABILITIES, Maker};
use conform_network::{
    components::{self, Way},
    probe::{self, Options},
};
use conform_suite::Release;
use kube::Client;

use crate::{plan::Plan, stop::Stop};

/// The probe's name. Runs have the cluster one after the other, so that what an earlier one left is nobody's.
const NAME: &str = "probe-of-run";
/// How long all of it may take, its removal included. Two nodes take little more than a minute; six that are busy took five, with
/// an agent that had to be asked anew.
const TIME: Duration = Duration::from_mins(10);

/// True if this pod is to probe. Several pods need not all do.
pub fn is_wanted(plan: &Plan) -> bool {
    let asked = plan.attempt.checks.map(|checks| checks.capabilities);
    plan.index == 0 && asked == Some(CapabilityCheck::Probe)
}

/// Probes a cluster whose components are these, or are looked for if there are none. The error says why nothing was measured. What is made is recorded as the suite's own, so that whoever removes what
/// the suite left removes what a probe left that was cut off.
pub async fn probe(
    client: &Client,
    plan: &Plan,
    maker: Option<&Maker>,
    components: Vec<Component>,
    stop: &Stop,
) -> Result<Vec<Capability>, String> {
    let Some(image) = plan.attempt.agent_image.clone() else {
        return Err("the plan names no image for agents".to_owned());
    };
    let version = client.apiserver_version().await;
    let version = version.map_err(|error| format!("the server's version: {error}"))?;
    let release: Option<Release> = version.git_version.parse().ok();
    let components = if components.is_empty() {
        components::detect(&components::gather(client, Way::Direct).await)
    } else {
        components
    };
    let options = Options {
        name: NAME.to_owned(),
        image,
        manager: maker.map(Maker::to_string),
        take_over: true,
        only: Vec::new(),
        minor: release.map(Release::minor),
        components,
    };
    let progress = |text: &str| tracing::info!("probing the network: {text}");
    let probed = Box::pin(probe::probe(client, &options, &progress));
    let probed = stop
        .within(Duration::ZERO, tokio::time::timeout(TIME, probed))
        .await;
    match probed {
        None => Err("the pod had to end".to_owned()),
        Some(Err(_)) => Err(format!("it was not done after {} s", TIME.as_secs())),
        Some(Ok(Err(error))) => Err(error.to_string()),
        Some(Ok(Ok(report))) => {
            if let Some(remains) = &report.remains {
                tracing::warn!("{remains}");
            }
            let rows = report.rows.iter().take(MAX_CAPABILITIES);
            Ok(rows.map(probe::Row::capability).collect())
        }
    }
}
