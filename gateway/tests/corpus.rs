//! What the fuzz target starts from, through the check that it makes: a check that no longer compiles or holds is seen without a
//! nightly compiler.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "checks of tests")]

use std::{fs, path::PathBuf};

#[path = "../../fuzz/checks/gateway_report.rs"]
mod gateway_report;

#[test]
fn every_seed_of_the_fuzz_target_holds() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/gateway_report");
    let mut seeds = 0;
    for entry in fs::read_dir(folder).unwrap() {
        gateway_report::check(&fs::read(entry.unwrap().path()).unwrap());
        seeds += 1;
    }
    assert!(seeds > 0);
}
