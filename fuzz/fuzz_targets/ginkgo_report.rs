//! Any bytes are read or refused as a report of Ginkgo's.
#![no_main]

use conform_suite::{Junit, Limits, ginkgo_report};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits {
        text: 4096,
        ..Limits::default()
    };
    let all = ginkgo_report::read(bytes, &limits);
    let measured = ginkgo_report::read_measured(bytes, &limits);
    match (all, measured) {
        (Ok(all), Ok(measured)) => {
            let started: Vec<_> = all.cases.iter().filter(|case| !case.filtered).collect();
            assert_eq!(measured.cases.iter().collect::<Vec<_>>(), started);
            assert_eq!(Junit::from(all.clone()).cases, all.cases);
        }
        (all, measured) => assert_eq!(all.is_err(), measured.is_err()),
    }
});
