//! Makes the objects of a probe, has the agents connect, and takes everything away again.

mod cluster;
mod measure;
mod others;
mod pods;
mod range;
#[cfg(test)]
mod refusal_tests;
mod taint;
#[cfg(test)]
mod tests;

use std::time::Duration;

use conform_crds::Component;
use conform_suite::Area;
use kube::Client;
use tokio::time::Instant;

use self::{cluster::Cluster, measure::Measuring};
use super::{
    basis,
    feature::{Feature, Moment, Unfit},
    features::{DRAINING, HEALTH_CHECKS, INGRESS_PARAMETERS, POLICY_PORTS, every, features, fits},
    ground::Ground,
    objects::Making,
    patience::judge,
    verdict::{Asked, Report, Row, verdict},
};

/// How a probe is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its name: that of its namespaces.
    pub name: String,
    /// The image with the runner.
    pub image: String,
    /// Who makes the objects, as the API server is to record it; by itself it records the program's name.
    pub manager: Option<String>,
    /// Remove what an earlier probe of this name left, instead of refusing.
    pub take_over: bool,
    /// Features that are probed, by their words; all if there are none.
    pub only: Vec<String>,
    /// The cluster's release, as the number after `1.`; the newest that the model knows if it is not known.
    pub minor: Option<u16>,
    /// What implements the cluster's areas.
    pub components: Vec<Component>,
}

/// Told from time to time what is being done.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// Why nothing was probed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// An earlier probe of this name left something, or is not over.
    #[error("{0} exists: another probe runs, or one was cut off. --take-over removes it and starts anew")]
    Taken(String),
    /// The cluster does not let it.
    #[error("{0}")]
    Refused(String),
}

/// How long the removal may take.
const REMOVAL_TIME: Duration = Duration::from_mins(3);

/// Probes all features. Whatever happens, what was made is removed at the end; a probe that is cut off leaves two namespaces
/// of its name, which the next one removes.
pub async fn probe(client: &Client, options: &Options, progress: Progress<'_>) -> Result<Report, ProbeError> {
    let making = Making {
        name: &options.name,
        image: &options.image,
        manager: options.manager.as_deref(),
    };
    let cluster = Cluster { client, making };
    if let Some(left) = cluster.left().await? {
        if !options.take_over {
            return Err(ProbeError::Taken(left));
        }
        progress(&format!("removing what an earlier probe left: {left}"));
        cluster.remove(REMOVAL_TIME).await.map_err(ProbeError::Refused)?;
    }
    let report = Box::pin(with_namespaces(&cluster, options, progress)).await;
    progress("removing what was made");
    match (report, cluster.remove(REMOVAL_TIME).await) {
        (report, Ok(())) => report,
        (Ok(report), Err(remains)) => Ok(Report {
            remains: Some(remains),
            ..report
        }),
        (Err(why), Err(remains)) => Err(ProbeError::Refused(format!("{why}. And: {remains}"))),
    }
}

async fn with_namespaces(
    cluster: &Cluster<'_>,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Report, ProbeError> {
    cluster.make_namespaces().await?;
    progress("starting an agent on each node");
    let (ground, remarks) = pods::start(cluster).await?;
    let mut measuring = Measuring::open(cluster, ground, options).await;
    let ground = measuring.ground().clone();
    let mut report = Report {
        remarks,
        ..Report::default()
    };
    report.remarks.extend(measuring.remarks());
    let mut components = options.components.clone();
    if let Some(mode) = measuring.mode() {
        told_mode(&mut components, mode);
    }
    let wanted =
        |feature: &&Feature| options.only.is_empty() || options.only.iter().any(|only| only == feature.id);
    let mut fit: Vec<&Feature> = Vec::new();
    for feature in features().filter(wanted) {
        match fits(feature, &ground, &options.only) {
            Ok(()) => fit.push(feature),
            Err(why) => report.rows.push(Row::unfit(feature, why, &components)),
        }
    }
    progress("making Services");
    let fit = make(cluster, fit, &ground, &components, &mut report).await;
    packets(cluster, &mut measuring, &fit, &components, progress, &mut report).await;
    if wanted(&&HEALTH_CHECKS) {
        report
            .rows
            .push(match fits(&HEALTH_CHECKS, &ground, &options.only) {
                Ok(()) => {
                    progress("asking for the health of a Service");
                    others::health_checks(cluster, &mut measuring, &components).await
                }
                Err(why) => Row::unfit(&HEALTH_CHECKS, why, &components),
            });
    }
    if wanted(&&INGRESS_PARAMETERS) {
        report
            .rows
            .push(others::ingress_parameters(cluster, &components).await);
    }
    if wanted(&&POLICY_PORTS) {
        report
            .rows
            .push(match fits(&POLICY_PORTS, &ground, &options.only) {
                Ok(()) => others::policy_ports(cluster, &mut measuring, &components).await,
                Err(why) => Row::unfit(&POLICY_PORTS, why, &components),
            });
    }
    if wanted(&&DRAINING) {
        report.rows.push(match fits(&DRAINING, &ground, &options.only) {
            Ok(()) => {
                progress("saying of a node that it is about to go");
                let nodes: Vec<String> = ground.places.iter().map(|place| place.node.clone()).collect();
                others::draining(cluster, &mut measuring, &nodes, &components).await
            }
            Err(why) => Row::unfit(&DRAINING, why, &components),
        });
    }
    for row in &mut report.rows {
        basis::found(row, &components);
    }
    report
        .rows
        .sort_by_key(|row| every().position(|feature| feature.id == row.feature));
    Ok(report)
}

/// Makes the objects of all features. What the API server refuses of one is that feature's alone: its row says so, and what was
/// made of it before goes again. Gives those that are there.
async fn make<'f>(
    cluster: &Cluster<'_>,
    mut fit: Vec<&'f Feature>,
    ground: &Ground,
    components: &[Component],
    report: &mut Report,
) -> Vec<&'f Feature> {
    // Those of the added range first: the fewer moments it has room for anybody else's.
    fit.sort_by_key(|feature| feature.moment != Moment::Ranged);
    let mut made = Vec::new();
    let mut has_range = false;
    for feature in fit {
        let done = async {
            if feature.moment == Moment::Ranged && !has_range {
                has_range = true;
                cluster.add_range().await?;
            }
            cluster.make_objects(feature, ground).await
        };
        match done.await {
            Ok(()) => made.push(feature),
            Err(error) => {
                report
                    .rows
                    .push(unmeasured(feature, &error.to_string(), components));
                report
                    .remarks
                    .extend(cluster.unmake_objects(feature, ground).await.err());
            }
        }
    }
    // A range that nobody probes would only be there for others' Services.
    if has_range && !made.iter().any(|feature| feature.moment == Moment::Ranged) {
        let deadline = Instant::now() + REMOVAL_TIME;
        report.remarks.extend(cluster.remove_range(deadline).await.err());
    }
    made
}

/// Measures features whose objects are there, each when its moment has come.
async fn packets(
    cluster: &Cluster<'_>,
    measuring: &mut Measuring<'_>,
    fit: &[&Feature],
    components: &[Component],
    progress: Progress<'_>,
    report: &mut Report,
) {
    for feature in fit.iter().filter(|feature| feature.moment == Moment::Patient) {
        progress("waiting for time-outs of session affinity");
        report.rows.push(match measuring.visits(feature).await {
            Ok(visits) => judge(feature, &visits, components),
            Err(why) => unmeasured(feature, &why, components),
        });
    }
    for moment in [Moment::Ranged, Moment::Calm, Moment::Leaving] {
        let now: Vec<&Feature> = fit
            .iter()
            .copied()
            .filter(|feature| feature.moment == moment)
            .collect();
        if now.is_empty() {
            continue;
        }
        progress(&format!("measuring {} features", now.len()));
        match measure(cluster, measuring, moment, &now).await {
            Ok(asked) => {
                let rows = asked
                    .iter()
                    .map(|(feature, asked)| verdict(feature, asked, components));
                report.rows.extend(rows);
            }
            Err(why) => {
                let rows = now.iter().map(|feature| unmeasured(feature, &why, components));
                report.rows.extend(rows);
            }
        }
    }
    if let Some(feature) = fit.iter().find(|feature| feature.moment == Moment::Ranged) {
        match cluster.strangers().await {
            Ok(strangers) => report.strangers = strangers,
            // Whether somebody else's Service lives of the range is a part of what the row says.
            Err(why) => {
                report.rows.retain(|row| row.feature != feature.id);
                report.rows.push(unmeasured(feature, &why, components));
            }
        }
    }
}

/// Measures the features of a moment, once it has come.
async fn measure<'f>(
    cluster: &Cluster<'_>,
    measuring: &mut Measuring<'_>,
    moment: Moment,
    features: &[&'f Feature],
) -> Result<Vec<(&'f Feature, Vec<Asked>)>, String> {
    if moment == Moment::Leaving {
        pods::leave(cluster).await?;
    }
    measuring.measure(features).await
}

/// A feature of which something went wrong that is no fault of who implements it.
fn unmeasured(feature: &Feature, why: &str, components: &[Component]) -> Row {
    let why = format!("could not measure: {why}");
    Row::unfit(feature, Unfit::Unevaluated(why), components)
}

/// What kube-proxy told of itself, to its component.
fn told_mode(components: &mut [Component], mode: &str) {
    for component in components {
        if component.area == Area::ServiceProxy && component.name == "kube-proxy" {
            component.mode = Some(mode.to_owned());
        }
    }
}
