//! What is seen of a cluster says about further ranges. Pure.

use std::collections::BTreeSet;

use conform_crds::{
    CheckState, MAX_CHECK_MESSAGE, MAX_COMPONENT_TEXT, MAX_FINDINGS, Readiness, ServiceCidrFinding,
    ServiceCidrReport, ServiceCidrTopic as Topic, conditions::reasons,
};

use super::{
    facts::{Account, DryRun, Facts},
    mentions::mentions,
    range::Range,
};
use crate::text::bounded;

/// Most names in a sentence.
const SHOWN: usize = 5;

/// Says what the facts mean. Without a measurement the best that can be said is that nothing speaks against it.
pub fn judge(facts: &Facts) -> ServiceCidrReport {
    let mut findings = Findings::default();
    if facts.served {
        findings.add(
            Topic::Api,
            CheckState::Passed,
            "ServiceCIDRs and IPAddresses are served.",
        );
        looks(facts, &mut findings);
    } else {
        let message = "networking.k8s.io/v1 has no ServiceCIDRs here: they are served since Kubernetes 1.33.";
        findings.add(Topic::Api, CheckState::Failed, message);
    }
    for unseen in &facts.unseen {
        findings.add(
            Topic::Api,
            CheckState::Warned,
            &format!("Could not be read: {unseen}."),
        );
    }
    findings.report()
}

fn looks(facts: &Facts, findings: &mut Findings) {
    let ranges = objects(facts, findings);
    addresses(facts, &ranges, findings);
    overlaps(facts, findings);
    admission(facts, findings);
    written_down(facts, &ranges, findings);
    rights(facts, findings);
}

/// The ServiceCIDRs themselves. Gives their ranges.
fn objects(facts: &Facts, findings: &mut Findings) -> Vec<Range> {
    let topic = Topic::Objects;
    let objects = match &facts.objects {
        Ok(objects) => objects,
        Err(why) => {
            findings.add(
                topic,
                CheckState::Warned,
                &format!("ServiceCIDRs could not be read: {why}."),
            );
            return Vec::new();
        }
    };
    let troubled = objects.iter().filter_map(|object| match &object.ready {
        _ if object.leaving => Some(format!("{} waits for its last Services to go", object.name)),
        Some((true, _)) => None,
        Some((false, message)) => Some(format!("{} is not Ready: {message}", object.name)),
        None => Some(format!("{} has no condition Ready", object.name)),
    });
    let troubled: Vec<String> = troubled.collect();
    if !objects.iter().any(|object| object.name == "kubernetes") {
        findings.add(
            topic,
            CheckState::Failed,
            "There is no default ServiceCIDR `kubernetes`.",
        );
    } else if troubled.is_empty() {
        let each = objects
            .iter()
            .map(|object| format!("{} ({})", object.name, object.ranges.join(", ")));
        let message = format!("Ready: {}.", some(each.collect()));
        findings.add(topic, CheckState::Passed, &message);
    } else {
        findings.add(topic, CheckState::Failed, &format!("{}.", some(troubled)));
    }
    let texts = objects.iter().flat_map(|object| &object.ranges);
    texts.filter_map(|text| Range::parse(text)).collect()
}

/// Services and IPAddresses against each other and against the ranges.
fn addresses(facts: &Facts, ranges: &[Range], findings: &mut Findings) {
    let topic = Topic::Addresses;
    let (services, addresses) = match (&facts.services, &facts.addresses) {
        (Ok(services), Ok(addresses)) => (services, addresses),
        (Err(why), _) | (_, Err(why)) => {
            findings.add(
                topic,
                CheckState::Warned,
                &format!("Could not be compared: {why}."),
            );
            return;
        }
    };
    let kept: BTreeSet<_> = addresses.iter().collect();
    let unkept = services.iter().filter(|owned| !kept.contains(owned));
    let unkept: Vec<String> = unkept
        .map(|owned| format!("{} of Service {}", owned.address, owned.service))
        .collect();
    let outside = services
        .iter()
        .filter(|owned| !ranges.iter().any(|range| range.contains(owned.address)));
    let outside: Vec<String> = outside
        .map(|owned| format!("{} of Service {}", owned.address, owned.service))
        .collect();
    if !unkept.is_empty() {
        let message = format!(
            "Without an IPAddress, so that they may be given out twice: {}.",
            some(unkept)
        );
        findings.add(topic, CheckState::Failed, &message);
    } else if !outside.is_empty() && !ranges.is_empty() {
        findings.add(
            topic,
            CheckState::Failed,
            &format!("In no ServiceCIDR: {}.", some(outside)),
        );
    } else {
        let message = format!("{} addresses of Services have their IPAddress.", services.len());
        findings.add(topic, CheckState::Passed, &message);
    }
}

/// Ranges of Services against those of pods and against nodes.
fn overlaps(facts: &Facts, findings: &mut Findings) {
    let mut ranges: Vec<(String, Range)> = Vec::new();
    for object in facts.objects.iter().flatten() {
        let parsed = object.ranges.iter().filter_map(|text| Range::parse(text));
        ranges.extend(parsed.map(|range| (format!("ServiceCIDR {}", object.name), range)));
    }
    let trial = facts.trial.as_ref();
    ranges.extend(
        trial.and_then(|trial| Some((format!("the range {}", trial.range), Range::parse(&trial.range)?))),
    );
    let mut met = Vec::new();
    for (name, range) in &ranges {
        for (node, pods) in &facts.pod_ranges {
            let pods = pods.iter().filter_map(|text| Range::parse(text));
            if pods.into_iter().any(|pods| pods.overlaps(range)) {
                met.push(format!("{name} and the pods of node {node}"));
            }
        }
        for (node, addresses) in &facts.nodes {
            if addresses.iter().any(|address| range.contains(*address)) {
                met.push(format!("{name} and node {node}"));
            }
        }
    }
    if met.is_empty() {
        findings.add(
            Topic::Ranges,
            CheckState::Passed,
            "No range of Services meets a node or its pods.",
        );
    } else {
        findings.add(
            Topic::Ranges,
            CheckState::Failed,
            &format!("Overlapping: {}.", some(met)),
        );
    }
}

fn admission(facts: &Facts, findings: &mut Findings) {
    let Some(trial) = &facts.trial else {
        return;
    };
    let range = &trial.range;
    match &trial.said {
        DryRun::Accepted => {
            let message = format!("A dry run of a ServiceCIDR for {range} is accepted.");
            findings.add(Topic::Admission, CheckState::Passed, &message);
        }
        DryRun::Denied { by, message } => {
            let message = format!("A dry run of a ServiceCIDR for {range} is denied by {by}: {message}");
            findings.denied(by, &message);
        }
        DryRun::Failed(why) => {
            let message = format!("A dry run of a ServiceCIDR for {range} says nothing: {why}.");
            findings.add(Topic::Admission, CheckState::Warned, &message);
        }
    }
}

fn written_down(facts: &Facts, ranges: &[Range], findings: &mut Findings) {
    let mentions = mentions(&facts.texts, ranges);
    let mut harmless = Vec::new();
    let mut any = false;
    for mention in &mentions {
        if let Some(why) = mention.harmless {
            harmless.push(format!("{} in {} ({why})", mention.range, mention.place));
            continue;
        }
        any = true;
        let message = format!(
            "{} is written down in {}: a further range is not known there until somebody writes it.",
            mention.range, mention.place
        );
        findings.about(Topic::WrittenDown, &mention.owner, &message);
    }
    if !any {
        let message = if harmless.is_empty() {
            format!(
                "No range of Services is written down in {} texts.",
                facts.texts.len()
            )
        } else {
            format!("Only where it does no harm: {}.", some(harmless))
        };
        findings.add(Topic::WrittenDown, CheckState::Passed, &message);
    }
}

/// Components that cannot read the ServiceCIDRs do not know of a further one, unless they need not.
fn rights(facts: &Facts, findings: &mut Findings) {
    let mut fine = Vec::new();
    let mut any = false;
    for account in &facts.accounts {
        match (&account.may_list, needs_none(account)) {
            (Ok(true), _) => fine.push(format!("{} may list ServiceCIDRs", account.component)),
            (Ok(false), Some(why)) => {
                fine.push(format!("{} may not, and need not: {why}", account.component));
            }
            (Ok(false), None) => {
                any = true;
                let message = format!(
                    "{} may not list ServiceCIDRs, so it cannot learn of a further range.",
                    account.user
                );
                findings.about(Topic::Rights, &account.component, &message);
            }
            (Err(why), _) => {
                let message = format!(
                    "Whether {} may list ServiceCIDRs is not known: {why}.",
                    account.user
                );
                findings.add(Topic::Rights, CheckState::Warned, &message);
            }
        }
    }
    if !any && !fine.is_empty() {
        findings.add(Topic::Rights, CheckState::Passed, &format!("{}.", some(fine)));
    }
}

/// Why a component needs no ranges.
fn needs_none(account: &Account) -> Option<&'static str> {
    let (project, mode) = &account.project;
    match (project.as_str(), mode.as_deref()) {
        ("kube-proxy", Some("iptables" | "ipvs")) => Some("in its mode each Service is programmed by itself"),
        ("Antrea", _) => Some("it follows the addresses of the Services that it sees"),
        ("CoreDNS" | "NodeLocal DNSCache" | "kube-dns", _) => {
            Some("it answers by Service, whatever the range")
        }
        ("Flannel" | "kindnet", _) => Some("it carries pods only"),
        _ => None,
    }
}

/// Findings on their way to a report.
#[derive(Default)]
struct Findings {
    list: Vec<ServiceCidrFinding>,
    denied_by: Option<String>,
}

impl Findings {
    fn add(&mut self, topic: Topic, state: CheckState, message: &str) {
        self.push(topic, state, None, message);
    }

    /// A component that is at risk.
    fn about(&mut self, topic: Topic, component: &str, message: &str) {
        self.push(topic, CheckState::Warned, Some(component), message);
    }

    fn denied(&mut self, by: &str, message: &str) {
        self.denied_by = Some(by.to_owned());
        self.push(Topic::Admission, CheckState::Warned, None, message);
    }

    fn push(&mut self, topic: Topic, state: CheckState, component: Option<&str>, message: &str) {
        if self.list.len() < MAX_FINDINGS {
            self.list.push(ServiceCidrFinding {
                topic,
                state,
                component: component.map(|component| bounded(component, MAX_COMPONENT_TEXT)),
                message: bounded(message, MAX_CHECK_MESSAGE),
            });
        }
    }

    fn report(mut self) -> ServiceCidrReport {
        self.list.sort_by_key(|finding| finding.topic);
        let failed = self
            .list
            .iter()
            .find(|finding| finding.state == CheckState::Failed);
        let mut components: Vec<&str> = Vec::new();
        for component in self
            .list
            .iter()
            .filter_map(|finding| finding.component.as_deref())
        {
            if !components.contains(&component) {
                components.push(component);
            }
        }
        let unseen = self
            .list
            .iter()
            .any(|finding| finding.state == CheckState::Warned && finding.component.is_none());
        let (readiness, reason, message) = if let Some(failed) = failed {
            (
                Readiness::NotReady,
                reason_of(failed.topic),
                failed.message.clone(),
            )
        } else if let Some(by) = &self.denied_by {
            let message = format!("Further ranges are opted out of: {by} denies them.");
            (Readiness::Unknown, reasons::OPTED_OUT, message)
        } else if !components.is_empty() {
            let components = components.into_iter().map(str::to_owned).collect();
            let message = format!("May not notice a further range: {}.", some(components));
            (Readiness::Unknown, reasons::COMPONENTS_AT_RISK, message)
        } else if unseen {
            let message =
                "Not everything could be looked at; nothing that could speaks against a further range.";
            (Readiness::Unknown, reasons::NOT_ALL_SEEN, message.to_owned())
        } else {
            let message = "Nothing speaks against a further range; only a probe can show that it works.";
            (Readiness::Unknown, reasons::NOT_PROBED, message.to_owned())
        };
        ServiceCidrReport {
            readiness,
            reason: reason.to_owned(),
            message: bounded(&message, MAX_CHECK_MESSAGE),
            findings: self.list,
        }
    }
}

const fn reason_of(topic: Topic) -> &'static str {
    match topic {
        Topic::Api => reasons::NOT_SERVED,
        Topic::Objects => reasons::RANGES_NOT_READY,
        Topic::Addresses => reasons::INCONSISTENT_ADDRESSES,
        Topic::Ranges => reasons::OVERLAPPING_RANGES,
        Topic::Admission | Topic::WrittenDown | Topic::Rights | Topic::Traffic | Topic::Removal => {
            reasons::COMPONENTS_AT_RISK
        }
    }
}

/// The first words, joined, and how many more there are.
fn some(words: Vec<String>) -> String {
    let more = words.len().saturating_sub(SHOWN);
    let shown: Vec<String> = words.into_iter().take(SHOWN).collect();
    match more {
        0 => shown.join("; "),
        more => format!("{}; and {more} more", shown.join("; ")),
    }
}
