//! Any bytes are read or refused as a JUnit file; what is kept does not change what is found.

use std::io::BufReader;

use conform_suite::{Case, Junit, Limits, junit};

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let limits = Limits {
        tag: 4096,
        text: 4096,
        ..Limits::default()
    };
    let all = junit::read(bytes, &limits);
    // How the bytes arrive says nothing.
    assert_eq!(all, junit::read(BufReader::with_capacity(7, bytes), &limits));
    let telling = junit::read_telling(bytes, &limits);
    match (all, telling) {
        (Ok(all), Ok(telling)) => {
            assert!(all.cases.is_sorted_by(|a, b| a.name < b.name));
            // What only a constraint marks may be kept or not, if the same test comes without it.
            let tells = |case: &&Case| {
                !case.filtered || case.name.has_tag("Conformance") || case.name.has_tag("FutureConformance")
            };
            let told: Vec<_> = all.cases.iter().filter(tells).collect();
            assert_eq!(telling.cases.iter().filter(tells).collect::<Vec<_>>(), told);
            assert_eq!(telling.filtered, all.filtered);
            let twice = Junit::join([all.clone(), all.clone()]).unwrap_or_default();
            assert_eq!(twice.cases, all.cases);
        }
        (Err(all), Err(telling)) => assert_eq!(all, telling),
        (all, telling) => panic!("{all:?} {telling:?}"),
    }
}
