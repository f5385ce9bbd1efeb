//! Whether a run is due, for whatever occasion, and whether it may start.

use conform_crds::ConcurrencyPolicy;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{
    super::{
        change,
        child::Occasion,
        due::{Due, MANY, Past, due, is_ahead},
        plan::Plan,
    },
    draft::Draft,
};

/// The most runs of one schedule that may be active, so that a queue does not grow without bound.
const MAX_ACTIVE: usize = 16;

/// Makes at most one run, and says when to look again.
pub fn start(draft: &mut Draft<'_>, plan: &Plan) {
    let observed = draft.observed;
    let spec = &observed.schedule.spec;
    let now = observed.now;
    draft.status.next_schedule_time = None;
    if let Some(value) = observed.request() {
        let occasion = Occasion::Request(value);
        if !draft.is_made(&occasion) {
            draft.make(plan, &occasion);
        }
        draft.status.last_requested = Some(value.to_owned());
    }
    if spec.suspend {
        return;
    }
    // One run at a time: the other occasions are looked at again once this one is written down.
    if observed.request().is_none() && !by_change(draft, plan) {
        by_slot(draft, plan);
    }
    let next = plan.next_start(&past(draft), now);
    draft.wake_at(next);
    // A slot that waits for a window comes before the next one.
    let waiting = draft.status.next_schedule_time.as_ref().map(|time| time.0);
    draft.status.next_schedule_time = waiting.or(next).map(Time);
}

/// What of the schedule is behind us.
fn past(draft: &Draft<'_>) -> Past {
    let spec = &draft.observed.schedule.spec;
    Past {
        created: draft.observed.created(),
        last: draft.status.last_schedule_time.as_ref().map(|time| time.0),
        deadline: spec.starting_deadline_seconds.map(SignedDuration::from_secs),
    }
}

/// Makes a run if the cluster has changed. True if one was made.
fn by_change(draft: &mut Draft<'_>, plan: &Plan) -> bool {
    let observed = draft.observed;
    let Some(triggers) = &observed.schedule.spec.triggers else {
        draft.status.cluster = None;
        return false;
    };
    draft.wake_in(change::INTERVAL);
    let Some(state) = &observed.cluster else {
        return false;
    };
    let seen = change::seen(triggers, draft.status.cluster.take(), state, observed.now);
    draft.wake_in(seen.look_again);
    let Some((what, since)) = seen.due else {
        draft.status.cluster = Some(seen.watched);
        return false;
    };
    let occasion = Occasion::Change(&what, since);
    if draft.is_made(&occasion) {
        // The policy speaks of other runs: this one would make room for itself.
        draft.status.cluster = Some(change::accepted(seen.watched));
        return false;
    }
    if !may_start(draft, plan) {
        // The change stays to be tested, as long as it holds.
        draft.status.cluster = Some(seen.watched);
        return false;
    }
    draft.status.cluster = Some(change::accepted(seen.watched));
    draft.announce(false, "ClusterChanged", format!("A run is made, since {what}"));
    draft.make(plan, &occasion);
    true
}

/// Makes a run if a slot of the schedule is due.
fn by_slot(draft: &mut Draft<'_>, plan: &Plan) {
    let observed = draft.observed;
    // A run that starts later by its jitter is one whose clock is late.
    let Ok(now) = observed.now.checked_sub(plan.offset) else {
        return;
    };
    let past = past(draft);
    if is_ahead(&past, observed.now) {
        let note = "What this schedule last did lies in the future: the clock was set back. Slots count from now on.";
        draft.announce(true, "ClockWentBack", note);
        draft.status.last_schedule_time = Some(Time(now));
        return;
    }
    let due = due(&plan.timetable, &past, now);
    if let Due::Slot(slot, _) | Due::TooLate(slot) = due
        && draft.is_made(&Occasion::Slot(slot))
    {
        // Before the policy, which speaks of other runs: with Replace it would make room for itself, with Forbid it would
        // be in its own way.
        draft.status.last_schedule_time = Some(Time(slot));
        return;
    }
    match due {
        Due::No => {}
        Due::TooLate(slot) => missed(
            draft,
            slot,
            "MissedSchedule",
            "it could not start within its deadline",
        ),
        Due::Slot(slot, earlier) => {
            if !may_start_slot(draft, plan, slot) {
                return;
            }
            if earlier >= MANY {
                let note = "More than 100 slots were missed; only the latest one runs. Set startingDeadlineSeconds, or look at the clock.";
                draft.announce(true, "TooManyMissedTimes", note);
            }
            draft.make(plan, &Occasion::Slot(slot));
            draft.status.last_schedule_time = Some(Time(slot));
            // It had to wait, and is late, but not missed.
            draft.status.last_missed_time.take_if(|missed| missed.0 == slot);
        }
    }
}

fn may_start_slot(draft: &mut Draft<'_>, plan: &Plan, slot: Timestamp) -> bool {
    if let Some((reason, why)) = in_the_way(draft) {
        missed(draft, slot, reason, &why);
        return false;
    }
    may_start(draft, plan)
}

/// Why the policy lets no further run start beside those that are active, as the reason of an Event and in words.
fn in_the_way(draft: &Draft<'_>) -> Option<(&'static str, String)> {
    let active = draft.status.active.len();
    match draft.observed.schedule.spec.concurrency_policy {
        ConcurrencyPolicy::Forbid if active > 0 => Some((
            "RunAlreadyActive",
            "an earlier run is not finished and concurrencyPolicy is Forbid".to_owned(),
        )),
        ConcurrencyPolicy::Allow if active >= MAX_ACTIVE => Some((
            "TooManyActiveRuns",
            format!("{MAX_ACTIVE} earlier runs are not finished, which is the most"),
        )),
        _ => None,
    }
}

/// True if a window is open and the policy lets another run start; with Replace, it makes room.
fn may_start(draft: &mut Draft<'_>, plan: &Plan) -> bool {
    let now = draft.observed.now;
    if !plan.windows.are_open(now) {
        let opening = plan.windows.opening(now);
        draft.wake_at(opening);
        draft.status.next_schedule_time = opening.map(Time);
        return false;
    }
    if in_the_way(draft).is_some() {
        return false;
    }
    if draft.observed.schedule.spec.concurrency_policy == ConcurrencyPolicy::Replace {
        draft.replace_active();
    }
    true
}

/// Notes that a slot passed without a run, and says so once.
fn missed(draft: &mut Draft<'_>, slot: Timestamp, reason: &'static str, why: &str) {
    let missed = Some(Time(slot));
    if draft.status.last_missed_time != missed {
        draft.announce(true, reason, format!("No run was made for {slot}: {why}."));
        draft.status.last_missed_time = missed;
    }
}
