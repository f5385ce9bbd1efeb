//! In which order every process has the tests, asked of the suite's program itself.
//!
//! Ginkgo orders the tests by place in the source, shuffles them with the seed, and does the same in every process; a dry
//! run of one process walks them in this order. Nothing in a dry run's report says which tests must run alone, but the
//! suite's names do (see [`queue`](super::queue)). Kubernetes has no other groups: no container of its tests is `Ordered`.

use std::{fs::File, io, path::PathBuf, process::Stdio, time::Duration};

use conform_suite::{Limits, ReportError, Selection, TestName, ginkgo_report};
use tokio::process::Command;

use super::args;
use crate::{cli::RunArgs, suite_process};

/// The order is not known.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The program does not run, or its report is not there.
    #[error("the suite's dry run cannot be made: {0}")]
    Io(#[from] io::Error),
    /// It ended badly.
    #[error("the suite's dry run ended with {0}")]
    Failed(std::process::ExitStatus),
    /// It took too long.
    #[error("the suite's dry run takes more than {} s", .0.as_secs())]
    Timeout(Duration),
    /// Its report cannot be read.
    #[error("the suite's dry run has no report: {0}")]
    Report(#[from] ReportError),
    /// The program gave up reading.
    #[error("the report of the suite's dry run was not read")]
    Unread,
}

/// Every test of the suite, in the order of its processes.
pub async fn ask(args: &RunArgs, selection: &Selection) -> Result<Vec<TestName>, OrderError> {
    // Beside the results, since whatever is among them is kept.
    let report: PathBuf = args
        .results_dir
        .parent()
        .unwrap_or(&args.results_dir)
        .join("conform-order.json");
    let mut command = Command::new(&args.e2e_test);
    command
        .args(args::dry_run(args, selection, &report))
        .current_dir(args::folder(args))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    suite_process::clean_environment(&mut command);
    let asked = async {
        let status = command.status().await?;
        if !status.success() {
            return Err(OrderError::Failed(status));
        }
        let file = File::open(&report)?;
        tokio::task::spawn_blocking(|| ginkgo_report::read_order(file, &Limits::default()))
            .await
            .map_err(|_| OrderError::Unread)?
            .map_err(OrderError::Report)
    };
    let order = tokio::time::timeout(args.ask_timeout, asked).await;
    let _ = std::fs::remove_file(&report);
    order.map_err(|_| OrderError::Timeout(args.ask_timeout))?
}
