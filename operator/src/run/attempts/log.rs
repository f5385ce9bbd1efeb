//! Every attempt of a run, in the order in which they were made.

use conform_crds::{AttemptEndReason, AttemptSummary, names};
use kube::ResourceExt;

use super::state::{AttemptState, state};
use crate::run::observed::Observed;

/// An attempt, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// The attempt as the run's status lists it.
    pub summary: AttemptSummary,
    /// Where it stands.
    pub state: AttemptState,
}

/// The attempts of the run: those that its status lists, and those whose Job was made by an operator that was killed
/// before it could write so. A Job says itself what it is an attempt of.
pub fn log(observed: &Observed) -> Vec<Logged> {
    let status = observed.run.status.as_ref();
    let mut summaries: Vec<AttemptSummary> = status.map(|status| status.attempts.clone()).unwrap_or_default();
    let mut jobs: Vec<_> = observed.jobs.iter().collect();
    jobs.sort_by_key(|job| (job.metadata.creation_timestamp.clone(), job.name_any()));
    for job in jobs {
        let Some(found) = job
            .annotations()
            .get(names::ANNOTATION_ATTEMPT)
            .and_then(|text| serde_json::from_str::<AttemptSummary>(text).ok())
        else {
            continue;
        };
        if summaries.iter().all(|known| known.name != found.name) {
            summaries.push(found);
        }
    }
    summaries
        .into_iter()
        .map(|summary| {
            let state = state(observed, &summary);
            Logged {
                summary: ended(summary, &state),
                state,
            }
        })
        .collect()
}

fn ended(summary: AttemptSummary, state: &AttemptState) -> AttemptSummary {
    let (end, message) = match state {
        AttemptState::Ended(end) => (Some(end.reason), Some(end.message.clone())),
        AttemptState::Lost => (
            Some(AttemptEndReason::Lost),
            Some("The suite's pod went away before it had reported its end.".to_owned()),
        ),
        AttemptState::Active(_) => (None, None),
    };
    AttemptSummary {
        end,
        message,
        ..summary
    }
}
