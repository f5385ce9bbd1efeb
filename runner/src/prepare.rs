//! Before the suite starts: what it is, what of it is to run, and what of that is done already.

use std::{path::PathBuf, time::Duration};

use conform_crds::{Attempt, AttemptEndReason, SelectionSummary, SuiteSummary};
use conform_suite::{Selection, SelectionError, Stage, select};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::{
    ask,
    cli::RunArgs,
    journal::{Header, Journal},
    plan::Plan,
    stop::Stop,
    table::Table,
    text,
};

/// Name of the journal, beside the folder of the results.
const JOURNAL: &str = "conform-journal";

/// What is ready to run.
#[derive(Debug)]
pub struct Ready {
    /// The tests, those included that an earlier container had finished.
    pub selection: Selection,
    /// What is known of them.
    pub table: Table,
    /// Where outcomes are kept for a restarted container.
    pub journal: Option<Journal>,
}

/// Why no suite is started, with a sentence for people.
pub type Unstarted = (AttemptEndReason, String);

/// Asks the suite, selects, and writes into `attempt` whatever of that worked.
pub async fn prepare(
    args: &RunArgs,
    plan: &Plan,
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
        run_id: None,
        other_run_ids: Vec::new(),
    });
    let selection = select(&inventory, &plan.request).map_err(|error| unstarted(&error))?;
    let total = selection.selected().count();
    attempt.selection = Some(SelectionSummary {
        total: i32::try_from(total).unwrap_or(i32::MAX),
        digest: selection.digest.clone(),
        narrowings: selection.narrowings.clone(),
    });
    let mut table = Table::new(&selection);
    let journal = open_journal(args, plan, attempt, &mut table);
    attempt.tests = table.records().to_vec();
    if total == 0 {
        let empty = SelectionError::Empty {
            stage: selection.stage,
            narrowings: selection.narrowings,
        };
        return Err(unstarted(&empty));
    }
    if stop.is_requested() {
        return Err(stopped_early());
    }
    Ok(Ready {
        selection,
        table,
        journal,
    })
}

/// Takes over what an earlier container of this pod had measured. Without a journal the attempt goes on: it
/// saves work and is no condition for it.
fn open_journal(args: &RunArgs, plan: &Plan, attempt: &mut Attempt, table: &mut Table) -> Option<Journal> {
    let header = Header {
        run: plan.run.clone(),
        attempt: attempt.name.clone(),
        digest: attempt
            .selection
            .as_ref()
            .map(|selection| selection.digest.clone())
            .unwrap_or_default(),
        start_time: attempt.start_time.0,
    };
    let opened = std::fs::create_dir_all(&args.results_dir)
        .inspect_err(|error| tracing::warn!("cannot make {}: {error}", args.results_dir.display()))
        .ok()
        .map(|()| Journal::open(&journal_path(args), &header))?;
    match opened {
        Ok((journal, past)) => {
            if let Some(past) = past {
                attempt.start_time = Time(past.start_time);
                tracing::info!("an earlier container left {} outcomes", past.outcomes.len());
                table.restore(past.outcomes);
            }
            Some(journal)
        }
        Err(error) => {
            tracing::warn!("{error}");
            None
        }
    }
}

/// Where the journal is.
pub fn journal_path(args: &RunArgs) -> PathBuf {
    args.results_dir
        .parent()
        .unwrap_or(&args.results_dir)
        .join(JOURNAL)
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
        SelectionError::InvalidPattern { .. } => AttemptEndReason::InvalidPattern,
        // The suite and the catalogue may well define nothing that is still to come.
        SelectionError::Empty {
            stage: Stage::Future, ..
        } => AttemptEndReason::NothingToRun,
        SelectionError::NoProfile | SelectionError::Empty { .. } => AttemptEndReason::EmptySelection,
    };
    (reason, error.to_string())
}
