//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/gateway_report.rs"]
mod gateway_report;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gateway_report::check(bytes));
