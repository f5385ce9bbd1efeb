//! What to do next with a schedule. Pure: the same observation always gives the same decision.

mod account;
mod draft;
mod start;

pub use account::to_compare;

use conform_crds::{
    conditions::{self, reasons},
    names,
};

use super::{decision::Decision, history, observed::Observed, plan::Plan};
use crate::{
    announce::Announcement,
    condition::{Said, Truth},
};
use draft::Draft;

/// Decides the next step of a schedule, in the order in which the CronJob controller looks at one: what has finished,
/// whether it is being deleted, whether it can be read, whether it is suspended, what is due; and at last what goes.
pub fn decide(observed: &Observed) -> Decision {
    let mut draft = Draft::new(observed);
    account::account(&mut draft);
    if observed.schedule.metadata.deletion_timestamp.is_some() {
        return draft.decision();
    }
    match Plan::of(observed) {
        Err(flaw) => {
            let said = Said::new(Truth::False, flaw.reason, flaw.message.clone());
            if draft.was_ready() {
                draft.announce(true, flaw.reason, flaw.message.clone());
            }
            draft.say(conditions::READY, &said);
            draft.say(
                conditions::STALLED,
                &Said::new(Truth::True, flaw.reason, flaw.message),
            );
            draft.status.next_schedule_time = None;
        }
        Ok(plan) => {
            let (reason, message) = if observed.schedule.spec.suspend {
                (reasons::SUSPENDED, "No run starts while spec.suspend is true.")
            } else {
                (
                    reasons::SCHEDULED,
                    "The schedule can be read, and its runs are made.",
                )
            };
            draft.say(conditions::READY, &Said::new(Truth::True, reason, message));
            draft.silence(conditions::STALLED);
            start::start(&mut draft, &plan);
        }
    }
    let kept = history::kept(&observed.schedule.spec, &draft.finished(), observed.now);
    draft.wake_at(kept.next);
    if draft.accounted() {
        draft.deletions.extend(kept.deletions);
    } else if !kept.deletions.is_empty() {
        // What a run said is written down before it may go.
        draft.wake_at(Some(observed.now));
    }
    draft.decision()
}

/// The decision if the name of the run that it makes is taken by somebody else's: the occasion is missed.
pub fn name_taken(mut decision: Decision) -> Decision {
    let Some(run) = decision.creation.take() else {
        return decision;
    };
    let name = run.metadata.name.unwrap_or_default();
    decision.status.active.retain(|active| active.name != name);
    let annotations = run.metadata.annotations.unwrap_or_default();
    if annotations.contains_key(names::ANNOTATION_SLOT) {
        decision
            .status
            .last_missed_time
            .clone_from(&decision.status.last_schedule_time);
    }
    decision.announcements = vec![Announcement {
        warning: true,
        reason: reasons::NAME_TAKEN,
        note: format!(
            "ConformanceRun {name} exists and is not this schedule's, so this time there is no run: delete or rename it."
        ),
    }];
    decision
}
