//! What the cluster's network can do, probed once the tests are over.

use std::time::Duration;

use conform_crds::{
    Capability, CapabilityCheck, Component, MAX_CAPABILITIES, Maker, ServiceCidrCheck, ServiceCidrReport,
};
use conform_network::{
    components::{self, Way},
    probe::{self, Options, Report},
    servicecidr,
};
use conform_suite::Release;
use kube::Client;

use crate::{plan::Plan, stop::Stop};

/// The probe's name. Runs have the cluster one after the other, so that what an earlier one left is nobody's.
const NAME: &str = "probe-of-run";
/// How long one probe may take, its removal included. Two nodes take little more than a minute; six that are busy took five, with
/// an agent that had to be asked anew.
const TIME: Duration = Duration::from_mins(10);

/// True if this pod is to measure features. Several pods need not all do.
pub fn is_wanted(plan: &Plan) -> bool {
    let asked = plan.attempt.checks.map(|checks| checks.capabilities);
    plan.index == 0 && asked == Some(CapabilityCheck::Probe)
}

/// True if this pod is to add a range of Service addresses, of which this was observed.
pub fn is_range_wanted(plan: &Plan, observed: &ServiceCidrReport) -> bool {
    let asked = plan.attempt.checks.map(|checks| checks.service_cidr);
    plan.index == 0 && is_to_add(asked, observed)
}

fn is_to_add(asked: Option<ServiceCidrCheck>, observed: &ServiceCidrReport) -> bool {
    asked == Some(ServiceCidrCheck::Probe) && servicecidr::may_probe(observed)
}

/// Who probes, and with what.
pub struct Probing<'a> {
    /// The API server, over a way that lasts.
    pub client: &'a Client,
    /// What was asked for.
    pub plan: &'a Plan,
    /// The suite's own name: what is made is recorded as its, so that whoever removes what the suite left removes what a probe left
    /// that was cut off.
    pub maker: Option<&'a Maker>,
    /// What implements the cluster's areas; looked for if there is nothing.
    pub components: Vec<Component>,
    /// Ends it.
    pub stop: &'a Stop,
}

impl Probing<'_> {
    /// Measures every feature that is not only probed by name. The error says why nothing was measured.
    pub async fn features(&self) -> Result<Vec<Capability>, String> {
        let facts = components::gather(self.client, Way::Direct).await;
        let mut report = self.probe(Vec::new()).await?;
        report.rows.extend(probe::declared(&facts, &self.components));
        if let Some(remains) = &report.remains {
            tracing::warn!("{remains}");
        }
        let rows = report.rows.iter().take(MAX_CAPABILITIES);
        Ok(rows.map(probe::Row::capability).collect())
    }

    /// Adds a range, measures it, and removes it; joins what came of it to what was observed. The error says why nothing was
    /// measured.
    pub async fn range(&self, observed: ServiceCidrReport) -> Result<ServiceCidrReport, String> {
        let features = servicecidr::PROBED_FEATURES.map(str::to_owned).to_vec();
        let report = self.probe(features).await?;
        Ok(servicecidr::probed(observed, &report))
    }

    async fn probe(&self, only: Vec<String>) -> Result<Report, String> {
        let Some(image) = self.plan.attempt.agent_image.clone() else {
            return Err("the plan names no image for agents".to_owned());
        };
        let version = self.client.apiserver_version().await;
        let version = version.map_err(|error| format!("the server's version: {error}"))?;
        let release: Option<Release> = version.git_version.parse().ok();
        let components = if self.components.is_empty() {
            components::detect(&components::gather(self.client, Way::Direct).await)
        } else {
            self.components.clone()
        };
        let options = Options {
            name: NAME.to_owned(),
            image,
            manager: self.maker.map(Maker::to_string),
            take_over: true,
            only,
            minor: release.map(Release::minor),
            components,
        };
        let progress = |text: &str| tracing::info!("probing the network: {text}");
        let probed = Box::pin(probe::probe(self.client, &options, &progress));
        let probed = tokio::time::timeout(TIME, probed);
        match self.stop.within(Duration::ZERO, probed).await {
            None => Err("the pod had to end".to_owned()),
            Some(Err(_)) => Err(format!("it was not done after {} s", TIME.as_secs())),
            Some(Ok(probed)) => probed.map_err(|error| error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::{Readiness, conditions::reasons};
    use rstest::rstest;

    use super::*;

    fn observed(readiness: Readiness, reason: &str) -> ServiceCidrReport {
        ServiceCidrReport {
            readiness,
            reason: reason.to_owned(),
            message: String::new(),
            findings: Vec::new(),
        }
    }

    #[rstest]
    #[case::asked_for(
        Some(ServiceCidrCheck::Probe),
        observed(Readiness::Unknown, reasons::NOT_PROBED),
        true
    )]
    #[case::at_risk(
        Some(ServiceCidrCheck::Probe),
        observed(Readiness::Unknown, reasons::COMPONENTS_AT_RISK),
        true
    )]
    #[case::only_observed(
        Some(ServiceCidrCheck::Observe),
        observed(Readiness::Unknown, reasons::NOT_PROBED),
        false
    )]
    #[case::known(None, observed(Readiness::Unknown, reasons::NOT_PROBED), false)]
    #[case::opted_out(
        Some(ServiceCidrCheck::Probe),
        observed(Readiness::Unknown, reasons::OPTED_OUT),
        false
    )]
    #[case::broken(
        Some(ServiceCidrCheck::Probe),
        observed(Readiness::NotReady, reasons::RANGES_NOT_READY),
        false
    )]
    fn a_range_is_added_only_where_it_was_asked_for_and_may_be(
        #[case] asked: Option<ServiceCidrCheck>,
        #[case] observed: ServiceCidrReport,
        #[case] wanted: bool,
    ) {
        assert_eq!(is_to_add(asked, &observed), wanted);
    }
}
