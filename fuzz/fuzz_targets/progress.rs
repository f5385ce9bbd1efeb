//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/progress.rs"]
mod progress;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| progress::check(bytes));
