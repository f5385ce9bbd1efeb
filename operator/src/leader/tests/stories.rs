//! What becomes of the Lease when operators come, go, and fall silent.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::server::{LEASE, Mood, Operator, Server, pass};
use crate::leader::{Standing, Terms};

/// What a client may need beside the waiting itself.
const SLACK: Duration = Duration::from_millis(10);

fn terms() -> Terms {
    Terms::of(LEASE)
}

#[tokio::test(start_paused = true)]
async fn one_leads_and_the_other_stands_by_and_is_ready() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    let second = Operator::start(&server, "second");
    pass(LEASE * 10).await;
    assert!(first.leads() && first.fence.is_open());
    assert_eq!(*second.standing.borrow(), Standing::StandsBy);
    assert!(!second.fence.is_open());
    assert_eq!(server.holder().as_deref(), Some("first"));
    assert_eq!(server.transitions(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn who_stands_by_takes_over_within_the_lease_when_the_leader_is_killed() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    let mut second = Operator::start(&server, "second");
    pass(LEASE * 3).await;
    first.kill();
    let took = second.until_it_leads().await;
    assert!(took <= LEASE + terms().retry + SLACK, "{took:?}");
    assert!(took + terms().renew + SLACK >= LEASE, "{took:?}");
    assert_eq!(server.transitions(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_asked_to_stop_gives_the_lease_back() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    let mut second = Operator::start(&server, "second");
    pass(LEASE).await;
    first.terminate().await;
    assert_ne!(server.holder().as_deref(), Some("first"));
    let took = second.until_it_leads().await;
    assert!(took <= terms().retry + SLACK, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn who_stands_by_ends_when_it_is_asked_to() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    let second = Operator::start(&server, "second");
    pass(LEASE).await;
    second.terminate().await;
    assert_eq!(server.holder().as_deref(), Some("first"));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_cannot_renew_stops_before_another_may_start() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    pass(LEASE).await;
    server.set(Mood::Silent);
    let held = first.until_it_does_not_lead().await;
    assert!(held <= terms().give_up + SLACK, "{held:?}");
    assert!(!first.fence.is_open());
    server.set(Mood::Answers);
    first.until_it_leads().await;
    assert_eq!(server.transitions(), Some(1), "it has its own Lease again");
}

#[tokio::test(start_paused = true)]
async fn a_short_silence_costs_nothing() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    for _ in 0..20 {
        server.set(Mood::Silent);
        pass(terms().request).await;
        server.set(Mood::Answers);
        pass(terms().renew).await;
        assert!(first.leads());
    }
}

#[tokio::test(start_paused = true)]
async fn a_container_that_is_started_again_leads_at_once() {
    let server = Server::default();
    let mut first = Operator::start(&server, "pod");
    first.until_it_leads().await;
    first.kill();
    let took = Operator::start(&server, "pod").until_it_leads().await;
    assert!(took <= SLACK, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_somebody_takes_by_force_is_his() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    server.write(&json!({ "holderIdentity": "thief", "leaseDurationSeconds": 2_000_000_000 }));
    let held = first.until_it_does_not_lead().await;
    assert!(held <= terms().renew + SLACK, "{held:?}");
    // A thief that says nothing more holds it for a bounded time, whatever he wrote.
    let took = first.until_it_leads().await;
    assert!(took <= Duration::from_mins(6), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_label_on_the_lease_takes_it_from_nobody() {
    let server = Server::default();
    let mut first = Operator::start(&server, "first");
    first.until_it_leads().await;
    let spec = server.0.lock().unwrap().lease.clone().unwrap()["spec"].clone();
    server.write(&spec);
    pass(LEASE * 3).await;
    assert!(first.leads());
    assert_eq!(server.transitions(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn who_may_not_read_the_lease_is_not_ready() {
    let server = Server::default();
    server.set(Mood::Forbids);
    let mut first = Operator::start(&server, "first");
    pass(LEASE).await;
    assert_eq!(*first.standing.borrow(), Standing::NoLease);
    server.set(Mood::Answers);
    first.until_it_leads().await;
}

/// What happens to the operators or to their API server.
#[derive(Clone, Debug)]
enum Event {
    Start(usize),
    Kill(usize),
    Terminate(usize),
    Silence,
    Answers,
    Pass(u64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (0..3_usize).prop_map(Event::Start),
        2 => (0..3_usize).prop_map(Event::Kill),
        1 => (0..3_usize).prop_map(Event::Terminate),
        2 => Just(Event::Silence),
        3 => Just(Event::Answers),
        6 => (1..40_u64).prop_map(Event::Pass),
    ]
}

async fn never_two(events: Vec<Event>) {
    let server = Server::default();
    let mut operators: [Option<Operator>; 3] = [None, None, None];
    let mut born = 0;
    for event in events {
        match event {
            Event::Start(place) if operators[place].is_none() => {
                born += 1;
                operators[place] = Some(Operator::start(&server, &format!("pod-{born}")));
            }
            Event::Start(_) => {}
            Event::Kill(place) => {
                if let Some(operator) = operators[place].take() {
                    operator.kill();
                }
            }
            Event::Terminate(place) => {
                if let Some(operator) = operators[place].take() {
                    operator.terminate().await;
                }
            }
            Event::Silence => server.set(Mood::Silent),
            Event::Answers => server.set(Mood::Answers),
            Event::Pass(seconds) => {
                for _ in 0..seconds * 2 {
                    pass(Duration::from_millis(500)).await;
                    let open = operators
                        .iter()
                        .flatten()
                        .filter(|operator| operator.fence.is_open());
                    assert!(open.count() <= 1, "two operators may act");
                }
            }
        }
    }
    server.set(Mood::Answers);
    if operators.iter().flatten().next().is_some() {
        pass(LEASE * 3).await;
        assert_eq!(
            operators
                .iter()
                .flatten()
                .filter(|operator| operator.leads())
                .count(),
            1
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn two_operators_never_act_at_once_and_one_does_in_the_end(events in prop::collection::vec(event(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(never_two(events));
    }
}
