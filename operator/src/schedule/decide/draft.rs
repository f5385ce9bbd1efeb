//! A decision in the making.

use std::{sync::Arc, time::Duration};

use conform_crds::{
    ActiveRun, ConformanceRun, ConformanceScheduleStatus, MAX_LISTED_ACTIVE,
    conditions::{self, reasons},
};
use jiff::Timestamp;

use super::super::{
    child::{self, Occasion},
    decision::{Decision, Deletion},
    history::deletion,
    observed::Observed,
    plan::Plan,
};
use crate::{
    announce::Announcement,
    condition::{self, Said, Truth},
    run::is_finished,
};

/// Waking a little late is waking in time: a timer is not exact, and a slot that has not come is not due.
const PAD: Duration = Duration::from_millis(100);
/// A timer does not notice that the clock is set forward, or that the machine was suspended; slots go by the clock.
const LONGEST_SLEEP: Duration = Duration::from_mins(5);

/// The reason of the Event that tells of a new run.
pub const RUN_CREATED: &str = "RunCreated";

/// A decision in the making.
pub struct Draft<'a> {
    /// What it is made from.
    pub observed: &'a Observed,
    /// The status to be.
    pub status: ConformanceScheduleStatus,
    /// The finished runs to delete.
    pub deletions: Vec<Deletion>,
    replaced: Vec<Deletion>,
    creation: Option<Box<ConformanceRun>>,
    has_its_run: bool,
    announcements: Vec<Announcement>,
    wake: Option<Timestamp>,
}

impl<'a> Draft<'a> {
    /// Nothing but the status so far, which now speaks of this generation.
    pub fn new(observed: &'a Observed) -> Self {
        let mut status = observed.status();
        status.observed_generation = observed.schedule.metadata.generation;
        Self {
            observed,
            status,
            deletions: Vec::new(),
            replaced: Vec::new(),
            creation: None,
            has_its_run: false,
            announcements: Vec::new(),
            wake: None,
        }
    }

    /// The runs that have their verdict, deleted ones aside.
    pub fn finished(&self) -> Vec<Arc<ConformanceRun>> {
        let runs = self.observed.runs.iter();
        runs.filter(|run| is_finished(run) && run.metadata.deletion_timestamp.is_none())
            .cloned()
            .collect()
    }

    /// True if what the finished runs say is in the status already.
    pub fn accounted(&self) -> bool {
        let before = self.observed.status();
        before.last_run == self.status.last_run
            && before.last_successful_run == self.status.last_successful_run
            && before.comparison == self.status.comparison
    }

    /// Sets a condition.
    pub fn say(&mut self, kind: &str, said: &Said) {
        let (generation, now) = (self.status.observed_generation, self.observed.now);
        condition::set(&mut self.status.conditions, generation, now, kind, said);
    }

    /// Removes a condition that is to be absent unless True.
    pub fn silence(&mut self, kind: &str) {
        self.status.conditions.retain(|condition| condition.type_ != kind);
    }

    /// Says that nothing goes on without a change from outside: `said` of `Ready`, and `Stalled` with the same words.
    pub fn stall(&mut self, said: &Said) {
        self.say(conditions::READY, said);
        let stalled = Said {
            truth: Truth::True,
            ..said.clone()
        };
        self.say(conditions::STALLED, &stalled);
    }

    /// What was said when a run was last refused, if that was a run of this very spec that the clock still asks for.
    pub fn refusal(&self) -> Option<Said> {
        let before = self.observed.schedule.status.as_ref()?;
        let same = before.observed_generation == self.status.observed_generation;
        let said = condition::said(&before.conditions, conditions::READY)?;
        (same && said.reason == reasons::RUN_REFUSED && !self.observed.schedule.spec.suspend).then_some(said)
    }

    /// True if a run is made, or was found to be there.
    pub const fn has_its_run(&self) -> bool {
        self.has_its_run
    }

    /// True unless the status already says that the spec cannot be used.
    pub fn was_ready(&self) -> bool {
        condition::truth(&self.status.conditions, conditions::STALLED) != Some(Truth::True)
    }

    /// Tells people.
    pub fn announce(&mut self, warning: bool, reason: &'static str, note: impl Into<String>) {
        self.announcements.push(Announcement {
            warning,
            reason,
            note: note.into(),
        });
    }

    /// Looks again at this time, or earlier.
    pub fn wake_at(&mut self, time: Option<Timestamp>) {
        self.wake = match (self.wake, time) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// Looks again after this long, or earlier.
    pub fn wake_in(&mut self, time: Duration) {
        self.wake_at(self.observed.now.checked_add(time).ok());
    }

    /// Deletes every active run.
    pub fn replace_active(&mut self) {
        let active = std::mem::take(&mut self.status.active);
        let runs = self.observed.runs.iter();
        let its = runs.filter(|run| {
            active
                .iter()
                .any(|one| run.metadata.uid.as_ref() == Some(&one.uid))
        });
        self.replaced.extend(its.filter_map(|run| deletion(run)));
        for one in active {
            self.announce(
                false,
                "RunReplaced",
                format!("Deleted run {}: the next one is due.", one.name),
            );
        }
    }

    /// True if the run for an occasion is there already: whoever made it was stopped before the status said so, or what
    /// the status said is not in the cache yet.
    pub fn is_made(&mut self, occasion: &Occasion<'_>) -> bool {
        let name = child::name(&self.observed.schedule, occasion);
        let mut runs = self.observed.runs.iter();
        let is_made = runs.any(|run| run.metadata.name.as_ref() == Some(&name));
        self.has_its_run |= is_made;
        is_made
    }

    /// Makes the run for an occasion.
    pub fn make(&mut self, plan: &Plan, occasion: &Occasion<'_>) {
        let run = child::run(&self.observed.schedule, &plan.timetable, occasion);
        let name = run.metadata.name.clone().unwrap_or_default();
        self.announce(false, RUN_CREATED, format!("Created run {name}."));
        self.status.active.push(ActiveRun {
            name,
            // The API server gives it one; the next look at the runs tells which.
            uid: String::new(),
        });
        self.creation = Some(Box::new(run));
        self.has_its_run = true;
        self.wake_in(Duration::from_secs(1));
    }

    /// What is decided.
    pub fn decision(mut self) -> Decision {
        self.status.active.truncate(MAX_LISTED_ACTIVE);
        let now = self.observed.now;
        let look_again = self.wake.map(|wake| {
            let left = Duration::try_from(wake.duration_since(now)).unwrap_or(Duration::ZERO);
            left.min(LONGEST_SLEEP).saturating_add(PAD)
        });
        Decision {
            replaced: self.replaced,
            deletions: self.deletions,
            creation: self.creation,
            status: self.status,
            look_again,
            announcements: self.announcements,
        }
    }
}
