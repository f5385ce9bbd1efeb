//! `tests`: what a release requires, and what later ones will.

use conform_suite::{
    Area, Profile, Release,
    listing::{self, Filter},
    profile,
};

use super::results::StageArg;
use crate::{error::Error, offline::ReportFormat, printer::Printer, render};

/// Options of `tests`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only tests that this profile takes, and why
    #[arg(long, value_parser = known_profile)]
    profile: Option<&'static Profile>,
    /// Only tests of this stage
    #[arg(long, value_enum)]
    stage: Option<StageArg>,
    /// Release whose tests to list; by default the newest that is known
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    /// Leave out what binds after this release
    #[arg(long, value_name = "1.M")]
    to: Option<Release>,
    /// Only tests of this part of a cluster, such as dns or service-proxy
    #[arg(long, value_parser = known_area)]
    area: Option<Area>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// Lists them.
pub fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let filter = Filter {
        profile: args.profile,
        stage: args.stage.map(StageArg::stage),
        area: args.area,
        to: args.to,
    };
    let listed = listing::listing(super::release_or_newest(args.release), &filter)
        .map_err(|error| Error::Usage(error.to_string()))?;
    if let Some((profile, os)) = args.profile.and_then(|profile| Some((profile, profile.nodes?))) {
        printer.note(&format!(
            "Profile {} is about {os} nodes: to a cluster without them it is not applicable.",
            profile.name
        ));
    }
    if listed.tests.is_empty() {
        printer.note("No tests found");
    }
    args.output.write(printer, &listed, |wide| {
        render::listing(&listed.tests, wide, printer.terminal_width())
    })
}

fn known_profile(name: &str) -> Result<&'static Profile, String> {
    profile(name).map_err(|error| error.to_string())
}

fn known_area(word: &str) -> Result<Area, String> {
    let area = Area::ALL.into_iter().find(|area| area.word() == word);
    area.ok_or_else(|| format!("the areas are {}", Area::ALL.map(Area::word).join(", ")))
}
