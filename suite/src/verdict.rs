//! What a set of outcomes means.

use std::{collections::BTreeMap, iter::Sum};

use serde::{Deserialize, Serialize};

use crate::{Authority, Outcome, Release, Requirement, Selection, Stage, Standing, TestName};

/// What happened to one requirement in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Record {
    /// The requirement.
    pub requirement: Requirement,
    /// Its stage for the server of the run.
    pub stage: Stage,
    /// What happened to its test.
    pub outcome: Outcome,
    /// In how many attempts the test started.
    pub attempts: i32,
    /// Why it failed or was skipped, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How many requirements stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    /// How many there are.
    pub required: i32,
    /// Whose behaviour was seen.
    pub passed: i32,
    /// Whose behaviour was looked for and not seen.
    pub failed: i32,
    /// Of which nothing can be said.
    pub unevaluated: i32,
}

/// What a tally means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verdict {
    /// Every requirement was met, and there is at least one.
    Conformant,
    /// At least one was missed.
    NotConformant,
    /// None was missed, but not all were met.
    Undecided,
}

/// The tally of the future requirements of one release and one authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FutureTally {
    /// The release that requires them.
    pub release: Release,
    /// Who says so.
    pub authority: Authority,
    /// How they stand.
    pub tally: Tally,
}

/// What a run says of a cluster, now and later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessment {
    /// The release of the cluster.
    pub server: Release,
    /// How the present requirements stand.
    pub present: Tally,
    /// Whether the cluster conforms now.
    pub present_verdict: Verdict,
    /// How the future requirements stand, by release and then by authority.
    pub future: Vec<FutureTally>,
    /// Whether the cluster would meet every future requirement that was looked at.
    pub future_verdict: Verdict,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            required: self.required.saturating_add(other.required),
            passed: self.passed.saturating_add(other.passed),
            failed: self.failed.saturating_add(other.failed),
            unevaluated: self.unevaluated.saturating_add(other.unevaluated),
        }
    }

    /// Counts one more requirement.
    pub fn count(&mut self, standing: Standing) {
        let part = match standing {
            Standing::Met => &mut self.passed,
            Standing::Missed => &mut self.failed,
            Standing::Unevaluated => &mut self.unevaluated,
        };
        *part = part.saturating_add(1);
        self.required = self.required.saturating_add(1);
    }

    /// What the tally means: a single miss decides, and only a measured pass of everything is conformance.
    pub const fn verdict(self) -> Verdict {
        if self.failed > 0 {
            Verdict::NotConformant
        } else if self.required > 0 && self.passed == self.required {
            Verdict::Conformant
        } else {
            Verdict::Undecided
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), Self::plus)
    }
}

/// What the records of a run, one for each requirement, say of a cluster of release `server`.
///
/// Present and future are judged apart: no future record reaches the present verdict.
pub fn assess(server: Release, records: &[Record]) -> Assessment {
    let mut present = Tally::default();
    let mut future_all = Tally::default();
    let mut future: BTreeMap<(Release, Authority), Tally> = BTreeMap::new();
    for record in records {
        let standing = record.outcome.standing();
        match record.stage {
            Stage::Present => present.count(standing),
            Stage::Future => {
                future_all.count(standing);
                let Requirement {
                    required_in,
                    authority,
                    ..
                } = record.requirement;
                future
                    .entry((required_in, authority))
                    .or_default()
                    .count(standing);
            }
        }
    }
    Assessment {
        server,
        present,
        present_verdict: present.verdict(),
        future: future
            .into_iter()
            .map(|((release, authority), tally)| FutureTally {
                release,
                authority,
                tally,
            })
            .collect(),
        future_verdict: future_all.verdict(),
    }
}

impl Assessment {
    /// The same with `count` further requirements of `stage` of which not even the names are known: nothing that was
    /// never listed has passed.
    #[must_use]
    pub fn with_unlisted(mut self, stage: Stage, count: i32) -> Self {
        if count <= 0 {
            return self;
        }
        match stage {
            Stage::Present => {
                self.present.required = self.present.required.saturating_add(count);
                self.present.unevaluated = self.present.unevaluated.saturating_add(count);
                self.present_verdict = self.present.verdict();
            }
            Stage::Future => {
                if self.future_verdict == Verdict::Conformant {
                    self.future_verdict = Verdict::Undecided;
                }
            }
        }
        self
    }
}

/// One record for each requirement of a selection, from the merged outcomes of its run.
///
/// A test without an outcome is NotRun: nothing passes by being absent.
pub fn records(selection: &Selection, outcomes: &BTreeMap<TestName, (Outcome, i32)>) -> Vec<Record> {
    let record = |requirement: &Requirement| {
        let (outcome, attempts) = outcomes
            .get(&requirement.name)
            .copied()
            .unwrap_or((Outcome::NotRun, 0));
        Record {
            requirement: requirement.clone(),
            stage: selection.stage,
            outcome,
            attempts,
            message: None,
        }
    };
    selection
        .requirements
        .iter()
        .map(|candidate| record(&candidate.requirement))
        .collect()
}

#[cfg(test)]
mod tests;
