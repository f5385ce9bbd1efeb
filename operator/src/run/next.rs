//! What a run does next when none of its attempts is active. Pure.

use conform_crds::{AttemptEndReason, AttemptSummary, Pick, conditions::reasons, names};
use conform_suite::{Outcome, Stage, Standing};

use super::{
    attempts::{AttemptState, Logged, entries, known_outcomes, left, measured_something},
    deadline::stage_overdue,
    fault::{Fault, fault_of},
    observed::Observed,
    phases::{Chapter, OwnChapter, Phase, chapters},
};
use conform_crds::Scope;

/// Most attempts of one chapter: their names have room for two digits, and each leaves an entry in the result.
const MAX_ATTEMPTS: usize = 60;

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// An attempt.
    Attempt(Planned),
    /// Nothing: the run ends.
    End {
        /// Why it ends early or without a measurement.
        fault: Option<Fault>,
        /// A fault of the future stage alone.
        future_fault: Option<Fault>,
    },
}

/// An attempt that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its name, such as `present-2`.
    pub name: String,
    /// The stage; of both together, the present one.
    pub stage: Stage,
    /// True if both stages run together.
    pub combined: bool,
    /// Which tests, and in how many processes.
    pub phase: Phase,
    /// Which of those by what is known of them.
    pub pick: Pick,
    /// The attempts that `pick` looks at.
    pub after: Vec<String>,
    /// The suite of a user's own that it runs; none if it runs the Kubernetes suite.
    pub own: Option<OwnChapter>,
}

/// How one chapter of the run stands.
enum ChapterState {
    Open(Planned),
    Done,
    Broken(Fault),
}

/// What follows the attempts of `log`, of which none is active. `stop` is why the run is to stop, if it is.
pub fn next(observed: &Observed, log: &[Logged], stop: Option<&Fault>) -> Next {
    let spec = &observed.run.spec;
    let end = |fault, future_fault| Next::End { fault, future_fault };
    let mut future_fault: Option<Fault> = None;
    for chapter in chapters_of(observed) {
        // What a run looks at first and does not find well, it does not go on with.
        let unfit =
            |fault: &Fault| [reasons::PREFLIGHT_FAILED, reasons::PREFLIGHT_PASSED].contains(&fault.reason);
        if chapter.own.is_some() && (spec.preflight.only || future_fault.as_ref().is_some_and(unfit)) {
            continue;
        }
        if chapter.only_after_failure && combined_passed(observed, log) {
            continue;
        }
        match (state(observed, log, &chapter, stop), stop) {
            (ChapterState::Done, _) => {}
            (ChapterState::Open(_) | ChapterState::Broken(_), Some(stop)) => {
                return end(Some(stop.clone()), None);
            }
            (ChapterState::Open(planned), None) => return Next::Attempt(planned),
            (ChapterState::Broken(fault), None) if chapter.stage == Stage::Present => {
                return end(Some(fault), None);
            }
            (ChapterState::Broken(fault), None) => {
                future_fault.get_or_insert(fault);
            }
        }
    }
    end(None, future_fault)
}

/// The chapters of the run.
pub fn chapters_of(observed: &Observed) -> Vec<Chapter> {
    let status = observed.run.status.as_ref();
    let parallelism = status.and_then(|status| status.parallelism);
    let profiles = status.map(|status| status.own_profiles.as_slice());
    chapters(&observed.run.spec, parallelism, profiles.unwrap_or_default())
}

fn state(observed: &Observed, log: &[Logged], chapter: &Chapter, stop: Option<&Fault>) -> ChapterState {
    let mine = of_chapter(log, chapter);
    let overdue = stage_overdue(observed, chapter, &mine);
    let plan = |phase: Phase, pick: Pick| {
        if let Some(fault) = &overdue {
            return ChapterState::Broken(fault.clone());
        }
        if mine.len() >= MAX_ATTEMPTS {
            return ChapterState::Broken(Fault::new(
                reasons::POD_LOST,
                format!("The run was given up after {MAX_ATTEMPTS} attempts."),
            ));
        }
        ChapterState::Open(planned(chapter, phase, pick, &mine))
    };
    for phase in &chapter.phases {
        let of_phase: Vec<&Logged> = mine
            .iter()
            .copied()
            .filter(|logged| logged.summary.scope == phase.scope && logged.summary.pick != Pick::Failed)
            .collect();
        let Some(last) = of_phase.last() else {
            return plan(*phase, Pick::Everything);
        };
        match sequel(observed, last) {
            Sequel::None => {}
            Sequel::Fault(fault) => return ChapterState::Broken(overdue.clone().unwrap_or(fault)),
            Sequel::Resume(fault) => {
                let barren = of_phase.iter().rev().take_while(|logged| {
                    // A suite of a user's own begins from its start each time.
                    chapter.own.is_some() || !measured_something(observed, &logged.summary)
                });
                let limit = usize::try_from(observed.run.spec.execution.backoff_limit).unwrap_or(0);
                if barren.count() > limit || stop.is_some() {
                    return ChapterState::Broken(overdue.clone().unwrap_or(fault));
                }
                return plan(*phase, Pick::Unfinished);
            }
        }
    }
    retry(observed, chapter, &mine).map_or(ChapterState::Done, |phase| plan(phase, Pick::Failed))
}

/// What the end of an attempt asks for.
enum Sequel {
    /// Nothing: it did what it was to do.
    None,
    /// A further attempt at what it did not get to; the fault is what is said if there is none.
    Resume(Fault),
    /// No further attempt would do better.
    Fault(Fault),
}

fn sequel(observed: &Observed, last: &Logged) -> Sequel {
    let summary = &last.summary;
    if summary.own_suite.is_some() {
        return own_sequel(last);
    }
    let all_measured = left(observed, summary) == Some(0);
    match &last.state {
        // The caller looks only at runs of which no attempt is active.
        AttemptState::Active(_) => Sequel::None,
        AttemptState::Lost if all_measured => Sequel::None,
        AttemptState::Lost => Sequel::Resume(Fault::new(
            reasons::POD_LOST,
            format!(
                "The suite's pod of attempt {} went away before it had reported its end.",
                summary.name
            ),
        )),
        AttemptState::Ended(end) => match (end.reason, fault_of(end.reason, &end.message)) {
            (AttemptEndReason::Completed, _) if interrupted(observed, summary) => {
                Sequel::Resume(Fault::new(reasons::INCOMPLETE, end.message.clone()))
            }
            (_, None) => Sequel::None,
            (reason, Some(fault)) if may_resume(reason) => {
                if all_measured {
                    Sequel::None
                } else if reason == AttemptEndReason::Interrupted || measured_something(observed, summary) {
                    Sequel::Resume(fault)
                } else {
                    Sequel::Fault(fault)
                }
            }
            (_, Some(fault)) => Sequel::Fault(fault),
        },
    }
}

/// The same of a suite of a user's own, of which nobody knows beforehand what it has to say.
fn own_sequel(last: &Logged) -> Sequel {
    let summary = &last.summary;
    let suite = summary.own_suite.as_deref().unwrap_or_default();
    match &last.state {
        AttemptState::Active(_) => Sequel::None,
        AttemptState::Lost => Sequel::Resume(Fault::new(
            reasons::POD_LOST,
            format!(
                "The pod of suite {suite}, attempt {}, went away before it had reported its end.",
                summary.name
            ),
        )),
        AttemptState::Ended(end) => match fault_of(end.reason, &end.message) {
            None => Sequel::None,
            Some(fault) if end.reason == AttemptEndReason::Interrupted => Sequel::Resume(fault),
            Some(fault) => Sequel::Fault(fault),
        },
    }
}

/// True if the suite was cut off, so that another try may get further.
const fn may_resume(reason: AttemptEndReason) -> bool {
    matches!(
        reason,
        AttemptEndReason::Interrupted
            | AttemptEndReason::SuiteError
            | AttemptEndReason::JUnitMissing
            | AttemptEndReason::JUnitUnreadable
    )
}

/// True if a test of the attempt was cut off, though the suite ran to its end: the API server was away.
fn interrupted(observed: &Observed, attempt: &AttemptSummary) -> bool {
    entries(observed, &attempt.name)
        .iter()
        .flat_map(|entry| &entry.tests)
        .any(|test| test.selected && test.outcome == Outcome::Interrupted)
}

/// The further run of failed tests, if there are any and the run is to try them again.
fn retry(observed: &Observed, chapter: &Chapter, mine: &[&Logged]) -> Option<Phase> {
    let made = mine.iter().filter(|logged| logged.summary.pick == Pick::Failed);
    let wanted = usize::try_from(observed.run.spec.execution.retry_failed).unwrap_or(0);
    if chapter.own.is_some() || made.count() >= wanted {
        return None;
    }
    let names = mine.iter().map(|logged| logged.summary.name.as_str());
    let failed = known_outcomes(observed, names)
        .values()
        .any(|(outcome, _)| outcome.standing() == Standing::Missed);
    let processes = chapter.phases.first()?.processes;
    failed.then_some(Phase {
        scope: Scope::All,
        shards: 1,
        processes,
    })
}

/// True if everything that ran together passed; a test that declined to run would decline again.
fn combined_passed(observed: &Observed, log: &[Logged]) -> bool {
    let combined = || log.iter().filter(|logged| logged.summary.combined);
    let names = combined().map(|logged| logged.summary.name.as_str());
    let outcomes = known_outcomes(observed, names);
    !outcomes.is_empty()
        && outcomes
            .values()
            .all(|(outcome, _)| outcome.standing() == Standing::Met || *outcome == Outcome::Skipped)
}

/// The attempts of one chapter.
pub fn of_chapter<'a>(log: &'a [Logged], chapter: &Chapter) -> Vec<&'a Logged> {
    log.iter()
        .filter(|logged| is_of(&logged.summary, chapter))
        .collect()
}

/// True if the attempt is one of the chapter.
pub fn is_of(attempt: &AttemptSummary, chapter: &Chapter) -> bool {
    attempt.stage == chapter.stage
        && attempt.combined == chapter.combined
        && attempt.own_suite.as_deref() == chapter.own.as_ref().map(|own| own.label.as_str())
}

fn planned(chapter: &Chapter, phase: Phase, pick: Pick, mine: &[&Logged]) -> Planned {
    let number = i32::try_from(mine.len()).unwrap_or(i32::MAX).saturating_add(1);
    Planned {
        name: match &chapter.own {
            Some(own) => names::own_suite_attempt(own.number, number),
            None if chapter.combined => names::combined_attempt(number),
            None => names::attempt(chapter.stage, number),
        },
        stage: chapter.stage,
        combined: chapter.combined,
        phase,
        pick,
        after: mine.iter().map(|logged| logged.summary.name.clone()).collect(),
        own: chapter.own.clone(),
    }
}
