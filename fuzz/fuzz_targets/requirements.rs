//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/requirements.rs"]
mod requirements;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| requirements::check(bytes));
