//! `schedule list`.

use conform_crds::ConformanceSchedule;
use jiff::Timestamp;
use kube::{ResourceExt, api::ListParams};

use crate::{
    cluster::Cluster,
    error::Error,
    output::{self, Format},
    printer::Printer,
    render,
};

/// Options of `schedule list`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Output format
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

/// Lists all schedules.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let listed = cluster.schedules().list(&ListParams::default()).await;
    let schedules = listed.map_err(|error| cluster.explain(error))?.items;
    match args.output {
        Some(Format::Json) => output::json(printer, &output::list(&schedules)?),
        Some(Format::Yaml) => output::yaml(printer, &output::list(&schedules)?),
        Some(Format::Name) => schedules.iter().try_for_each(|schedule| {
            printer.out(&output::spoken::<ConformanceSchedule>(&schedule.name_any()))
        }),
        Some(Format::Wide) | None if schedules.is_empty() => {
            printer.note("No resources found");
            Ok(())
        }
        Some(Format::Wide) => printer.out(&render::schedules(&schedules, Timestamp::now(), true)),
        None => printer.out(&render::schedules(&schedules, Timestamp::now(), false)),
    }
}
