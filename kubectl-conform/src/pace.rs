//! How long a stage will still take.

use conform_crds::Progress;
use conform_suite::Stage;
use jiff::Timestamp;

/// Measures how fast tests end since the stage was first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    stage: Stage,
    since: Timestamp,
    completed_then: i32,
}

impl Pace {
    /// Starts to measure.
    pub const fn new(progress: &Progress, now: Timestamp) -> Self {
        Self {
            stage: progress.stage,
            since: now,
            completed_then: progress.completed,
        }
    }

    /// The seconds left at the pace so far, and the pace to go on with. A new stage starts afresh.
    ///
    /// Nothing is said before one test has ended under observation: a guess would only mislead.
    pub fn seconds_left(self, progress: &Progress, now: Timestamp) -> (Self, Option<i64>) {
        if self.stage != progress.stage || progress.completed < self.completed_then {
            return (Self::new(progress, now), None);
        }
        let done = i64::from(progress.completed - self.completed_then);
        let open = i64::from(progress.total.saturating_sub(progress.completed).max(0));
        let elapsed = now.duration_since(self.since).as_secs().max(0);
        (self, elapsed.saturating_mul(open).checked_div(done))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn progress(stage: Stage, completed: i32) -> Progress {
        Progress {
            stage,
            total: 30,
            completed,
            failed: 0,
            running: Vec::new(),
            estimated_completion_time: None,
        }
    }

    #[test]
    fn extrapolates_what_was_seen() {
        let pace = Pace::new(&progress(Stage::Present, 10), at(0));
        assert_eq!(pace.seconds_left(&progress(Stage::Present, 10), at(5)).1, None);
        assert_eq!(
            pace.seconds_left(&progress(Stage::Present, 20), at(50)).1,
            Some(50)
        );
        assert_eq!(
            pace.seconds_left(&progress(Stage::Present, 30), at(90)).1,
            Some(0)
        );
    }

    #[test]
    fn a_new_stage_starts_afresh() {
        let pace = Pace::new(&progress(Stage::Present, 10), at(0));
        let (pace, left) = pace.seconds_left(&progress(Stage::Future, 1), at(60));
        assert_eq!((pace.stage, left), (Stage::Future, None));
    }
}
