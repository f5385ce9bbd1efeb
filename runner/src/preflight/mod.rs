//! The half of preflight that only a pod in the cluster can see, made while the suite is asked for its tests.
//!
//! [`beside`] tells the story; each check is one file. A check that cannot be made warns: the run goes on, and the suite
//! says the rest.

mod admission;
mod clocks;
mod dns;
mod dns_message;
mod images;
mod logs_and_exec;
mod namespace;
mod node_pods;
mod pods;

use std::{future::Future, time::Duration};

use conform_crds::{AttemptEndReason, Check, CheckResult, CheckState, Preflight};
use conform_suite::images::NeededImages;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Client;

use self::namespace::Namespace;
use crate::{
    ask,
    cli::RunArgs,
    prepare::{Ready, Unstarted},
    stop::Stop,
    text,
};

/// The checks of this half, in the order in which they are told.
const CHECKS: [Check; 6] = [
    Check::Images,
    Check::Admission,
    Check::NewNamespaces,
    Check::Dns,
    Check::LogsAndExec,
    Check::Clocks,
];
/// How long the removal of the namespace may be asked for once the pod is to end.
const STOPPED_REMOVAL_TIME: Duration = Duration::from_secs(5);

/// What one check says: its state, and what it saw in words.
type Finding = (CheckState, String);

/// What the checks need.
pub struct Scene<'a> {
    /// The API server.
    pub client: Client,
    /// Where the suite is.
    pub args: &'a RunArgs,
    /// Whether the pod is to end.
    pub stop: &'a Stop,
    /// The run's name.
    pub run: &'a str,
    /// The run's result: what is made goes with it at the latest.
    pub owner: Option<OwnerReference>,
    /// Which checks to make; none in attempts that make none.
    pub wanted: Option<&'a Preflight>,
}

impl Scene<'_> {
    fn wants(&self, check: Check) -> bool {
        self.wanted.is_some_and(|wanted| !wanted.skip.contains(&check))
    }
}

/// Waits for `prepared` and makes the checks meanwhile and afterwards. Gives what it was waited for, and what was found.
pub async fn beside(
    scene: &Scene<'_>,
    prepared: impl Future<Output = Result<Ready, Unstarted>>,
) -> (Result<Ready, Unstarted>, Vec<CheckResult>) {
    let Some(wanted) = scene.wanted else {
        return (prepared.await, Vec::new());
    };
    let mut found: Vec<CheckResult> = wanted
        .skip
        .iter()
        .map(|check| check.found(CheckState::Skipped, "Left out by spec.preflight.skip."))
        .collect();
    let looked = scene.stop.within(Duration::ZERO, Box::pin(early(scene)));
    let (prepared, early) = tokio::join!(prepared, looked);
    let Some(early) = early else {
        return (prepared, found);
    };
    let mut findings = early.findings;
    if let Ok(ready) = &prepared {
        let late = Box::pin(late(scene, early.images, early.namespace.as_ref(), ready));
        findings.extend(scene.stop.within(Duration::ZERO, late).await.unwrap_or_default());
    }
    if let Some(namespace) = early.namespace {
        let _ = scene.stop.within(STOPPED_REMOVAL_TIME, namespace.remove()).await;
    }
    for check in CHECKS.into_iter().filter(|check| scene.wants(*check)) {
        let finding = findings.iter().find(|(of, _)| *of == check).cloned();
        let (state, message) = finding.map_or_else(|| warned("Could not be made."), |(_, finding)| finding);
        found.push(check.found(state, text::bounded(&message, conform_crds::MAX_CHECK_MESSAGE)));
    }
    found.sort_by_key(|result| result.check);
    for result in &found {
        tracing::info!(
            "preflight {} {:?}: {}",
            result.check,
            result.state,
            result.message
        );
    }
    (prepared, found)
}

/// Why the attempt ends here, with a sentence for people; none if the suite is to start.
pub fn end(scene: &Scene<'_>, found: &[CheckResult]) -> Option<Unstarted> {
    let wanted = scene.wanted?;
    let failed: Vec<String> = found
        .iter()
        .filter(|result| result.state == CheckState::Failed)
        .map(|result| format!("{}: {}", result.check, result.message))
        .collect();
    if !failed.is_empty() {
        Some((AttemptEndReason::PreflightFailed, failed.join(" ")))
    } else if scene.stop.is_requested() {
        let message = "Stopped from outside before the suite was started.";
        Some((AttemptEndReason::Interrupted, message.to_owned()))
    } else if wanted.only {
        let message = "No check failed. No test was asked for.";
        Some((AttemptEndReason::PreflightPassed, message.to_owned()))
    } else {
        None
    }
}

/// What is known before the suite has told its tests.
struct Early {
    images: Result<Vec<String>, String>,
    namespace: Option<Namespace>,
    findings: Vec<(Check, Finding)>,
}

async fn early(scene: &Scene<'_>) -> Early {
    let list = ask::images(&scene.args.e2e_test, scene.args.ask_timeout);
    let (images, (namespace, mut findings), clocks, dns) = tokio::join!(
        list,
        in_namespace(scene),
        when(scene, Check::Clocks, clocks::look(&scene.client)),
        when(scene, Check::Dns, dns::look()),
    );
    findings.extend(clocks);
    findings.extend(dns);
    Early {
        images: images.map_err(|error| error.to_string()),
        namespace,
        findings,
    }
}

/// Makes the namespace and looks at how it is treated.
async fn in_namespace(scene: &Scene<'_>) -> (Option<Namespace>, Vec<(Check, Finding)>) {
    let needs = [
        Check::Images,
        Check::Admission,
        Check::NewNamespaces,
        Check::LogsAndExec,
    ];
    if !needs.into_iter().any(|check| scene.wants(check)) {
        return (None, Vec::new());
    }
    let namespace = match Namespace::make(scene).await {
        Ok(namespace) => namespace,
        Err(why) => {
            let finding = failed(format!("No namespace can be made: {why}."));
            return (None, vec![(Check::NewNamespaces, finding)]);
        }
    };
    if let Err(why) = namespace.wait_for_account().await {
        return (Some(namespace), vec![(Check::NewNamespaces, failed(why))]);
    }
    let tries = Box::pin(admission::look(&scene.client, namespace.name()));
    let found = when(scene, Check::Admission, tries).await;
    (Some(namespace), found.into_iter().collect())
}

/// What needs the images, or time to show.
async fn late(
    scene: &Scene<'_>,
    images: Result<Vec<String>, String>,
    namespace: Option<&Namespace>,
    ready: &Ready,
) -> Vec<(Check, Finding)> {
    let Some(namespace) = namespace else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    if scene.wants(Check::Images) || scene.wants(Check::LogsAndExec) {
        let selected = ready
            .selection
            .selected()
            .map(|requirement| requirement.name.as_str());
        let needed = images.map(|images| NeededImages::of(&images, selected));
        let (images, paths) = node_pods::look(scene, namespace, needed).await;
        findings.push((Check::Images, images));
        findings.push((Check::LogsAndExec, paths));
    }
    if scene.wants(Check::NewNamespaces) {
        findings.push((Check::NewNamespaces, namespace.look().await));
    }
    findings
}

async fn when(
    scene: &Scene<'_>,
    check: Check,
    look: impl Future<Output = Finding>,
) -> Option<(Check, Finding)> {
    if scene.wants(check) {
        Some((check, look.await))
    } else {
        None
    }
}

fn passed(message: impl Into<String>) -> Finding {
    (CheckState::Passed, message.into())
}

fn warned(message: impl Into<String>) -> Finding {
    (CheckState::Warned, message.into())
}

fn failed(message: impl Into<String>) -> Finding {
    (CheckState::Failed, message.into())
}

/// At most `limit` of the words, joined, and how many more there are.
fn some(words: &[String], limit: usize) -> String {
    let shown = words
        .iter()
        .take(limit)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("; ");
    match words.len().saturating_sub(limit) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
