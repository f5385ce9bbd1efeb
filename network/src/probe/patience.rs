//! Whether session affinity ends when its time is over. Pure.

use std::collections::BTreeMap;

use conform_crds::Component;

use super::{
    feature::Feature,
    verdict::{Row, Status},
};

/// The time-out of the probe's Service, in seconds.
pub const TIMEOUT: u64 = 3;
/// How often each client comes, each time after the time-out.
pub const ROUNDS: usize = 5;

/// Who answered one client, each time that it came; nothing of a time that could not be measured.
pub type Visits = Vec<Option<BTreeMap<String, u32>>>;

/// What the visits of all clients say. Among two endpoints, a client that chooses anew comes to the same one half of the time:
/// with four clients and five visits each, all of them do so once in 65,536 probes.
pub fn judge(feature: &Feature, clients: &[(String, Visits)], components: &[Component]) -> Row {
    let mut row = Row::of(feature, components);
    let mut changes = 0_usize;
    let mut comparable = 0_usize;
    let mut unmeasured = Vec::new();
    let mut spread = Vec::new();
    for (client, visits) in clients {
        row.cells += visits.len();
        let mut before: Option<&String> = None;
        for visit in visits {
            let Some(met) = visit.as_ref().filter(|met| !met.is_empty()) else {
                unmeasured.push(format!("{client}: nobody answered"));
                before = None;
                continue;
            };
            if met.len() > 1 {
                let met: Vec<&str> = met.keys().map(String::as_str).collect();
                spread.push(format!(
                    "{client}: expected one endpoint within {TIMEOUT} s, got {}",
                    met.join(", ")
                ));
                continue;
            }
            row.same += 1;
            let now = met.keys().next();
            if before.is_some() {
                comparable += 1;
                changes += usize::from(now != before);
            }
            before = now;
        }
    }
    row.telling = comparable;
    (row.status, row.because) = if !spread.is_empty() {
        (Status::Unsupported, spread)
    } else if !unmeasured.is_empty() || comparable < ROUNDS {
        unmeasured.dedup();
        unmeasured.push(format!(
            "{comparable} visits after the time-out could be compared"
        ));
        (Status::Unevaluated, unmeasured)
    } else if changes == 0 {
        let why = format!(
            "no client came to another endpoint in {comparable} visits after the time-out of {TIMEOUT} s"
        );
        (Status::Unsupported, vec![why])
    } else {
        (Status::Supported, Vec::new())
    };
    row
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{super::features, *};

    fn client(visits: &[&[&str]]) -> (String, Visits) {
        let visits = visits.iter().map(|met| {
            let met: BTreeMap<String, u32> = met.iter().map(|who| ((*who).to_owned(), 4)).collect();
            Some(met)
        });
        ("pod on a".to_owned(), visits.collect())
    }

    #[rstest]
    #[case::ends(&[client(&[&["a"], &["b"], &["b"], &["a"], &["a"], &["b"]])], Status::Supported)]
    #[case::never_ends(&[client(&[&["a"], &["a"], &["a"], &["a"], &["a"], &["a"]])], Status::Unsupported)]
    #[case::never_holds(&[client(&[&["a", "b"], &["a"], &["b"], &["a"], &["a"], &["b"]])], Status::Unsupported)]
    #[case::silent(&[client(&[&["a"], &[], &["b"], &["a"], &["a"], &["b"], &["a"]])], Status::Unevaluated)]
    #[case::too_few(&[client(&[&["a"], &["b"]])], Status::Unevaluated)]
    #[case::nobody(&[], Status::Unevaluated)]
    fn says(#[case] clients: &[(String, Visits)], #[case] status: Status) {
        let feature = features()
            .find(|feature| feature.id == "session-affinity-timeout")
            .unwrap();
        let row = judge(feature, clients, &[]);
        assert_eq!(row.status, status, "{row:?}");
    }
}
