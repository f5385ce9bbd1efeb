//! `status`: present and future side by side.

use clap::ValueEnum;
use conform_crds::ConformanceRun;
use jiff::Timestamp;

use crate::{
    cluster::Cluster,
    condition,
    error::Error,
    exit::ExitStatus,
    offline::Rendering,
    output::{self, ObjectFormat},
    printer::Printer,
    render::{self, Dialect},
    run_report,
};

/// Options of `status`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
    /// Print the object or a report of the run instead
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The object as JSON
    Json,
    /// The object as YAML
    Yaml,
    /// TYPE/NAME
    Name,
    /// JUnit: a test case for each requirement
    Junit,
    /// A page for a pull request
    Markdown,
    /// A page for a browser, whole in one file
    Html,
    /// A small picture of the verdict (SVG)
    Badge,
    /// A ClusterReport of openreports.io, for tools that show policies
    Openreports,
    /// The same as a ClusterPolicyReport of wgpolicyk8s.io
    Policyreport,
}

/// Shows one run; the exit code is its verdict.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    let run = cluster.run(&args.name).await?;
    let object = |format| output::object(printer, &run, format);
    match args.output {
        None => printer.out(&render::status(&run, Timestamp::now(), printer.width()))?,
        Some(Format::Json) => object(ObjectFormat::Json)?,
        Some(Format::Yaml) => object(ObjectFormat::Yaml)?,
        Some(Format::Name) => object(ObjectFormat::Name)?,
        Some(Format::Junit) => report(&run, Rendering::Junit, cluster, printer).await?,
        Some(Format::Markdown) => report(&run, Rendering::Markdown, cluster, printer).await?,
        Some(Format::Html) => report(&run, Rendering::Html, cluster, printer).await?,
        Some(Format::Badge) => report(&run, Rendering::Badge, cluster, printer).await?,
        Some(Format::Openreports) => {
            report(&run, Rendering::Policy(Dialect::OpenReports), cluster, printer).await?;
        }
        Some(Format::Policyreport) => {
            report(&run, Rendering::Policy(Dialect::PolicyReport), cluster, printer).await?;
        }
    }
    Ok(condition::exit_status(&run))
}

async fn report(
    run: &ConformanceRun,
    rendering: Rendering,
    cluster: &Cluster,
    printer: &Printer,
) -> Result<(), Error> {
    let result = cluster.result_of(run).await?;
    rendering.write(printer, &run_report::evaluation(run, result.as_ref())?)
}
