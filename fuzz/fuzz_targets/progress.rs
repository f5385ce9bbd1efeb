//! Any bodies are read or refused as progress reports, one a line, and their order says nothing.
#![no_main]

use conform_suite::progress::{self, Ledger};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let events: Vec<_> = bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|body| progress::parse(body).ok())
        .collect();
    let (mut forwards, mut backwards) = (Ledger::default(), Ledger::default());
    for event in &events {
        forwards.take(event);
    }
    for event in events.iter().rev().chain(&events) {
        backwards.take(event);
    }
    assert_eq!(forwards, backwards);
});
