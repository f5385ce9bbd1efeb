//! Several clusters side by side, the worst first.

use serde::Serialize;

use crate::{
    Release, Tally, Verdict,
    evaluation::{InputReport, REPORT_VERSION},
};

/// Several clusters side by side, the worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fleet {
    /// The version of this form.
    pub api_version: &'static str,
    /// `Fleet`.
    pub kind: &'static str,
    /// A row for each cluster.
    pub clusters: Vec<FleetRow>,
    /// NotConformant if one cluster is; Conformant if every one was asked and is.
    pub verdict: Verdict,
}

/// One cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetRow {
    /// What the cluster is called.
    pub cluster: String,
    /// How it stands.
    pub state: FleetState,
    /// Where that is known from: a run or a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// How the requirements of its release stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub present: Option<Tally>,
    /// How the requirements of later releases stand, all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub future: Option<Tally>,
    /// When it was measured: RFC 3339, but without a zone if only files say it, since they say none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<String>,
    /// Why nothing is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How a cluster stands, the worst first. What could not be asked is never among the good ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FleetState {
    /// A requirement was tested and missed.
    NotConformant,
    /// It could not be asked, or what it left could not be read.
    Unreachable,
    /// Not everything was measured, or nothing.
    Undecided,
    /// Every requirement passed.
    Conformant,
}

impl FleetRow {
    /// A cluster of which something was measured.
    pub fn of(cluster: &str, report: &InputReport, measured: Option<String>) -> Self {
        Self {
            cluster: cluster.to_owned(),
            state: match report.verdict {
                Verdict::NotConformant => FleetState::NotConformant,
                Verdict::Undecided => FleetState::Undecided,
                Verdict::Conformant => FleetState::Conformant,
            },
            source: Some(report.source.clone()),
            release: Some(report.release),
            present: Some(report.present),
            future: Some(report.later()),
            measured,
            problem: None,
        }
    }

    /// A cluster of which nothing is known.
    pub fn unknown(cluster: &str, state: FleetState, problem: &str) -> Self {
        Self {
            cluster: cluster.to_owned(),
            state,
            source: None,
            release: None,
            present: None,
            future: None,
            measured: None,
            problem: Some(problem.to_owned()),
        }
    }

    /// More failures come first, then what was measured least.
    fn place(&self) -> (FleetState, i32, i32, i32) {
        let of = |tally: Option<Tally>, part: fn(Tally) -> i32| -tally.map_or(0, part);
        (
            self.state,
            of(self.present, |tally| tally.failed),
            of(self.future, |tally| tally.failed),
            of(self.present, |tally| tally.unevaluated),
        )
    }
}

impl Fleet {
    /// Puts the clusters in order: the worst first, those that are alike by name.
    pub fn new(mut clusters: Vec<FleetRow>) -> Self {
        clusters.sort_by(|a, b| (a.place(), &a.cluster).cmp(&(b.place(), &b.cluster)));
        let any = |state| clusters.iter().any(|row| row.state == state);
        let verdict = if any(FleetState::NotConformant) {
            Verdict::NotConformant
        } else if clusters.is_empty() || any(FleetState::Unreachable) || any(FleetState::Undecided) {
            Verdict::Undecided
        } else {
            Verdict::Conformant
        };
        Self {
            api_version: REPORT_VERSION,
            kind: "Fleet",
            clusters,
            verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn row(cluster: &str, state: FleetState, failed: i32) -> FleetRow {
        FleetRow {
            present: Some(Tally {
                failed,
                ..Tally::default()
            }),
            ..FleetRow::unknown(cluster, state, "")
        }
    }

    #[test]
    fn the_worst_is_first() {
        use FleetState::{Conformant, NotConformant, Undecided, Unreachable};
        let fleet = Fleet::new(vec![
            row("e", Conformant, 0),
            row("d", Undecided, 0),
            row("c", Unreachable, 0),
            row("b", NotConformant, 1),
            row("a", NotConformant, 7),
            row("a2", NotConformant, 1),
        ]);
        let names: Vec<&str> = fleet.clusters.iter().map(|row| row.cluster.as_str()).collect();
        assert_eq!(names, ["a", "a2", "b", "c", "d", "e"]);
        assert_eq!(fleet.verdict, Verdict::NotConformant);
    }

    #[rstest]
    #[case(&[], Verdict::Undecided)]
    #[case(&[FleetState::Conformant], Verdict::Conformant)]
    #[case(&[FleetState::Conformant, FleetState::Unreachable], Verdict::Undecided)]
    #[case(&[FleetState::Conformant, FleetState::Undecided], Verdict::Undecided)]
    #[case(&[FleetState::Unreachable, FleetState::NotConformant], Verdict::NotConformant)]
    fn what_cannot_be_asked_is_never_green(#[case] states: &[FleetState], #[case] verdict: Verdict) {
        let rows = states.iter().map(|state| row("x", *state, 0)).collect();
        assert_eq!(Fleet::new(rows).verdict, verdict);
    }
}
