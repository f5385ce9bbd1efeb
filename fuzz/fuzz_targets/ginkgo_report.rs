//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/ginkgo_report.rs"]
mod ginkgo_report;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ginkgo_report::check(bytes));
