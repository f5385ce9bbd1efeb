//! `watch`: follow a run to its end.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    cluster::Cluster,
    condition,
    error::Error,
    exit::ExitStatus,
    follow::{Followed, follow},
    output::{self, ObjectFormat},
    printer::Printer,
    progress::Display,
    render,
    time::parse_duration,
};

/// Options of `watch`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
    /// How long to follow the run
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    timeout: Option<Duration>,
}

/// Follows a run and shows its table; the exit code is its verdict.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    to_the_end(cluster, &args.name, args.timeout, None, printer).await
}

/// Follows a run and shows how far it is.
pub async fn followed(
    cluster: &Cluster,
    name: &str,
    limit: Option<Duration>,
    printer: &Printer,
) -> Result<Followed, Error> {
    let mut display = Display::new(printer);
    let followed = follow(cluster, name, limit, &mut display).await;
    display.finish();
    followed
}

/// Follows a run; then shows its table, or the object in another format.
pub async fn to_the_end(
    cluster: &Cluster,
    name: &str,
    limit: Option<Duration>,
    format: Option<ObjectFormat>,
    printer: &Printer,
) -> Result<ExitStatus, Error> {
    match followed(cluster, name, limit, printer).await? {
        Followed::Finished(run) => {
            match format {
                Some(format) => output::object(printer, run.as_ref(), format)?,
                None => printer.out(&render::status(&run, Timestamp::now(), printer.width()))?,
            }
            Ok(condition::exit_status(&run))
        }
        Followed::Interrupted => {
            printer.note(&format!(
                "Run {name} goes on. `kubectl conform watch {name}` looks again, `kubectl conform cancel {name}` stops it."
            ));
            Ok(ExitStatus::Undecided)
        }
    }
}
