//! What changed between two runs.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    Area, Outcome, Release, Standing, Verdict,
    catalogue::{Known, upstream},
    evaluation::{Criteria, Measured, REPORT_VERSION, Seen, UnknownRelease, evaluate},
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
pub fn diff(before: &Measured, after: &Measured) -> Result<Diff, UnknownRelease> {
    let criteria = Criteria::default();
    let side = |measured: &Measured| {
        evaluate(measured, &criteria, false).map(|report| Side {
            source: report.source,
            release: report.release,
            verdict: report.verdict,
        })
    };
    let (old, new) = (side(before)?, side(after)?);
    let (was, is) = (before.by_identity(), after.by_identity());
    let outcome = |seen: Option<&&Seen>| seen.map_or(Outcome::NotRun, |seen| seen.outcome);
    let mut changes = Vec::new();
    for known in upstream().known() {
        let then = outcome(was.get(known.id()));
        let now = outcome(is.get(known.id()));
        let binds = |release: Release| known.is_in(release) && known.first() <= release;
        for kind in kinds(
            known,
            (binds(old.release), then),
            (binds(new.release), now),
            &old,
            &new,
        ) {
            changes.push(Change {
                kind,
                name: known.id().to_owned(),
                before_name: known
                    .name_in(old.release)
                    .filter(|name| Some(*name) != known.name_in(new.release) && known.is_in(new.release))
                    .map(str::to_owned),
                before: then,
                after: now,
                area: known.area(),
            });
        }
    }
    changes.sort();
    Ok(Diff {
        api_version: REPORT_VERSION,
        kind: "Diff",
        before: old,
        after: new,
        changes,
    })
}

/// Everything that changed of one requirement: whether it is required, its name, and what happened.
fn kinds(
    known: &Known<'_>,
    (was, then): (bool, Outcome),
    (is, now): (bool, Outcome),
    old: &Side,
    new: &Side,
) -> BTreeSet<ChangeKind> {
    let mut kinds = BTreeSet::new();
    let mut add = |is_so: bool, kind| {
        if is_so {
            kinds.insert(kind);
        }
    };
    add(!was && is, ChangeKind::NewlyRequired);
    add(was && !is, ChangeKind::Demoted);
    if was || is {
        let (then, now) = (then.standing(), now.standing());
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
    add(then == Outcome::Flaky || now == Outcome::Flaky, ChangeKind::Flaky);
    let names = (known.name_in(old.release), known.name_in(new.release));
    add(
        matches!(names, (Some(old), Some(new)) if old != new),
        ChangeKind::Renamed,
    );
    kinds
}

#[cfg(test)]
mod tests;
