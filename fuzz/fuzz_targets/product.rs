//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/product.rs"]
mod product;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| product::check(bytes));
