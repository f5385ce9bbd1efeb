//! The runs of a cluster, a line each.

use conform_crds::{ConformanceRun, conditions};
use conform_suite::{Release, Tally, Verdict};
use kube::ResourceExt;
use serde::Serialize;

use crate::{assess, condition, words::state};

/// One run in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunLine {
    /// Its name.
    pub name: String,
    /// Whether the cluster conforms, as far as the run says.
    pub verdict: Verdict,
    /// The release of the cluster, once the run knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// How the requirements of that release stand.
    pub present: Tally,
    /// When it ended, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Where it is, in plain words.
    pub state: String,
}

/// The runs, the newest first.
pub fn run_list(runs: &[ConformanceRun]) -> Vec<RunLine> {
    let mut runs: Vec<&ConformanceRun> = runs.iter().collect();
    runs.sort_by_key(|run| std::cmp::Reverse((run.creation_timestamp(), run.name_any())));
    runs.into_iter().map(line).collect()
}

fn line(run: &ConformanceRun) -> RunLine {
    let status = run.status.as_ref();
    let ended = status.and_then(|status| status.completion_time.as_ref());
    RunLine {
        name: run.name_any(),
        verdict: present_verdict(run),
        release: status.and_then(assess::server_release),
        present: status.map_or_else(Tally::default, assess::present_tally),
        ended: ended.map(|time| time.0.to_string()),
        state: state(run),
    }
}

/// Whether the cluster conforms, as the operator said it.
pub(crate) fn present_verdict(run: &ConformanceRun) -> Verdict {
    match condition::status(run, conditions::PRESENT_CONFORMANT) {
        "True" => Verdict::Conformant,
        "False" => Verdict::NotConformant,
        _ => Verdict::Undecided,
    }
}
