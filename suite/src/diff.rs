//! What changed between two runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    Area, Outcome, Release, RequirementList, Standing, TestName, Verdict,
    catalogue::{Known, upstream},
    evaluation::{Criteria, Demands, Measured, REPORT_VERSION, Seen, UnknownRelease, judge},
};

/// What changed from one run to another, requirement by requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Diff {
    /// The version of this form.
    pub api_version: &'static str,
    /// `Diff`.
    pub kind: &'static str,
    /// The run before.
    pub before: Side,
    /// The run after.
    pub after: Side,
    /// Every change, by kind and name.
    pub changes: Vec<Change>,
}

/// One of the two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// The input, as its user named it.
    pub source: String,
    /// The release of its cluster.
    pub release: Release,
    /// Whether that cluster conforms.
    pub verdict: Verdict,
}

/// One change of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Change {
    /// What kind of change.
    pub kind: ChangeKind,
    /// The requirement: the newest name of its test, without marks.
    pub name: String,
    /// The name in the run before, if it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_name: Option<String>,
    /// What happened before.
    pub before: Outcome,
    /// What happened after.
    pub after: Outcome,
    /// The part of the cluster under test.
    pub area: Area,
}

/// What can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ChangeKind {
    /// It passed, and fails.
    NewlyFailing,
    /// It failed, and passes.
    Fixed,
    /// It was not required, and is.
    NewlyRequired,
    /// It was required, and is not.
    Demoted,
    /// It passed only after a further try, before or after.
    Flaky,
    /// It was measured, and is not.
    NotRun,
    /// Its test has another name.
    Renamed,
}

impl ChangeKind {
    /// The words for table cells.
    pub const fn words(self) -> &'static str {
        match self {
            Self::NewlyFailing => "newly failing",
            Self::Fixed => "fixed",
            Self::NewlyRequired => "newly required",
            Self::Demoted => "demoted",
            Self::Flaky => "flaky",
            Self::NotRun => "not run",
            Self::Renamed => "renamed",
        }
    }
}

impl Diff {
    /// True if something that passed fails, or something newly required does.
    pub fn is_worse(&self) -> bool {
        self.changes.iter().any(|change| {
            change.kind == ChangeKind::NewlyFailing
                || change.kind == ChangeKind::NewlyRequired && change.after.standing() == Standing::Missed
        })
    }
}

/// Compares two runs, of one release or of two. Requirements are matched by their identity, whatever their tests' names.
/// The lists count for both, see [`Criteria::with_lists`].
pub fn diff(
    before: &Measured,
    after: &Measured,
    lists: Vec<RequirementList>,
) -> Result<Diff, UnknownRelease> {
    let criteria = Criteria::default().with_lists(lists);
    let (asked, asks) = (
        criteria.demands(before.release)?,
        criteria.demands(after.release)?,
    );
    let (was, is) = (before.by_identity(), after.by_identity());
    let (old, new) = (names(&asked), names(&asks));
    let told = upstream().known().iter().map(Known::id);
    let ids: BTreeSet<&str> = told.chain(old.keys().chain(new.keys()).copied()).collect();
    let outcome = |seen: Option<&&Seen>| seen.map_or(Outcome::NotRun, |seen| seen.outcome);
    let mut changes = Vec::new();
    for id in ids {
        let then = Then {
            name: old.get(id).copied(),
            outcome: outcome(was.get(id)),
        };
        let now = Then {
            name: new.get(id).copied(),
            outcome: outcome(is.get(id)),
        };
        for kind in kinds(then, now) {
            changes.push(Change {
                kind,
                name: id.to_owned(),
                before_name: then.other_name(now).map(str::to_owned),
                before: then.outcome,
                after: now.outcome,
                area: TestName::new(id).map_or(Area::Other, |name| Area::of(&name)),
            });
        }
    }
    changes.sort();
    Ok(Diff {
        api_version: REPORT_VERSION,
        kind: "Diff",
        before: Side::of(before, &asked),
        after: Side::of(after, &asks),
        changes,
    })
}

impl Side {
    fn of(measured: &Measured, demands: &Demands) -> Self {
        let report = judge(measured, demands, false);
        Self {
            source: report.source,
            release: report.release,
            verdict: report.verdict,
        }
    }
}

/// What is required, by its identity, with the name of its test.
fn names(demands: &Demands) -> BTreeMap<&str, &str> {
    let present = demands.present();
    present
        .map(|(id, requirement)| (id, requirement.name.without_stage()))
        .collect()
}

/// One requirement in one run.
#[derive(Clone, Copy)]
struct Then<'a> {
    /// The name of its test; none if it was not required.
    name: Option<&'a str>,
    outcome: Outcome,
}

impl<'a> Then<'a> {
    /// The name, if the test has another one later.
    fn other_name(self, now: Then<'_>) -> Option<&'a str> {
        let name = self.name?;
        (name != now.name?).then_some(name)
    }
}

/// Everything that changed of one requirement: whether it is required, its name, and what happened.
fn kinds(then: Then<'_>, now: Then<'_>) -> BTreeSet<ChangeKind> {
    let mut kinds = BTreeSet::new();
    let mut add = |is_so: bool, kind| {
        if is_so {
            kinds.insert(kind);
        }
    };
    let (was, is) = (then.name.is_some(), now.name.is_some());
    add(!was && is, ChangeKind::NewlyRequired);
    add(was && !is, ChangeKind::Demoted);
    if was || is {
        let (then, now) = (then.outcome.standing(), now.outcome.standing());
        add(
            then == Standing::Met && now == Standing::Missed,
            ChangeKind::NewlyFailing,
        );
        add(
            then == Standing::Missed && now == Standing::Met,
            ChangeKind::Fixed,
        );
        add(
            then != Standing::Unevaluated && now == Standing::Unevaluated,
            ChangeKind::NotRun,
        );
    }
    add(
        then.outcome == Outcome::Flaky || now.outcome == Outcome::Flaky,
        ChangeKind::Flaky,
    );
    add(then.other_name(now).is_some(), ChangeKind::Renamed);
    kinds
}

#[cfg(test)]
mod tests;
