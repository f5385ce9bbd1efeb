//! Who may take a Lease, seen with one's own clock alone.

use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
};
use rstest::rstest;
use tokio::time::{Duration, Instant};

use crate::leader::claim::{Claim, Watched};

fn held(holder: Option<&str>, seconds: Option<i32>, renewed: &str) -> Lease {
    Lease {
        metadata: ObjectMeta {
            resource_version: Some("7".into()),
            ..ObjectMeta::default()
        },
        spec: Some(LeaseSpec {
            holder_identity: holder.map(str::to_owned),
            lease_duration_seconds: seconds,
            renew_time: Some(MicroTime(renewed.parse().unwrap())),
            ..LeaseSpec::default()
        }),
    }
}

const LONG_AGO: &str = "1999-01-01T00:00:00.000000Z";
const LATER: &str = "2126-01-01T00:00:00.000000Z";

fn take() -> Claim {
    Claim::Take(Some("7".into()))
}

#[rstest]
#[case::nobody(held(None, None, LONG_AGO), take())]
#[case::given_back(held(Some(""), Some(15), LATER), take())]
#[case::mine(held(Some("me"), Some(15), LATER), take())]
#[case::no_duration(held(Some("other"), None, LATER), take())]
#[case::hostile_duration(held(Some("other"), Some(-5), LATER), take())]
#[case::no_spec(Lease { metadata: held(None, None, LATER).metadata, spec: None }, take())]
fn may_be_taken(#[case] lease: Lease, #[case] claim: Claim) {
    assert_eq!(Watched::default().look(Some(&lease), "me", Instant::now()), claim);
}

#[test]
fn no_lease_is_to_be_made() {
    assert_eq!(
        Watched::default().look(None, "me", Instant::now()),
        Claim::Take(None)
    );
}

#[rstest]
#[case::whose_clock_is_behind(LONG_AGO)]
#[case::whose_clock_is_ahead(LATER)]
fn a_holder_has_the_whole_time_from_when_it_was_first_seen(#[case] renewed: &str) {
    let mut watched = Watched::default();
    let start = Instant::now();
    let lease = held(Some("other"), Some(15), renewed);
    let mut after = |seconds| watched.look(Some(&lease), "me", start + Duration::from_secs(seconds));
    let wait = |seconds| Claim::Wait {
        holder: "other".into(),
        left: Duration::from_secs(seconds),
    };
    assert_eq!(after(0), wait(15));
    assert_eq!(after(14), wait(1));
    assert_eq!(after(15), take());
}

#[test]
fn each_renewal_and_each_other_holder_begins_it_anew() {
    let mut watched = Watched::default();
    let start = Instant::now();
    let waits = |watched: &mut Watched, lease: &Lease, seconds| {
        let claim = watched.look(Some(lease), "me", start + Duration::from_secs(seconds));
        matches!(claim, Claim::Wait { .. })
    };
    assert!(waits(&mut watched, &held(Some("other"), Some(15), LONG_AGO), 0));
    assert!(waits(&mut watched, &held(Some("other"), Some(15), LATER), 14));
    assert!(waits(&mut watched, &held(Some("another"), Some(15), LATER), 28));
    assert!(waits(&mut watched, &held(Some("another"), Some(15), LATER), 42));
    assert!(!waits(&mut watched, &held(Some("another"), Some(15), LATER), 43));
}
