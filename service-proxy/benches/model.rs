//! How fast the model is, and how much memory it takes: `cargo xtask bench --only service-proxy` runs this beside Go.
//!
//! Prints one measurement a line: `name services value`. Times are those of the fastest of many turns, in nanoseconds;
//! memory is bytes an endpoint. On a machine that does other things too, the fastest turn tells the most.

#![expect(clippy::print_stdout, reason = "this program is there to print")]
#![expect(clippy::cast_precision_loss, reason = "measurements are not that precise")]

mod cluster;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use conform_service_proxy::{Gates, State, object::Object};

use crate::cluster::{ENDPOINTS, NODES, node, resident, service, slice};

fn main() {
    // cargo adds --bench; numbers of services may follow.
    let sizes = std::env::args().skip(1).filter_map(|word| word.parse().ok());
    let mut sizes: Vec<u32> = sizes.collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000];
    }
    for services in sizes {
        measure(services);
    }
}

fn measure(services: u32) {
    let before = resident();
    let since = Instant::now();
    let mut state = State::new(Gates::default());
    for at in 0..NODES {
        state.apply([&Object::Node(Box::new(node(at)))]);
    }
    for at in 0..services {
        state.apply([
            &Object::Service(Box::new(service(at))),
            &Object::EndpointSlice(Box::new(slice(at, true))),
        ]);
    }
    let say = |name: &str, value: f64| println!("{name} {services} {value:.0}");
    say("build", nanoseconds(since.elapsed()));
    let endpoints = f64::from(services) * f64::from(ENDPOINTS);
    say(
        "memory",
        resident().saturating_sub(before) as f64 * 1024.0 / endpoints,
    );

    let one = fastest(60, || {
        black_box(state.view("node-7"));
    });
    say("one-node", one);
    let names: Vec<String> = (0..100).map(|at| format!("node-{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if services <= 10_000 {
        let hundred = fastest(20, || {
            black_box(state.views(&names));
        });
        say("hundred-nodes", hundred);
    }
    let changed = [true, false].map(|ready| Object::EndpointSlice(Box::new(slice(services / 2, ready))));
    let name = format!("ns/svc-{}", services / 2);
    let mut turn = 0_usize;
    let change = fastest(5_000, || {
        turn += 1;
        if let Some(object) = changed.get(turn % 2) {
            black_box(state.apply([object]));
            black_box(state.view_of("node-7", &name));
        }
    });
    say("one-change", change);
}

/// The time of the fastest turn, in nanoseconds.
fn fastest(turns: usize, mut work: impl FnMut()) -> f64 {
    let turns = (0..turns).map(|_| {
        let since = Instant::now();
        work();
        since.elapsed()
    });
    nanoseconds(turns.min().unwrap_or_default())
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}
