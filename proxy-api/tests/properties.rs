//! A client's state is always exactly what the server's was at the revision of the client's last Sync: whatever changes,
//! however clients lag, and however often connections and servers are lost.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

#[path = "../../service-proxy/tests/world/changes.rs"]
mod changes;
#[path = "../../service-proxy/tests/world/mod.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use conform_proxy_api::{Board, Position, Replica, Rules, Step, Value, v1alpha1::WatchResponse};
use conform_service_proxy::{Gates, object::Object};
use proptest::prelude::*;

use crate::changes::{Change, NODES, change, left};

type Items = BTreeMap<String, Value>;

/// What happens next.
#[derive(Clone, Debug)]
enum Action {
    /// The cluster changes, all at once.
    Change(Vec<Change>),
    /// The cluster is read anew, and is the same but for these.
    Read(Vec<Change>),
    /// A client reads some steps.
    Steps { client: usize, count: usize },
    /// A client reads all that there is.
    Everything { client: usize },
    /// A client loses its connection, with what was on the way.
    Lose { client: usize },
    /// A client starts anew.
    Restart { client: usize },
    /// A client turns to another node.
    Turn { client: usize, node: usize },
    /// The server forgets a node.
    Forget { node: usize },
}

const CLIENTS: usize = 3;

fn action() -> impl Strategy<Value = Action> {
    let changes = || prop::collection::vec(change(), 1..4);
    prop_oneof![
        6 => changes().prop_map(Action::Change),
        1 => changes().prop_map(Action::Read),
        4 => (0..CLIENTS, 1..6_usize).prop_map(|(client, count)| Action::Steps { client, count }),
        2 => (0..CLIENTS).prop_map(|client| Action::Everything { client }),
        2 => (0..CLIENTS).prop_map(|client| Action::Lose { client }),
        1 => (0..CLIENTS).prop_map(|client| Action::Restart { client }),
        1 => (0..CLIENTS, 0..NODES.len()).prop_map(|(client, node)| Action::Turn { client, node }),
        1 => (0..NODES.len()).prop_map(|node| Action::Forget { node }),
    ]
}

/// A client, with what its connection holds.
#[derive(Default)]
struct Peer {
    node: usize,
    replica: Replica,
    /// What the server has sent over the connection; nothing if there is none yet.
    sent: Option<Position>,
    way: VecDeque<Step>,
}

struct World {
    board: Board,
    changes: Vec<Change>,
    instances: u64,
    /// What each state was.
    history: HashMap<(u64, u64), Items>,
    peers: [Peer; CLIENTS],
}

impl World {
    fn new(minor: u16, remembered: usize) -> Self {
        let rules = Rules {
            gates: Gates::of_minor(minor),
            ..Rules::default()
        };
        Self {
            board: Board::new(rules).remembering(remembered),
            changes: Vec::new(),
            instances: 0,
            history: HashMap::new(),
            peers: Default::default(),
        }
    }

    fn change(&mut self, changes: Vec<Change>, anew: bool) {
        self.changes.extend(changes.iter().cloned());
        let told = if anew {
            self.board.replace(&left(&self.changes))
        } else {
            // Of several changes of an object the last counts.
            let (mut objects, mut gone) = (BTreeMap::new(), BTreeSet::new());
            for change in changes {
                match change {
                    Change::Set(object) => {
                        gone.remove(&object.name());
                        objects.insert(object.name(), object);
                    }
                    Change::Remove(name) => {
                        objects.remove(&name);
                        gone.insert(name);
                    }
                }
            }
            let objects: Vec<Object> = objects.into_values().collect();
            let gone: Vec<_> = gone.into_iter().collect();
            self.board.change(&objects, &gone)
        };
        for node in NODES {
            let Some(feed) = self.board.feed(node) else {
                continue;
            };
            let (at, items) = (feed.position(), items(&self.board, node));
            let known = self.history.insert((at.instance, at.revision), items.clone());
            // A state that differs is another revision, and the same one is not.
            assert_eq!(known.is_none(), told.iter().any(|name| name == node));
            assert!(known.is_none_or(|known| known == items));
        }
    }

    /// Takes one step off the client's connection; false if there is none.
    fn step(&mut self, client: usize) -> bool {
        let peer = &mut self.peers[client];
        if peer.way.is_empty() {
            self.instances += 1;
            let node = NODES[peer.node];
            let fresh = self.board.feed(node).is_none();
            let feed = self.board.open(node, self.instances);
            let at = feed.position();
            if peer.sent == Some(at) {
                return false;
            }
            let from = peer.sent.or_else(|| peer.replica.position());
            let batch = feed.since(from);
            // Everything is sent only if there is nothing to go on from.
            let goes_on =
                from.is_some_and(|from| from.instance == at.instance && from.revision == at.revision);
            assert!(!goes_on || batch.steps.len() == 1);
            peer.sent = Some(batch.position);
            peer.way = batch.steps.into();
            if fresh {
                let items = items(&self.board, node);
                self.history.insert((at.instance, at.revision), items);
            }
        }
        let peer = &mut self.peers[client];
        let step = peer.way.pop_front().unwrap();
        let update = peer.replica.take(WatchResponse::from(&step)).unwrap();
        assert_eq!(update.is_some(), peer.way.is_empty());
        if let Some(update) = update {
            let known = &self.history[&(update.position.instance, update.position.revision)];
            assert_eq!(peer.replica.items(), known);
        }
        true
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Change(changes) => self.change(changes, false),
            Action::Read(changes) => self.change(changes, true),
            Action::Steps { client, count } => {
                for _ in 0..count {
                    self.step(client);
                }
            }
            Action::Everything { client } => while self.step(client) {},
            Action::Lose { client } => self.lose(client),
            Action::Restart { client } => {
                self.lose(client);
                self.peers[client].replica = Replica::default();
            }
            Action::Turn { client, node } => {
                // Whoever names the position of another node gets everything, and not what would not fit.
                self.lose(client);
                self.peers[client].node = node;
            }
            Action::Forget { node } => {
                // As when nobody follows it.
                for client in 0..CLIENTS {
                    if self.peers[client].node == node {
                        self.lose(client);
                    }
                }
                self.board.close(NODES[node]);
            }
        }
    }

    fn lose(&mut self, client: usize) {
        let peer = &mut self.peers[client];
        peer.sent = None;
        peer.way.clear();
        peer.replica.lost();
    }
}

fn items(board: &Board, node: &str) -> Items {
    let items = board.feed(node).unwrap().items();
    items
        .map(|(key, value)| (key.to_string(), Value::clone(value)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_client_has_what_the_server_had(
        actions in prop::collection::vec(action(), 1..40),
        minor in 29..37_u16,
        remembered in 0..4_usize,
    ) {
        let mut world = World::new(minor, remembered);
        for action in actions {
            world.act(action);
        }
        // In the end everybody has what a server says that has seen nothing but the end.
        let mut fresh = World::new(minor, remembered);
        let objects = left(&world.changes);
        fresh.board.change(&objects, &[]);
        for client in 0..CLIENTS {
            while world.step(client) {}
            let node = NODES[world.peers[client].node];
            fresh.board.open(node, 1);
            prop_assert_eq!(world.peers[client].replica.items(), &items(&fresh.board, node));
        }
    }
}

/// However much a client has missed, it is sent each item once; and all of them only if deletions were forgotten.
#[test]
fn what_was_missed_is_sent_once() {
    let mut board = Board::new(Rules::default()).remembering(2);
    let service = |at: usize, port: u16| {
        let mut value = world::service();
        value["metadata"]["name"] = format!("web-{at}").into();
        value["spec"]["clusterIP"] = format!("172.30.0.{at}").into();
        value["spec"]["ports"][0]["port"] = port.into();
        world::read(value)
    };
    let all: Vec<Object> = (1..6).map(|at| service(at, 80)).collect();
    board.replace(&all);
    let first = board.open("node-a", 7).position();
    for port in 81..99 {
        board.change(&[service(1, port)], &[]);
    }
    let gone: Vec<_> = all[3..].iter().map(Object::name).collect();
    board.change(&[], &gone[..1]);
    board.change(&[], &gone[1..]);
    let batch = board.feed("node-a").unwrap().since(Some(first));
    let words: Vec<String> = batch.steps.iter().map(spoken).collect();
    assert_eq!(
        words,
        [
            "set service-port/default/web-1/IPv4/TCP/http",
            "delete service-port/default/web-4/IPv4/TCP/http",
            "delete service-port/default/web-5/IPv4/TCP/http",
            "sync 21"
        ]
    );
    board.change(&[], &[all[2].name()]);
    let batch = board.feed("node-a").unwrap().since(Some(first));
    let words: Vec<String> = batch.steps.iter().map(spoken).collect();
    assert_eq!(
        words,
        [
            "reset",
            "set node",
            "set service-port/default/web-1/IPv4/TCP/http",
            "set service-port/default/web-2/IPv4/TCP/http",
            "sync 22"
        ]
    );
}

fn spoken(step: &Step) -> String {
    match step {
        Step::Reset => "reset".to_owned(),
        Step::Set(key, _) => format!("set {key}"),
        Step::Delete(key) => format!("delete {key}"),
        Step::Sync(position) => format!("sync {}", position.revision),
    }
}
