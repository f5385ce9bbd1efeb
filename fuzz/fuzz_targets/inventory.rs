//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/inventory.rs"]
mod inventory;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| inventory::check(bytes));
