//! What changed between two runs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    Area, Outcome, Release, Requirement, RequirementList, Stage, Standing, TestName, Verdict,
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
    /// Every change: those of what is required first, then by kind and name.
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
    /// Whether the requirement binds: in the run after, or in the run before if it is none any more. What is future never
    /// makes the run after worse.
    pub stage: Stage,
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
    /// The release from which it binds.
    pub required_in: Release,
}

/// What can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ChangeKind {
    /// It passed, and fails.
    NewlyFailing,
    /// It failed, and passes.
    Fixed,
    /// It was not required, and is; of the future stage: nobody said that it will be, and now somebody does.
    NewlyRequired,
    /// It was required, and is not; of the future stage: nobody says any more that it will be.
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
    /// True if something that passed fails, or something newly required does. What binds later does not count.
    pub fn is_worse(&self) -> bool {
        let mut binding = self
            .changes
            .iter()
            .filter(|change| change.stage == Stage::Present);
        binding.any(|change| {
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
    let (marked, marks) = (asked.with_marks(&before.marks), asks.with_marks(&after.marks));
    let (old, new) = (required(&marked), required(&marks));
    let told = upstream().known().iter().map(Known::id);
    let ids: BTreeSet<&str> = told.chain(old.keys().chain(new.keys()).copied()).collect();
    let outcome = |seen: Option<&&Seen>| seen.map_or(Outcome::NotRun, |seen| seen.outcome);
    let mut changes = Vec::new();
    for id in ids {
        let then = Then {
            required: old.get(id).copied(),
            outcome: outcome(was.get(id)),
        };
        let now = Then {
            required: new.get(id).copied(),
            outcome: outcome(is.get(id)),
        };
        let Some((stage, requirement)) = now.required.or(then.required) else {
            continue;
        };
        for kind in kinds(then, now) {
            changes.push(Change {
                // What was taken from those that bind is a change of theirs.
                stage: if kind == ChangeKind::Demoted {
                    then.stage().unwrap_or(stage)
                } else {
                    stage
                },
                kind,
                name: id.to_owned(),
                before_name: then.other_name(now).map(str::to_owned),
                before: then.outcome,
                after: now.outcome,
                area: TestName::new(id).map_or(Area::Other, |name| Area::of(&name)),
                required_in: requirement.required_in,
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

/// What is required and what will be, by its identity.
fn required(demands: &Demands) -> BTreeMap<&str, (Stage, &Requirement)> {
    demands
        .staged()
        .map(|(id, stage, one)| (id, (stage, one)))
        .collect()
}

/// One requirement in one run.
#[derive(Clone, Copy)]
struct Then<'a> {
    /// None if nobody required it, now or later.
    required: Option<(Stage, &'a Requirement)>,
    outcome: Outcome,
}

impl<'a> Then<'a> {
    fn stage(self) -> Option<Stage> {
        self.required.map(|(stage, _)| stage)
    }

    fn name(self) -> Option<&'a str> {
        self.required
            .map(|(_, requirement)| requirement.name.without_stage())
    }

    /// The name, if the test has another one later.
    fn other_name(self, now: Then<'_>) -> Option<&'a str> {
        let name = self.name()?;
        (name != now.name()?).then_some(name)
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
    let (was, is) = (then.stage(), now.stage());
    // The nearer stage is the lesser one.
    let comes = |before: Option<Stage>, after: Option<Stage>| {
        after.is_some_and(|after| before.is_none_or(|before| after < before))
    };
    add(comes(was, is), ChangeKind::NewlyRequired);
    add(comes(is, was), ChangeKind::Demoted);
    let (before, after) = (then.outcome.standing(), now.outcome.standing());
    add(
        before == Standing::Met && after == Standing::Missed,
        ChangeKind::NewlyFailing,
    );
    add(
        before == Standing::Missed && after == Standing::Met,
        ChangeKind::Fixed,
    );
    add(
        before != Standing::Unevaluated && after == Standing::Unevaluated,
        ChangeKind::NotRun,
    );
    add(
        then.outcome == Outcome::Flaky || now.outcome == Outcome::Flaky,
        ChangeKind::Flaky,
    );
    add(then.other_name(now).is_some(), ChangeKind::Renamed);
    kinds
}

#[cfg(test)]
mod tests;
