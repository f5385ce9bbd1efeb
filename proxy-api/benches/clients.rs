//! What clients cost: `cargo xtask bench --only service-proxy` runs this behind the model.
//!
//! Prints one measurement a line: `name clients value`. Times are those of the fastest of many turns, in nanoseconds; memory
//! is bytes. Each turn is a process of its own, and what earlier work freed is taken before memory is looked at: what a process
//! has let go of is used again, and would make it seem that nothing was needed. `change` is one EndpointSlice of 100 endpoints that changed, until every client has its messages encoded;
//! `socket` the same until every client has read them from a loopback socket.

#![expect(clippy::print_stdout, reason = "this program is there to print")]
#![expect(clippy::cast_precision_loss, reason = "measurements are not that precise")]

#[path = "../../service-proxy/benches/cluster/mod.rs"]
mod cluster;

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

use conform_proxy_api::{
    Follower, Hub, Limits, Listener, Rules, serve,
    v1alpha1::{WatchRequest, WatchResponse, node_state_client::NodeStateClient, watch_response::Operation},
};
use conform_service_proxy::object::Object;
use prost::Message;
use tonic::{Streaming, transport::Endpoint};

use crate::cluster::{ENDPOINTS, NODES, node, resident, service, slice};

/// Services of the cluster.
const SERVICES: u32 = 1_000;
/// Turns of each measurement.
const TURNS: usize = 200;

type Outcome = Result<(), Box<dyn Error>>;

/// What is measured, each with the numbers of clients.
const PARTS: [(&str, &[usize]); 2] = [("followers", &[1, 10, 100, 1_000]), ("sockets", &[1, 10, 100])];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [part, clients, ..] = words.as_slice()
        && let Ok(clients) = clients.parse()
    {
        return match part.as_str() {
            "followers" => followers(clients).await,
            _ => sockets(clients).await,
        };
    }
    println!("services {SERVICES} {ENDPOINTS}");
    for (part, numbers) in PARTS {
        for clients in numbers {
            let own = std::env::current_exe()?;
            let ended = std::process::Command::new(own)
                .args([part, &clients.to_string()])
                .status()?;
            if !ended.success() {
                return Err(format!("{part} of {clients} clients: {ended}").into());
            }
        }
    }
    Ok(())
}

/// Takes what the allocator has at hand, so that whatever is asked for from now on is new. To be kept meanwhile.
fn ballast() -> Vec<Vec<u8>> {
    /// Bytes between two looks: many pages, of which a look is made.
    const BUNCH: usize = 256 << 10;
    /// Most that is taken of one size.
    const MOST: usize = 256 << 20;
    let mut taken = Vec::new();
    for size in (4..=16).rev().map(|power| 1_usize << power) {
        for _ in 0..MOST / BUNCH {
            let before = resident();
            taken.extend((0..BUNCH / size).map(|_| vec![1_u8; size]));
            let new = resident().saturating_sub(before) * 1024;
            if new >= (BUNCH / 2) as u64 {
                break;
            }
        }
    }
    taken
}

fn say(name: &str, clients: usize, value: f64) {
    println!("{name} {clients} {value:.0}");
}

fn hub() -> Arc<Hub> {
    let limits = Limits {
        clients: 10_000,
        ..Limits::default()
    };
    let hub = Hub::new(Rules::default(), None, limits);
    let mut objects: Vec<Object> = (0..NODES).map(|at| Object::Node(Box::new(node(at)))).collect();
    for at in 0..SERVICES {
        objects.push(Object::Service(Box::new(service(at))));
        objects.push(Object::EndpointSlice(Box::new(slice(at, true))));
    }
    hub.replace(&objects);
    hub
}

/// The two states that one slice changes between. The endpoint that comes and goes is in the zone of node 7.
fn changes() -> [Object; 2] {
    [false, true].map(|ready| Object::EndpointSlice(Box::new(slice(7, ready))))
}

/// Clients without sockets.
async fn followers(clients: usize) -> Outcome {
    let hub = hub();
    let _kept = ballast();
    let before = resident();
    let mut first = hub.admit("node-7", None)?;
    first.next().await?;
    if clients == 1 {
        let endpoints = f64::from(SERVICES * ENDPOINTS) / 3.0;
        say("feed-memory", 1, grown(before) / endpoints);
    }
    let _kept = ballast();
    let before = resident();
    let mut followers = vec![first];
    while followers.len() < clients {
        let mut follower = hub.admit("node-7", None)?;
        follower.next().await?;
        followers.push(follower);
    }
    if clients == 1_000 {
        say("memory", clients, grown(before) / clients as f64);
    }
    let objects = changes();
    let mut best = Duration::MAX;
    for object in objects.iter().cycle().take(TURNS) {
        let since = Instant::now();
        hub.change(std::slice::from_ref(object), &[]);
        let mut bytes = 0;
        for follower in &mut followers {
            bytes += encoded(follower).await?;
        }
        std::hint::black_box(bytes);
        best = best.min(since.elapsed());
    }
    say("change", clients, nanoseconds(best));
    Ok(())
}

async fn encoded(follower: &mut Follower) -> Result<usize, Box<dyn Error>> {
    let batch = follower.next().await?;
    let messages = batch.steps.iter().map(WatchResponse::from);
    Ok(messages.map(|message| message.encode_to_vec().len()).sum())
}

/// Clients over loopback that keep nothing. Server and clients share one thread and one memory.
async fn sockets(clients: usize) -> Outcome {
    let hub = hub();
    hub.admit("node-7", None)?.next().await?;
    let listener = Listener::bind(&"127.0.0.1:0".parse()?, false).await?;
    let address = format!("http://{}", listener.address());
    let served = Arc::clone(&hub);
    let serving = tokio::spawn(async move { serve(listener, None, served, std::future::pending()).await });
    let _kept = ballast();
    let before = resident();
    let mut all = Vec::new();
    for _ in 0..clients {
        let channel = Endpoint::from_shared(address.clone())?.connect().await?;
        let request = WatchRequest {
            node: "node-7".to_owned(),
            ..WatchRequest::default()
        };
        let mut stream = NodeStateClient::new(channel).watch(request).await?.into_inner();
        synced(&mut stream).await?;
        all.push(stream);
    }
    if clients == 100 {
        say("socket-memory", clients, grown(before) / clients as f64);
    }
    let objects = changes();
    let mut best = Duration::MAX;
    for object in objects.iter().cycle().take(TURNS) {
        let since = Instant::now();
        hub.change(std::slice::from_ref(object), &[]);
        for stream in &mut all {
            synced(stream).await?;
        }
        best = best.min(since.elapsed());
    }
    say("socket", clients, nanoseconds(best));
    serving.abort();
    Ok(())
}

/// Reads to the end of a batch.
async fn synced(stream: &mut Streaming<WatchResponse>) -> Outcome {
    while let Some(message) = stream.message().await? {
        if matches!(message.operation, Some(Operation::Sync(_))) {
            return Ok(());
        }
    }
    Err("the server ended".into())
}

fn grown(before: u64) -> f64 {
    resident().saturating_sub(before) as f64 * 1024.0
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}
