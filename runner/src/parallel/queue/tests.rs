use std::time::Duration;

use proptest::prelude::*;

use super::*;

fn name(text: &str) -> TestName {
    TestName::new(text).unwrap()
}

fn names(texts: &[&str]) -> Vec<TestName> {
    texts.iter().map(|text| name(text)).collect()
}

fn durations(of: &[(&str, u64)]) -> Durations {
    Durations::default().with_history(
        of.iter()
            .map(|(text, seconds)| (name(text), Duration::from_secs(*seconds))),
    )
}

#[test]
fn a_disruptive_test_waits_until_nothing_runs_and_lets_nothing_run_beside_it() {
    let mut queue = Queue::new();
    let order = names(&["w [Disruptive]", "a", "b", "v [Disruptive]"]);
    let selected = order.iter().cloned().collect();
    let lengths = durations(&[("w [Disruptive]", 99), ("a", 2), ("b", 1), ("v [Disruptive]", 3)]);
    assert!(queue.plan(&order, &selected, &lengths));
    assert_eq!((queue.next(1), queue.next(2)), (Next::Index(1), Next::Index(2)));
    assert_eq!(queue.next(1), Next::Later, "process 2 still runs a test");
    assert_eq!(queue.next(2), Next::Index(0));
    assert_eq!(queue.next(1), Next::Later, "the disruptive one runs");
    assert_eq!(queue.gone(2), Some(name("w [Disruptive]")));
    assert_eq!(queue.next(1), Next::Index(3));
    assert_eq!(queue.next(1), Next::Index(PAST_THE_END));
}

#[test]
fn the_longest_selected_test_goes_first_and_serial_ones_never() {
    let mut queue = Queue::new();
    assert_eq!(queue.next(1), Next::Later);
    let order = names(&["a", "x [Serial]", "b", "c", "d"]);
    let selected = names(&["a", "c", "d", "x [Serial]"]).into_iter().collect();
    assert!(queue.plan(
        &order,
        &selected,
        &durations(&[("a", 1), ("c", 9), ("d", 3), ("x [Serial]", 99)])
    ));
    // Without `x`, `c` is at place 2.
    assert_eq!(queue.next(1), Next::Index(2));
    assert_eq!(queue.running(1), Some(&name("c")));
    assert!(queue.has_more_than(1) && !queue.has_more_than(2));
    assert_eq!(queue.next(2), Next::Index(3));
    assert_eq!(queue.ended(1, &name("c")), Check::Agrees);
    assert_eq!(queue.next(1), Next::Index(0));
    assert_eq!(queue.next(2), Next::Index(PAST_THE_END));
    assert_eq!(queue.running(2), None);
    // What process 1 runs alone afterwards was not handed out.
    assert_eq!(queue.next(1), Next::Index(PAST_THE_END));
    assert_eq!(queue.ended(1, &name("x [Serial]")), Check::Agrees);
}

#[test]
fn a_selected_test_that_is_not_in_the_order_means_plain_order() {
    let mut queue = Queue::new();
    let selected = names(&["a", "z"]).into_iter().collect();
    assert!(!queue.plan(&names(&["a", "b"]), &selected, &Durations::default()));
    assert_eq!((queue.next(1), queue.next(2)), (Next::Index(0), Next::Index(1)));
}

#[test]
fn a_wrong_order_is_seen_and_nothing_is_handed_out_twice() {
    let mut queue = Queue::new();
    let order = names(&["a", "b", "c", "d"]);
    queue.plan(
        &order,
        &order.iter().cloned().collect(),
        &durations(&[("b", 90), ("d", 80)]),
    );
    assert_eq!((queue.next(1), queue.next(2)), (Next::Index(1), Next::Index(3)));
    let differs = Check::Differs {
        index: 1,
        expected: name("b"),
    };
    assert_eq!(queue.ended(1, &name("c")), differs);
    assert_eq!(queue.next(1), Next::Index(0));
    // What was handed out before the difference was seen still ends under its own name.
    queue.ended(2, &name("d"));
    assert_eq!((queue.next(2), queue.next(1)), (Next::Index(2), Next::Index(4)));
}

#[test]
fn a_closed_queue_hands_out_nothing() {
    let mut queue = Queue::new();
    queue.close();
    assert_eq!(queue.next(1), Next::Index(PAST_THE_END));
    assert!(!queue.has_more_than(0));
}

proptest! {
    /// Processes that hold `real` lists, a queue that believes `believed`: every selected test runs exactly once.
    #[test]
    fn every_selected_test_runs_once_whatever_the_order_really_is(
        real in Just((0..24_u32).collect::<Vec<_>>()).prop_shuffle(),
        believed in Just((0..24_u32).collect::<Vec<_>>()).prop_shuffle(),
        right in any::<bool>(),
        selected in prop::collection::btree_set(0..24_u32, 0..24),
        turns in prop::collection::vec(1..5_u16, 400),
    ) {
        let text = |number: &u32| name(&format!("test {number}"));
        let real: Vec<TestName> = real.iter().map(text).collect();
        let believed: Vec<TestName> = if right { real.clone() } else { believed.iter().map(text).collect() };
        let selected: BTreeSet<TestName> = selected.iter().map(text).collect();
        let mut queue = Queue::new();
        queue.plan(&believed, &selected, &Durations::default());

        let mut ran: Vec<TestName> = Vec::new();
        let mut holding: BTreeMap<u16, TestName> = BTreeMap::new();
        let mut done: BTreeSet<u16> = BTreeSet::new();
        // Turns at random, and then everybody until the end.
        let to_the_end = (0..100_u16).flat_map(|_| 1..5_u16);
        for process in turns.into_iter().chain(to_the_end) {
            if done.contains(&process) {
                continue;
            }
            if let Some(name) = holding.remove(&process) {
                queue.ended(process, &name);
                if selected.contains(&name) {
                    ran.push(name);
                }
            }
            match queue.next(process) {
                Next::Later => unreachable!(),
                Next::Index(index) => match real.get(index as usize) {
                    Some(name) => { holding.insert(process, name.clone()); }
                    None => { done.insert(process); }
                },
            }
        }
        ran.sort();
        prop_assert_eq!(ran, selected.into_iter().collect::<Vec<_>>());
    }
}
