//! `schedule`: have runs made again and again.

mod change;
mod create;
mod history;
mod list;

#[cfg(test)]
pub use history::history;

use clap::Subcommand;

use crate::{cli::Global, cluster::Cluster, error::Error, printer::Printer};

/// What can be done with schedules.
#[derive(Debug, Subcommand)]
pub enum Schedule {
    /// Make a schedule
    Create(Box<create::Args>),
    /// Start no further runs
    Suspend(change::Args),
    /// Start runs again
    Resume(change::Args),
    /// Have a run made now, whatever the schedule says
    Trigger(change::Args),
    /// List schedules, and what their last runs said
    List(list::Args),
    /// Show how its runs went, one after the other
    History(history::Args),
}

/// Does what was asked for.
pub async fn run(verb: &Schedule, global: &Global, printer: &Printer) -> Result<(), Error> {
    match verb {
        Schedule::Create(args) => create::run(args, global, printer).await,
        Schedule::Suspend(args) => {
            change::suspend(args, true, &Cluster::connect(global).await?, printer).await
        }
        Schedule::Resume(args) => {
            change::suspend(args, false, &Cluster::connect(global).await?, printer).await
        }
        Schedule::Trigger(args) => change::trigger(args, &Cluster::connect(global).await?, printer).await,
        Schedule::History(args) => history::run(args, &Cluster::connect(global).await?, printer).await,
        Schedule::List(args) => list::run(args, &Cluster::connect(global).await?, printer).await,
    }
}
