//! Any bytes are read or refused as a report of Ginkgo's.

use conform_suite::{Case, Junit, Limits, ginkgo_report};

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let limits = Limits {
        text: 4096,
        ..Limits::default()
    };
    let all = ginkgo_report::read(bytes, &limits);
    let telling = ginkgo_report::read_telling(bytes, &limits);
    match (all, telling) {
        (Ok(all), Ok(telling)) => {
            // What only a constraint marks may be kept or not, if the same test comes without it.
            let tells = |case: &&Case| {
                !case.filtered || case.name.has_tag("Conformance") || case.name.has_tag("FutureConformance")
            };
            let told: Vec<_> = all.cases.iter().filter(tells).collect();
            assert_eq!(telling.cases.iter().filter(tells).collect::<Vec<_>>(), told);
            assert_eq!(Junit::from(all.clone()).cases, all.cases);
        }
        (all, telling) => assert_eq!(all.is_err(), telling.is_err()),
    }
}
