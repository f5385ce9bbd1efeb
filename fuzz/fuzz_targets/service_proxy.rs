//! Looks for bytes that the check fails on.
#![no_main]

#[path = "../checks/service_proxy.rs"]
mod service_proxy;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| service_proxy::check(bytes));
