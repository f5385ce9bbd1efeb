//! A cluster, and what nodes are told of it.

use std::{
    collections::{BTreeMap, HashSet},
    net::IpAddr,
};

use conform_service_proxy::{
    Effect, Gates, Settings, State,
    object::{Object, ObjectName},
};

use crate::feed::Feed;

/// Deleted items of a node that are remembered. A client that lags behind by more gets everything anew.
const MAX_DELETED: usize = 4_096;

/// What holds for every node besides the cluster.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The rules of a release.
    pub gates: Gates,
    /// The settings of the proxies.
    pub settings: Settings,
    /// The addresses that the node answers for, if they are not to be those of its object.
    pub local_ips: Option<Vec<IpAddr>>,
}

/// The objects of a cluster, and a feed for each node that somebody asked for.
#[derive(Debug)]
pub struct Board {
    rules: Rules,
    state: State,
    names: HashSet<ObjectName>,
    feeds: BTreeMap<String, Feed>,
    max_deleted: usize,
}

impl Board {
    /// An empty cluster.
    pub fn new(rules: Rules) -> Self {
        Self {
            state: State::new(rules.gates),
            rules,
            names: HashSet::new(),
            feeds: BTreeMap::new(),
            max_deleted: MAX_DELETED,
        }
    }

    /// The same, but feeds that begin from now on remember so many deleted items.
    #[must_use]
    pub const fn remembering(mut self, deleted: usize) -> Self {
        self.max_deleted = deleted;
        self
    }

    /// The objects are now these and no others. Gives the nodes with feeds that see a difference.
    pub fn replace(&mut self, objects: &[Object]) -> Vec<String> {
        let there: HashSet<ObjectName> = objects.iter().map(Object::name).collect();
        let gone: Vec<ObjectName> = self.names.difference(&there).cloned().collect();
        self.change(objects, &gone)
    }

    /// Objects are there now as they are given, and others are gone. All of it is one revision. Gives the nodes with feeds
    /// that see a difference.
    pub fn change(&mut self, objects: &[Object], gone: &[ObjectName]) -> Vec<String> {
        let mut effects: Vec<Effect> = vec![self.state.apply(objects)];
        self.names.extend(objects.iter().map(Object::name));
        for name in gone {
            self.names.remove(name);
            effects.push(self.state.remove(name));
        }
        effects.retain(|effect| !effect.is_empty());
        let (state, rules) = (&self.state, &self.rules);
        let feeds = self.feeds.iter_mut();
        let changed =
            feeds.filter_map(|(node, feed)| feed.update(state, rules, &effects).then(|| node.clone()));
        changed.collect()
    }

    /// The feed of a node. One that nobody asked for before begins now, as `instance`.
    pub fn open(&mut self, node: &str, instance: u64) -> &Feed {
        let (state, rules, max_deleted) = (&self.state, &self.rules, self.max_deleted);
        self.feeds
            .entry(node.to_owned())
            .or_insert_with(|| Feed::new(state, rules, node, instance, max_deleted))
    }

    /// The feed of a node, if there is one.
    pub fn feed(&self, node: &str) -> Option<&Feed> {
        self.feeds.get(node)
    }

    /// Forgets a node's feed. Whoever asks for the node again gets everything.
    pub fn close(&mut self, node: &str) {
        self.feeds.remove(node);
    }

    /// The objects of the cluster.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
