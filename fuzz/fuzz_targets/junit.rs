//! Any bytes are read or refused as a JUnit file; what is kept does not change what is found.
#![no_main]

use std::io::BufReader;

use conform_suite::{Junit, Limits, junit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        tag: 4096,
        text: 4096,
        ..Limits::default()
    };
    let all = junit::read(bytes, &limits);
    // How the bytes arrive says nothing.
    assert_eq!(all, junit::read(BufReader::with_capacity(7, bytes), &limits));
    let measured = junit::read_measured(bytes, &limits);
    match (all, measured) {
        (Ok(all), Ok(measured)) => {
            assert!(all.cases.is_sorted_by(|a, b| a.name < b.name));
            let started: Vec<_> = all.cases.iter().filter(|case| !case.filtered).collect();
            assert_eq!(measured.cases.iter().collect::<Vec<_>>(), started);
            assert_eq!(measured.filtered, all.filtered);
            let twice = Junit::join([all.clone(), all.clone()]).unwrap_or_default();
            assert_eq!(twice.cases, all.cases);
        }
        (Err(all), Err(measured)) => assert_eq!(all, measured),
        (all, measured) => panic!("{all:?} {measured:?}"),
    }
});
