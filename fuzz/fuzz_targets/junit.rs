//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/junit.rs"]
mod junit;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| junit::check(bytes));
