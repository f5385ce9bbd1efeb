//! What the fuzz targets start from, through the checks that they make: a check that no longer compiles or holds is seen
//! without a nightly compiler.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "checks of tests"
)]

use std::{fs, path::PathBuf};

use rstest::rstest;

#[path = "../../fuzz/checks/archive.rs"]
mod archive;
#[path = "../../fuzz/checks/ginkgo_report.rs"]
mod ginkgo_report;
#[path = "../../fuzz/checks/inventory.rs"]
mod inventory;
#[path = "../../fuzz/checks/junit.rs"]
mod junit;
#[path = "../../fuzz/checks/log.rs"]
mod log;
#[path = "../../fuzz/checks/product.rs"]
mod product;
#[path = "../../fuzz/checks/progress.rs"]
mod progress;
#[path = "../../fuzz/checks/requirements.rs"]
mod requirements;

#[rstest]
#[case("archive", archive::check)]
#[case("ginkgo_report", ginkgo_report::check)]
#[case("inventory", inventory::check)]
#[case("junit", junit::check)]
#[case("log", log::check)]
#[case("product", product::check)]
#[case("progress", progress::check)]
#[case("requirements", requirements::check)]
fn every_seed_of_the_fuzz_targets_holds(#[case] target: &str, #[case] check: fn(&[u8])) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let mut seeds = 0;
    for entry in fs::read_dir(folder).unwrap() {
        check(&fs::read(entry.unwrap().path()).unwrap());
        seeds += 1;
    }
    assert!(seeds > 0);
}
