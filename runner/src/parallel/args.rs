//! How the suite's program is called: as `ginkgo --procs=N` calls it, which needs no ginkgo then.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use conform_suite::Selection;

use crate::{cli::RunArgs, suite_process};

/// The order of tests is made with a seed. Any will do, if only all processes have the same: the longest test goes first
/// whatever it is, and with one seed two runs are alike.
const SEED: &str = "--ginkgo.seed=1";

/// Which of the processes one is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Its number, from 1.
    pub process: u16,
    /// How many there are.
    pub total: u16,
    /// Where it finds the others.
    pub host: &'a str,
}

/// What a process of a parallel run is called with.
pub fn process(
    args: &RunArgs,
    selection: &Selection,
    absent_nodes: usize,
    place: Place<'_>,
) -> Vec<OsString> {
    let Place { process, total, host } = place;
    let mut all = common(selection);
    all.extend(["--ginkgo.v", "--ginkgo.timeout=24h", "--ginkgo.grace-period=30s"].map(OsString::from));
    all.push(format!("--ginkgo.parallel.process={process}").into());
    all.push(format!("--ginkgo.parallel.total={total}").into());
    all.push(format!("--ginkgo.parallel.host={host}").into());
    all.extend(suite_process::program_arguments(
        args,
        absent_nodes,
        std::env::var_os("KUBECONFIG"),
    ));
    all
}

/// What the program is called with to walk its tests without running them, and to write them to `report`.
pub fn dry_run(args: &RunArgs, selection: &Selection, report: &Path) -> Vec<OsString> {
    let mut all = common(selection);
    all.extend(["--ginkgo.dry-run", "--ginkgo.succinct", "--ginkgo.silence-skips"].map(OsString::from));
    let mut flag = OsString::from("--ginkgo.json-report=");
    flag.push(report);
    all.push(flag);
    all.push(format!("--provider={}", args.provider).into());
    all
}

/// The folder that ginkgo starts the program in.
pub fn folder(args: &RunArgs) -> PathBuf {
    args.e2e_test.parent().unwrap_or(&args.e2e_test).to_owned()
}

fn common(selection: &Selection) -> Vec<OsString> {
    let mut all = vec!["--test.timeout=0".into(), SEED.into(), "--ginkgo.no-color".into()];
    // The same flags have a prefix without ginkgo in front.
    all.extend(
        selection
            .ginkgo_args()
            .iter()
            .map(|flag| format!("--ginkgo.{}", flag.trim_start_matches("--")).into()),
    );
    all
}
