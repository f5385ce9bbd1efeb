//! Makes the objects of a probe, has the agents connect, and takes everything away again.

mod cluster;
mod measure;
mod others;
mod pods;
mod range;
mod taint;
#[cfg(test)]
mod tests;

use std::time::Duration;

use conform_crds::Component;
use conform_suite::Area;
use kube::Client;

use self::{cluster::Cluster, measure::Measuring};
use super::{
    feature::{Feature, Moment},
    features::{DRAINING, INGRESS_PARAMETERS, POLICY_PORTS, UNPROBED, every, features, fits},
    objects::Making,
    patience::judge,
    verdict::{Report, Row, verdict},
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
    if fit.iter().any(|feature| feature.moment == Moment::Ranged) {
        progress("adding a range of Service addresses");
        cluster.add_range().await?;
    }
    progress("making Services");
    // Those of the added range first: the fewer moments it has room for anybody else's.
    fit.sort_by_key(|feature| feature.moment != Moment::Ranged);
    for feature in &fit {
        cluster.make_objects(feature, &ground).await?;
    }
    for feature in fit.iter().filter(|feature| feature.moment == Moment::Patient) {
        progress("waiting for time-outs of session affinity");
        let visits = measuring.visits(feature).await.map_err(ProbeError::Refused)?;
        report.rows.push(judge(feature, &visits, &components));
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
        if moment == Moment::Leaving {
            progress("taking pods away that go on to answer");
            pods::leave(cluster).await.map_err(ProbeError::Refused)?;
        }
        progress(&format!("measuring {} features", now.len()));
        for (feature, asked) in measuring.measure(&now).await.map_err(ProbeError::Refused)? {
            report.rows.push(verdict(feature, &asked, &components));
        }
    }
    if fit.iter().any(|feature| feature.moment == Moment::Ranged) {
        report.strangers = cluster.strangers().await.map_err(ProbeError::Refused)?;
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
                Ok(()) => others::policy_ports(cluster, &mut measuring, &components).await?,
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
    for feature in UNPROBED.iter().filter(wanted) {
        if let Err(why) = fits(feature, &ground, &options.only) {
            report.rows.push(Row::unfit(feature, why, &components));
        }
    }
    report
        .rows
        .sort_by_key(|row| every().position(|feature| feature.id == row.feature));
    Ok(report)
}

/// What kube-proxy told of itself, to its component.
fn told_mode(components: &mut [Component], mode: &str) {
    for component in components {
        if component.area == Area::ServiceProxy && component.name == "kube-proxy" {
            component.mode = Some(mode.to_owned());
        }
    }
}
