//! `status`: present and future side by side.

use jiff::Timestamp;

use crate::{
    cluster::Cluster,
    condition,
    error::Error,
    exit::ExitStatus,
    output::{self, ObjectFormat},
    printer::Printer,
    render,
};

/// Options of `status`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
    /// Print the object instead
    #[arg(short, long, value_enum)]
    output: Option<ObjectFormat>,
}

/// Shows one run; the exit code is its verdict.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    let run = cluster.run(&args.name).await?;
    match args.output {
        Some(format) => output::object(printer, &run, format)?,
        None => printer.out(&render::status(&run, Timestamp::now(), printer.width()))?,
    }
    Ok(condition::exit_status(&run))
}
