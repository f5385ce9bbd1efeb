//! conform beside its peers: the same tests, the same cluster, one after the other.

mod handing_in;
mod meter;
mod modes;
mod offline;
mod peers;
mod probe;
mod runs;
mod scale;
mod service_proxy;

use std::path::PathBuf;

use anyhow::Result;
use conform_crds::names;

use crate::{cluster::Cluster, images, plugin::plugin, printer, process::run};

/// Options of `bench`.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// How often each program runs the list
    #[arg(long, default_value_t = 1)]
    pub rounds: u32,
    /// Leave hydrophone out
    #[arg(long)]
    pub no_hydrophone: bool,
    /// Test processes of part modes's parallel rows; may be repeated, or several with commas
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [4, 8])]
    pub processes: Vec<u16>,
    /// Leave part modes's serial rows out, which take the longest
    #[arg(long)]
    pub no_serial: bool,
    /// Only this part
    #[arg(long, value_enum)]
    pub only: Option<Part>,
    /// The JUnit file that part offline judges; by default what the run has left, or a whole passed run of the project's making
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// How much history part scale has
    #[command(flatten)]
    pub scale: scale::ScaleArgs,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Runs on the testbed, beside ginkgo and hydrophone
    Runs,
    /// A list of 105 tests: certified and fast runs beside hydrophone, serial and parallel
    Modes,
    /// Files, without a cluster
    Offline,
    /// Pages, bundles and imports, without a cluster
    HandingIn,
    /// The model of a service proxy, beside kube-proxy's code; needs no cluster
    ServiceProxy,
    /// The network probes, all of them, on the testbed
    Probe,
    /// The operator alone, with 1,000 schedules and 20,000 finished runs, on a testbed of its own
    Scale,
}

/// Measures and prints.
pub fn bench(args: &BenchArgs) -> Result<()> {
    if args.only == Some(Part::ServiceProxy) {
        return service_proxy::measure();
    }
    if args.only == Some(Part::Scale) {
        return scale::measure(&args.scale);
    }
    let folder = tempfile::tempdir()?;
    if args.only == Some(Part::Offline) {
        let plugin = images::build_plugin()?;
        let junit = args.junit.clone();
        let junit = junit.map_or_else(|| offline::passed_run(folder.path()), Ok)?;
        offline::measure(&plugin, &junit)?;
        return handing_in::measure(&plugin);
    }
    if args.only == Some(Part::HandingIn) {
        return handing_in::measure(&images::build_plugin()?);
    }
    let images = images::build()?;
    let cluster = Cluster::testbed(&images)?;
    run(&mut plugin(&images.plugin, &cluster, &["install"]))?;
    if args.only == Some(Part::Modes) {
        return modes::measure(&images, &cluster, &args.processes, !args.no_serial);
    }
    if args.only == Some(Part::Probe) {
        return probe::measure(&images, &cluster);
    }
    for round in 1..=args.rounds {
        printer::step(&format!("round {round} of {}", args.rounds));
        runs::measure(&images, &cluster, !args.no_hydrophone, folder.path())?;
    }
    if args.only == Some(Part::Runs) {
        return Ok(());
    }
    let of_run = folder.path().join(names::JUNIT);
    offline::measure(&images.plugin, args.junit.as_ref().unwrap_or(&of_run))?;
    handing_in::measure(&images.plugin)?;
    probe::measure(&images, &cluster)?;
    service_proxy::measure()
}
