//! `import`: results from elsewhere as a run of the cluster.

use std::path::PathBuf;

use conform_crds::{ConformanceResult, ConformanceRun};
use conform_suite::{
    Release,
    evaluation::{Criteria, Evaluation, InputReport, evaluate},
};
use jiff::Timestamp;
use kube::{
    ResourceExt,
    api::{DeleteParams, Patch, PatchParams},
};
use serde_json::json;

use super::{create, evaluate as report, watch};
use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    import,
    offline::{self, Lists},
    output,
    printer::Printer,
};

/// Options of `import`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "An imported run starts nothing in the cluster and can never be submitted. To import takes the right to write results, \
                  which administrators of the cluster have."
)]
pub struct Args {
    /// A tarball of sonobuoy's, a folder of hydrophone's, a JUnit file, or a folder with junit_*.xml and e2e.log
    #[arg(value_name = "FILE|DIR|TARBALL")]
    input: PathBuf,
    /// Name of the run; the API server makes one up if not given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Release of the cluster; without it the archive or e2e.log says, or the tests that the file names
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    #[command(flatten)]
    lists: Lists,
    /// Wait for the verdict; it is the exit code
    #[arg(long)]
    wait: bool,
    /// Only report what the input says; no cluster is needed
    #[arg(long, conflicts_with_all = ["name", "wait"])]
    local: bool,
    /// Format of the report; nothing is imported
    #[arg(short, long, value_enum, conflicts_with_all = ["name", "wait"])]
    output: Option<report::Format>,
}

/// Makes the run and its result, or only reports.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let measured = offline::load(&args.input, args.release, printer)?;
    let suite = measured.circumstances.suite;
    let criteria = Criteria::default().with_lists(args.lists.load()?);
    let report = evaluate(&measured, &criteria, true).map_err(|error| Error::Input {
        path: args.input.clone(),
        problem: offline::unknown_release(&error),
    })?;
    if args.local || args.output.is_some() {
        let evaluation = Evaluation::new(vec![report], Vec::new());
        report::write(args.output.unwrap_or_default(), &evaluation, printer)?;
        return Ok(offline::exit_status(evaluation.total.verdict));
    }
    // A run in the cluster keeps outcomes only, and from those of a part that passed it would follow that all did.
    if let Some(cut) = report.cut().filter(|_| report.present.failed == 0) {
        return Err(Error::Input {
            path: args.input.clone(),
            problem: format!(
                "{cut}, and what is missing may have failed: it is not imported. --local says what there is"
            ),
        });
    }
    let cluster = Cluster::connect(global).await?;
    let name = store(&report, suite, args.name.as_deref(), &cluster, Timestamp::now()).await?;
    printer.out(&format!("{} imported", output::spoken::<ConformanceRun>(&name)))?;
    if args.wait {
        return watch::to_the_end(&cluster, &name, None, None, printer).await;
    }
    Ok(ExitStatus::Done)
}

/// Makes both objects. A run whose outcomes cannot be written is taken back: it would wait for them in vain.
pub async fn store(
    report: &InputReport,
    suite: Release,
    name: Option<&str>,
    cluster: &Cluster,
    now: Timestamp,
) -> Result<String, Error> {
    let made = create::send(cluster, &import::run(report, name), false).await?;
    let stored = write(&import::result(&made, report, suite, now), cluster).await;
    if let Err(error) = stored {
        let _ = cluster
            .runs()
            .delete(&made.name_any(), &DeleteParams::default())
            .await;
        return Err(error);
    }
    Ok(made.name_any())
}

async fn write(result: &ConformanceResult, cluster: &Cluster) -> Result<(), Error> {
    create::send(cluster, result, false).await?;
    let parameters = PatchParams {
        field_manager: Some(crate::install::FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let status = Patch::Merge(json!({ "status": result.status }));
    let written = cluster
        .results()
        .patch_status(&result.name_any(), &parameters, &status)
        .await;
    written.map(drop).map_err(|error| cluster.explain(error))
}
