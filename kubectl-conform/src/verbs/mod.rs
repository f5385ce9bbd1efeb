//! One file a verb.

mod bundle;
mod cancel;
mod capabilities;
mod cleanup;
mod completion;
mod components;
mod create;
mod delete;
mod diff;
mod evaluate;
mod explain;
mod get;
mod images;
mod import;
mod install;
mod logs;
mod preflight;
mod profiles;
mod readiness;
mod report;
mod rerun;
mod results;
mod retrieve;
mod run;
mod schedule;
mod servicecidr;
mod serviceproxy;
mod status;
mod tests;
mod uninstall;
mod verify;
mod version;
mod watch;

#[cfg(test)]
pub use bundle::of_run as bundle_for_test;
#[cfg(test)]
pub use cleanup::left_behind as left_behind_for_test;
#[cfg(test)]
pub use import::store as store_import;
#[cfg(test)]
pub use schedule::history as schedule_history;

use clap::Subcommand;
use conform_suite::{Release, catalogue::upstream};

use crate::{cli::Cli, cluster::Cluster, error::Error, exit::ExitStatus, printer::Printer};

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Install the custom resources and the operator, or bring them up to this plugin's version
    Install(install::Args),
    /// Remove everything that was installed, and every run
    Uninstall(uninstall::Args),
    /// Start a conformance run
    Run(run::Args),
    /// Start a run like an earlier one, of all its tests or of those that did not pass
    Rerun(rerun::Args),
    /// Look whether the cluster is fit for a run, without running a test
    Preflight(preflight::Args),
    /// List runs
    Get(get::Args),
    /// Show what a run says of the cluster, now and later
    Status(status::Args),
    /// Follow a run to its end
    Watch(watch::Args),
    /// List the tests of a run with their outcomes
    Results(results::Args),
    /// Show the suite's output
    Logs(logs::Args),
    /// Save the files that the suite wrote
    Retrieve(retrieve::Args),
    /// Stop a run and keep what it measured
    Cancel(cancel::Args),
    /// Delete runs with everything that they made
    Delete(delete::Args),
    /// Show and remove what is left of runs that have finished or are gone
    Cleanup(cleanup::Args),
    /// Have runs made again and again
    #[command(subcommand)]
    Schedule(schedule::Schedule),
    /// Bring results from elsewhere into the cluster as a run
    Import(import::Args),
    /// Judge files of a run, without a cluster
    Evaluate(evaluate::Args),
    /// Put together what is handed in for certification
    Bundle(bundle::Args),
    /// Look whether what is handed in for certification would be taken
    Verify(verify::Args),
    /// Make and check reports of Gateway API's suite and checklists of AI conformance; show several clusters
    #[command(subcommand)]
    Report(report::Report),
    /// Compare two runs, of the cluster or by their files
    Diff(diff::Args),
    /// Show what a later release will ask of a cluster, and what of that it meets
    Readiness(readiness::Args),
    /// List what a release requires, and what later ones will
    Tests(tests::Args),
    /// Tell the story of a test or a feature
    Explain(explain::Args),
    /// Say what a service proxy has to do on a node, or serve it
    #[command(subcommand)]
    Serviceproxy(serviceproxy::ServiceProxy),
    /// Name what implements each area of the cluster
    Components(components::Args),
    /// Measure what the cluster's service proxy does, feature by feature
    Capabilities(capabilities::Args),
    /// Look whether the cluster can live with a further range of Service addresses
    #[command(subcommand)]
    Servicecidr(servicecidr::ServiceCidr),
    /// List the profiles: those that are built in, and the cluster's own
    Profiles(profiles::Args),
    /// List the images that a run needs, for a registry of your own
    Images(images::Args),
    /// Show the versions of plugin, operator and cluster
    Version(version::Args),
    /// Print a completion script
    Completion(completion::Args),
}

/// Does what was asked for. The cluster is looked for only by verbs that need one.
pub async fn run(cli: &Cli, printer: &Printer) -> Result<ExitStatus, Error> {
    let global = &cli.global;
    let done = |()| ExitStatus::Done;
    match &cli.verb {
        Verb::Install(args) => Box::pin(install::run(args, global, printer)).await.map(done),
        Verb::Uninstall(args) => uninstall::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Run(args) => Box::pin(run::run(args, global, printer)).await,
        Verb::Rerun(args) => Box::pin(rerun::run(args, global, printer)).await,
        Verb::Preflight(args) => preflight::run(args, &Cluster::connect(global).await?, printer).await,
        Verb::Get(args) => get::run(args, global, printer).await,
        Verb::Status(args) => status::run(args, &Cluster::connect(global).await?, printer).await,
        Verb::Watch(args) => watch::run(args, &Cluster::connect(global).await?, printer).await,
        Verb::Results(args) => results::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Logs(args) => logs::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Retrieve(args) => retrieve::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Cancel(args) => cancel::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Delete(args) => delete::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Cleanup(args) => cleanup::run(args, &Cluster::connect(global).await?, printer)
            .await
            .map(done),
        Verb::Schedule(verb) => schedule::run(verb, global, printer).await.map(done),
        Verb::Import(args) => Box::pin(import::run(args, global, printer)).await,
        Verb::Evaluate(args) => evaluate::run(args, printer),
        Verb::Bundle(args) => Box::pin(bundle::run(args, global, printer)).await,
        Verb::Verify(args) => Box::pin(verify::run(args, global, printer)).await,
        Verb::Report(verb) => Box::pin(report::run(verb, global, printer)).await,
        Verb::Diff(args) => diff::run(args, global, printer).await,
        Verb::Readiness(args) => readiness::run(args, global, printer).await,
        Verb::Tests(args) => tests::run(args, printer).map(done),
        Verb::Explain(args) => explain::run(args, printer).map(done),
        Verb::Serviceproxy(verb) => Box::pin(serviceproxy::run(verb, global, printer)).await,
        Verb::Components(args) => components::run(args, &Cluster::connect(global).await?, printer).await,
        Verb::Capabilities(args) => capabilities::run(args, &Cluster::connect(global).await?, printer).await,
        Verb::Servicecidr(verb) => servicecidr::run(verb, global, printer).await,
        Verb::Profiles(args) => profiles::run(args, global, printer).await.map(done),
        Verb::Images(args) => images::run(args, global, printer).await.map(done),
        Verb::Version(args) => version::run(args, global, printer).await.map(done),
        Verb::Completion(args) => completion::run(args, printer).map(done),
    }
}

/// The release that was given, or the newest whose requirements are known.
fn release_or_newest(given: Option<Release>) -> Release {
    given
        .or_else(|| upstream().newest())
        .unwrap_or(Release::new(1, 0))
}
