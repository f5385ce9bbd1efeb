//! What to do next with a schedule. Pure: the same observation always gives the same decision.

mod account;
mod draft;
mod start;

pub use account::to_compare;

use std::time::Duration;

use conform_crds::{
    conditions::{self, reasons},
    names,
};

use super::{decision::Decision, history, observed::Observed, plan::Plan};
use crate::{
    announce::Announcement,
    condition::{Said, Truth},
    run::sentence,
};
use draft::{Draft, RUN_CREATED};

/// How soon a run that was refused is tried again: who refuses it is asked once a minute.
const REFUSED_INTERVAL: Duration = Duration::from_mins(1);

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
            if draft.was_ready() {
                draft.announce(true, flaw.reason, flaw.message.clone());
            }
            draft.stall(&flaw.said());
            draft.status.next_schedule_time = None;
        }
        Ok(plan) => {
            start::start(&mut draft, &plan);
            match draft.refusal().filter(|_| !draft.has_its_run()) {
                // Nothing was tried since.
                Some(said) => draft.stall(&said),
                None => ready(&mut draft),
            }
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

fn ready(draft: &mut Draft<'_>) {
    let (reason, message) = if draft.observed.schedule.spec.suspend {
        (reasons::SUSPENDED, "No run starts while spec.suspend is true.")
    } else {
        (
            reasons::SCHEDULED,
            "The schedule can be read, and its runs are made.",
        )
    };
    draft.say(conditions::READY, &Said::new(Truth::True, reason, message));
    draft.silence(conditions::STALLED);
}

/// What the runs that are there have come to, if the one that was to be made could not be for now: nobody waits for that.
pub fn accounted(observed: &Observed) -> Decision {
    let mut draft = Draft::new(observed);
    account::account(&mut draft);
    draft.decision()
}

/// The decision if the API server refuses the run that was to be made, in these words: a slot's run stays due, and is tried
/// again; one that somebody asked for is not, and is in the way of no other.
pub fn run_refused(observed: &Observed, why: &str) -> Decision {
    let mut draft = Draft::new(observed);
    account::account(&mut draft);
    if let Some(value) = observed.request() {
        draft.status.last_requested = Some(value.to_owned());
        let note = format!(
            "The API server refuses the run that was asked for: {}",
            sentence(why)
        );
        draft.announce(true, reasons::RUN_REFUSED, note);
        draft.wake_at(Some(observed.now));
        return draft.decision();
    }
    let said = Said::new(
        Truth::False,
        reasons::RUN_REFUSED,
        format!("The API server refuses the run that is due: {}", sentence(why)),
    );
    if draft.refusal().as_ref() != Some(&said) {
        draft.announce(true, reasons::RUN_REFUSED, said.message.clone());
    }
    draft.stall(&said);
    draft.wake_in(REFUSED_INTERVAL);
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
    decision.announcements.retain(|told| told.reason != RUN_CREATED);
    decision.announcements.push(Announcement {
        warning: true,
        reason: reasons::NAME_TAKEN,
        note: format!(
            "ConformanceRun {name} exists and is not this schedule's, so this time there is no run: delete or rename it."
        ),
    });
    decision
}
