//! What the cells of a feature mean. Pure.

use std::collections::BTreeSet;

pub use conform_crds::CapabilityStatus as Status;
use conform_crds::{
    Basis, Capability, Component, MAX_CAPABILITY_REASONS, MAX_CAPABILITY_TEXT, UpstreamTests,
};
use conform_suite::{Answer, Area, TruthTable};
use serde::Serialize;

use super::{
    cell::Cell,
    expect::Expectation,
    feature::{Feature, Unfit},
    features::every,
    question::Question,
};
use crate::{agent::Transport, components::blame, text::bounded};

/// Most cells that a row shows one by one.
const SHOWN: usize = 8;

/// One question, what the model says with and without the feature, and what packets said.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The question.
    pub question: Question,
    /// What has to become of it.
    pub expected: Vec<Expectation>,
    /// What would become of it in a cluster that does not know the feature.
    pub unaware: Vec<Expectation>,
    /// What packets said.
    pub cell: Cell,
}

/// One feature in the table.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The feature.
    pub feature: String,
    /// Who asks for it.
    pub source: String,
    /// What it is; empty if this version does not know the feature.
    pub title: &'static str,
    /// What it came to.
    pub status: Status,
    /// What is known of it rests on this; none if nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// What implements it here, in words.
    pub component: String,
    /// Cells that were as expected, and cells altogether.
    pub same: usize,
    /// All cells.
    pub cells: usize,
    /// How many of them tell the feature from its absence.
    pub telling: usize,
    /// Why it is not Supported; empty if it is.
    pub because: Vec<String>,
    /// What upstream's own tests of it came to; none if there are none, or if nothing is known of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream: Option<UpstreamTests>,
    /// Each way through the network, unless there are none or too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<TruthTable>,
}

/// What a probe says.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// One row a feature.
    pub rows: Vec<Row>,
    /// What is to be known about all of it.
    pub remarks: Vec<String>,
    /// Services of others that got addresses of the range that was added.
    pub strangers: Vec<String>,
    /// What of the probe is still in the cluster, and why; none if nothing is.
    pub remains: Option<String>,
}

impl Row {
    /// A feature that was not probed.
    pub fn unfit(feature: &Feature, why: Unfit, components: &[Component]) -> Self {
        let (status, why) = match why {
            Unfit::NotApplicable(why) => (Status::NotApplicable, why),
            Unfit::Unevaluated(why) => (Status::Unevaluated, why),
        };
        Self {
            status,
            because: vec![why],
            ..Self::of(feature, components)
        }
    }

    /// The row as a run's result keeps it.
    pub fn capability(&self) -> Capability {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        let because = self.because.iter().take(MAX_CAPABILITY_REASONS);
        Capability {
            feature: self.feature.clone(),
            source: self.source.clone(),
            status: self.status,
            basis: self.basis,
            component: bounded(&self.component, MAX_CAPABILITY_TEXT),
            same: count(self.same),
            cells: count(self.cells),
            telling: count(self.telling),
            because: because.map(|why| bounded(why, MAX_CAPABILITY_TEXT)).collect(),
            upstream: self.upstream.clone(),
            table: self.table.clone(),
        }
    }

    /// The row that a run's result kept.
    pub fn kept(capability: &Capability) -> Self {
        let known = every().find(|feature| feature.id == capability.feature);
        let count = |number: i32| usize::try_from(number).unwrap_or_default();
        Self {
            feature: capability.feature.clone(),
            source: capability.source.clone(),
            title: known.map_or("", |feature| feature.title),
            status: capability.status,
            basis: capability.basis,
            component: capability.component.clone(),
            same: count(capability.same),
            cells: count(capability.cells),
            telling: count(capability.telling),
            because: capability.because.clone(),
            upstream: capability.upstream.clone(),
            table: capability.table.clone(),
        }
    }

    /// A row of which nothing is known yet.
    pub fn of(feature: &Feature, components: &[Component]) -> Self {
        Self {
            feature: feature.id.to_owned(),
            source: feature.source.to_owned(),
            title: feature.title,
            status: Status::Unevaluated,
            basis: None,
            component: blame(feature.area, components),
            same: 0,
            cells: 0,
            telling: 0,
            because: Vec::new(),
            upstream: None,
            table: None,
        }
    }
}

/// What the cells of a feature mean. A single difference makes it unsupported; a table in which the feature makes no
/// difference shows nothing.
pub fn verdict(feature: &Feature, asked: &[Asked], components: &[Component]) -> Row {
    let mut row = Row::of(feature, components);
    row.cells = asked.len();
    row.same = asked.iter().filter(|one| one.cell == Cell::Same).count();
    let differs = |one: &&Asked| {
        let outcomes = |list: &[Expectation]| list.iter().map(|one| one.expected.clone()).collect::<Vec<_>>();
        let (with, without) = (outcomes(&one.expected), outcomes(&one.unaware));
        !with.iter().any(|outcome| without.contains(outcome))
    };
    row.table = TruthTable::new(asked.iter().map(|one| {
        let answer = match one.cell {
            Cell::Same => Answer::Same,
            Cell::Different { .. } => Answer::Different,
            Cell::NotMeasured(_) => Answer::NotMeasured,
        };
        (one.question.sender_words(), one.question.target_words(), answer)
    }));
    row.telling = asked.iter().filter(differs).count();
    if let Some(component) = blamed(feature, asked, components) {
        row.component = component;
    }
    let different = asked.iter().filter_map(|one| match &one.cell {
        Cell::Different { expected, actual, .. } => Some(format!(
            "{}: expected {expected}, got {actual}",
            one.question.words()
        )),
        _ => None,
    });
    let different = some(different.collect());
    let unmeasured = asked.iter().filter_map(|one| match &one.cell {
        Cell::NotMeasured(why) => Some(format!("{}: {why}", one.question.words())),
        _ => None,
    });
    let unmeasured = some(unmeasured.collect());
    (row.status, row.because) = if !different.is_empty() {
        (Status::Unsupported, different)
    } else if !unmeasured.is_empty() {
        (Status::Unevaluated, unmeasured)
    } else if row.telling == 0 {
        let why = "nothing that could be measured here differs with and without it";
        (Status::Unevaluated, vec![why.to_owned()])
    } else {
        (Status::Supported, Vec::new())
    };
    row
}

/// Who implements what went otherwise, as components are named; none if nothing did. Names are looked up in DNS, whoever's the
/// feature is.
fn blamed(feature: &Feature, asked: &[Asked], components: &[Component]) -> Option<String> {
    let differ = asked
        .iter()
        .filter(|one| matches!(one.cell, Cell::Different { .. }));
    let areas: BTreeSet<Area> = differ
        .map(|one| match one.question.transport {
            Transport::Lookup => Area::Dns,
            Transport::Tcp | Transport::Udp | Transport::Sctp => feature.area,
        })
        .collect();
    let names: Vec<String> = areas.into_iter().map(|area| blame(area, components)).collect();
    (!names.is_empty()).then(|| names.join(" and "))
}

fn some(mut all: Vec<String>) -> Vec<String> {
    let more = all.len().saturating_sub(SHOWN);
    all.truncate(SHOWN);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all
}
