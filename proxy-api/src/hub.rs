//! A board that several clients wait at.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use conform_service_proxy::object::{Object, ObjectName};
use tokio::sync::{Semaphore, watch};

use crate::{
    board::{Board, Rules},
    feed::Position,
    follower::Follower,
};

/// How much clients may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Streams at a time.
    pub clients: usize,
    /// How long a client may leave a step unread before it is dropped. What it holds until then is one batch.
    pub patience: Duration,
    /// Nodes whose state is kept although no client follows it, so that one that comes back need not be sent everything.
    pub idle_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clients: 1_000,
            patience: Duration::from_secs(30),
            idle_nodes: 16,
        }
    }
}

/// Why a client gets no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It named no node.
    #[error("name a node: this server serves every node")]
    NoNode,
    /// It named what cannot be a node.
    #[error("{0:?} cannot be the name of a node")]
    BadNode(String),
    /// It named another node than the one that is served.
    #[error("this server serves node {0} only")]
    OtherNode(String),
    /// There are too many.
    #[error("there are {0} clients already")]
    Full(usize),
    /// The server ends.
    #[error("the server ends")]
    Closing,
}

/// A cluster whose nodes' states clients follow.
#[derive(Debug)]
pub struct Hub {
    shared: Mutex<Shared>,
    node: Option<String>,
    limits: Limits,
    places: Arc<Semaphore>,
    phase: watch::Sender<Phase>,
}

/// How far the server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The cluster has not been seen yet.
    Waiting,
    Ready,
    Closing,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) board: Board,
    nodes: HashMap<String, Audience>,
    /// Nodes that nobody follows, the one that was left first in front.
    idle: VecDeque<String>,
}

/// Who follows a node.
#[derive(Debug)]
struct Audience {
    clients: usize,
    revision: watch::Sender<u64>,
}

impl Hub {
    /// A hub that has not seen the cluster yet. It serves `node` alone, or every node.
    pub fn new(rules: Rules, node: Option<String>, limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            shared: Mutex::new(Shared {
                board: Board::new(rules),
                nodes: HashMap::new(),
                idle: VecDeque::new(),
            }),
            node,
            places: Arc::new(Semaphore::new(limits.clients)),
            limits,
            phase: watch::Sender::new(Phase::Waiting),
        })
    }

    pub(crate) fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objects of the whole cluster. From the first time on, clients are served.
    pub fn replace(&self, objects: &[Object]) {
        self.shared().take(|board| board.replace(objects));
        self.phase.send_if_modified(|phase| {
            let first = *phase == Phase::Waiting;
            if first {
                *phase = Phase::Ready;
            }
            first
        });
    }

    /// Objects that have changed, and names of those that are gone.
    pub fn change(&self, objects: &[Object], gone: &[ObjectName]) {
        self.shared().take(|board| board.change(objects, gone));
    }

    /// How many objects there are.
    pub fn objects(&self) -> usize {
        self.shared().board.len()
    }

    /// How many clients are being told of changes. One that was dropped for not reading is none of them any more, even if it
    /// still holds its connection.
    pub fn followers(&self) -> usize {
        self.shared()
            .nodes
            .values()
            .map(|audience| audience.clients)
            .sum()
    }

    /// True if there is a Node object of this name.
    pub fn knows(&self, node: &str) -> bool {
        self.shared().board.state().node(node).is_some()
    }

    /// Ends every stream. New clients are refused.
    pub fn close(&self) {
        self.phase.send_replace(Phase::Closing);
    }

    /// How clients are treated.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// Lets a client in that wants to follow a node.
    pub fn admit(self: &Arc<Self>, node: &str, position: Option<Position>) -> Result<Follower, Denied> {
        let node = match (&self.node, node) {
            (Some(only), "") => only.clone(),
            (Some(only), node) if only == node => node.to_owned(),
            (Some(only), _) => return Err(Denied::OtherNode(only.clone())),
            (None, "") => return Err(Denied::NoNode),
            (None, node) if is_node_name(node) => node.to_owned(),
            (None, node) => return Err(Denied::BadNode(node.chars().take(63).collect())),
        };
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Denied::Full(self.limits.clients))?;
        Ok(Follower {
            changes: self.shared().join(&node),
            phase: self.phase.subscribe(),
            hub: Arc::clone(self),
            node,
            position,
            is_first: true,
            place: Some(place),
        })
    }
}

/// As Kubernetes names objects.
fn is_node_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    name.len() <= 253
        && name.split('.').all(|part| {
            part.bytes().all(|byte| is_plain(byte) || byte == b'-')
                && part.bytes().next().is_some_and(is_plain)
                && part.bytes().last().is_some_and(is_plain)
        })
}

impl Shared {
    /// Lets the board change, and wakes who sees a difference.
    fn take(&mut self, change: impl FnOnce(&mut Board) -> Vec<String>) {
        for node in change(&mut self.board) {
            let revision = self.board.feed(&node).map(|feed| feed.position().revision);
            if let (Some(audience), Some(revision)) = (self.nodes.get(&node), revision) {
                audience.revision.send_replace(revision);
            }
        }
    }

    fn join(&mut self, node: &str) -> watch::Receiver<u64> {
        self.idle.retain(|idle| idle != node);
        let audience = self.nodes.entry(node.to_owned()).or_insert_with(|| Audience {
            clients: 0,
            revision: watch::Sender::new(0),
        });
        audience.clients += 1;
        audience.revision.subscribe()
    }

    pub(crate) fn leave(&mut self, node: &str, idle_nodes: usize) {
        let Some(audience) = self.nodes.get_mut(node) else {
            return;
        };
        audience.clients -= 1;
        if audience.clients == 0 {
            self.idle.push_back(node.to_owned());
        }
        while self.idle.len() > idle_nodes {
            if let Some(node) = self.idle.pop_front() {
                self.nodes.remove(&node);
                self.board.close(&node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(node: Option<&str>) -> Arc<Hub> {
        let limits = Limits {
            clients: 3,
            idle_nodes: 1,
            ..Limits::default()
        };
        Hub::new(Rules::default(), node.map(str::to_owned), limits)
    }

    #[test]
    fn who_is_let_in() {
        let one = hub(Some("node-a"));
        assert!(one.admit("", None).is_ok() && one.admit("node-a", None).is_ok());
        assert_eq!(
            one.admit("node-b", None).unwrap_err(),
            Denied::OtherNode("node-a".to_owned())
        );
        let every = hub(None);
        assert_eq!(every.admit("", None).unwrap_err(), Denied::NoNode);
        for bad in ["a b", "A", "-a", "a..b", "a-", "ä", &"a".repeat(254)] {
            assert!(matches!(every.admit(bad, None), Err(Denied::BadNode(_))), "{bad}");
        }
        let clients: Vec<Follower> = (0..3).map(|_| every.admit("a.b-c", None).unwrap()).collect();
        assert_eq!(every.admit("a", None).unwrap_err(), Denied::Full(3));
        drop(clients);
        assert!(every.admit("a", None).is_ok());
    }

    #[tokio::test]
    async fn nothing_is_sent_before_the_cluster_is_known() {
        let hub = hub(None);
        let mut follower = hub.admit("a", None).unwrap();
        tokio::select! {
            biased;
            _ = follower.next() => panic!("it was served"),
            () = std::future::ready(()) => {}
        }
        hub.replace(&[]);
        assert_eq!(follower.next().await.unwrap().position.revision, 1);
        hub.close();
        assert_eq!(follower.next().await, Err(Denied::Closing));
    }

    #[tokio::test]
    async fn nodes_that_nobody_follows_are_forgotten_in_turn() {
        let hub = hub(None);
        hub.replace(&[]);
        let mut positions = HashMap::new();
        for node in ["a", "b"] {
            let mut follower = hub.admit(node, None).unwrap();
            positions.insert(node, follower.next().await.unwrap().position);
        }
        let mut again = hub.admit("b", positions.get("b").copied()).unwrap();
        assert_eq!(again.next().await.unwrap().steps.len(), 1);
        let mut anew = hub.admit("a", positions.get("a").copied()).unwrap();
        let batch = anew.next().await.unwrap();
        assert_eq!(batch.steps.first(), Some(&crate::Step::Reset));
    }
}
