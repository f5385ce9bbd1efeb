//! Before the suite starts: what it is, what of it is to run, and what of that is done already.

use std::time::Duration;

use conform_crds::{Attempt, AttemptEndReason, ConformanceResult, Pick, SelectionSummary, SuiteSummary};
use conform_suite::{Durations, Inventory, Selection, SelectionError, Stage, TestName, select, shard};

use crate::{
    ask, budget,
    choice::{self, Choice},
    cli::RunArgs,
    plan::Plan,
    stop::Stop,
    table::Table,
    text,
};

/// What is ready to run.
#[derive(Debug)]
pub struct Ready {
    /// The tests.
    pub selection: Selection,
    /// What is known of them.
    pub table: Table,
}

/// Why no suite is started, with a sentence for people.
pub type Unstarted = (AttemptEndReason, String);

/// What was measured before this pod.
#[derive(Debug)]
pub struct Before {
    /// The run's result so far.
    pub result: ConformanceResult,
    /// The result of the earlier run whose tests are to run again, if that is what the plan asks for.
    pub rerun: Option<ConformanceResult>,
    /// How long tests are likely to take.
    pub durations: Durations,
}

/// Asks the suite, selects, and writes into `attempt` whatever of that worked.
pub async fn prepare(
    args: &RunArgs,
    plan: &Plan,
    before: &Before,
    stop: &Stop,
    attempt: &mut Attempt,
) -> Result<Ready, Unstarted> {
    let asked = ask::inventory(&args.e2e_test, args.ask_timeout);
    let inventory = match stop.within(Duration::ZERO, asked).await {
        None => return Err(stopped_early()),
        Some(Err(error)) => return Err((AttemptEndReason::SuiteError, error.to_string())),
        Some(Ok(inventory)) => inventory,
    };
    attempt.suite = Some(SuiteSummary {
        version: text::bounded(&inventory.version, 128),
        run_ids: Vec::new(),
    });
    let Choice { selection, summary } = chosen(&inventory, plan, before)?;
    let nothing = nothing_to_run(&selection, &summary, plan.attempt.pick);
    attempt.selection = Some(summary);
    let table = Table::new(
        &selection,
        budget::of_messages(&before.result, plan.attempt.shards),
    );
    attempt.tests = table.records().to_vec();
    if let Some(nothing) = nothing {
        return Err(nothing);
    }
    if stop.is_requested() {
        return Err(stopped_early());
    }
    Ok(Ready { selection, table })
}

fn chosen(inventory: &Inventory, plan: &Plan, before: &Before) -> Result<Choice, Unstarted> {
    let mut whole: Option<Selection> = None;
    for request in &plan.attempt.requests {
        let selection = select(inventory, request).map_err(|error| unstarted(&error))?;
        whole = Some(match whole {
            Some(before) => before.joined(selection),
            None => selection,
        });
    }
    // The plan's reader has seen to it that there is a request.
    let mut whole = whole.ok_or_else(|| unstarted(&SelectionError::NoProfile))?;
    if let (Some(rerun), Some(other)) = (&plan.attempt.rerun, &before.rerun) {
        whole = choice::only_again(whole, rerun, other);
    }
    Ok(choice::choose(
        whole,
        &plan.attempt,
        plan.index,
        &before.result,
        |due| part(due, &before.durations, plan),
    ))
}

/// This pod's part of the tests.
fn part(tests: Vec<TestName>, durations: &Durations, plan: &Plan) -> Vec<TestName> {
    let shards = usize::try_from(plan.attempt.shards).unwrap_or(1);
    shard(tests, durations, shards, usize::try_from(plan.index).unwrap_or(0))
}

/// The end of an attempt that has nothing to run. Only a first look that finds nothing of the present is a fault.
fn nothing_to_run(selection: &Selection, summary: &SelectionSummary, pick: Pick) -> Option<Unstarted> {
    if summary.total > 0 {
        return None;
    }
    if summary.selected > 0 || pick != Pick::Everything {
        let message = "Nothing is left for this attempt to run.".to_owned();
        return Some((AttemptEndReason::NothingToRun, message));
    }
    Some(unstarted(&SelectionError::Empty {
        stage: selection.stage,
        narrowings: selection.narrowings.clone(),
    }))
}

fn stopped_early() -> Unstarted {
    (
        AttemptEndReason::Interrupted,
        "Stopped from outside before the suite was started.".to_owned(),
    )
}

fn unstarted(error: &SelectionError) -> Unstarted {
    let reason = match error {
        SelectionError::UnknownProfile { .. } => AttemptEndReason::UnknownProfile,
        SelectionError::OwnProfile { .. } => AttemptEndReason::InvalidProfile,
        SelectionError::InvalidPattern { .. } => AttemptEndReason::InvalidPattern,
        // The suite and the catalogue may well define nothing that is still to come.
        SelectionError::Empty {
            stage: Stage::Future, ..
        } => AttemptEndReason::NothingToRun,
        SelectionError::NoProfile | SelectionError::Empty { .. } => AttemptEndReason::EmptySelection,
    };
    (reason, error.to_string())
}
