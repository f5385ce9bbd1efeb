//! What has changed for a node between one look and the next.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    address::Family,
    answer::PortAnswer,
    object::Protocol,
    state::{Effect, State},
};

/// Keeps items by key, and tells which are new, different or gone.
#[derive(Clone, Debug)]
pub struct DiffStore<K, V> {
    items: BTreeMap<K, V>,
}

/// What is new, different or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff<K, V> {
    /// Items that were not there.
    pub created: Vec<(K, V)>,
    /// Items that were different.
    pub updated: Vec<(K, V)>,
    /// Keys of items that are not there any more.
    pub deleted: Vec<K>,
}

impl<K, V> Default for DiffStore<K, V> {
    fn default() -> Self {
        Self {
            items: BTreeMap::new(),
        }
    }
}

impl<K, V> Default for Diff<K, V> {
    fn default() -> Self {
        Self {
            created: Vec::new(),
            updated: Vec::new(),
            deleted: Vec::new(),
        }
    }
}

impl<K, V> Diff<K, V> {
    /// True if nothing has changed.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }
}

impl<K: Clone + Ord, V: Clone + Eq> DiffStore<K, V> {
    /// What is there now.
    pub const fn items(&self) -> &BTreeMap<K, V> {
        &self.items
    }

    /// Puts `items` in the place of all those that `is_meant` picks, and tells the difference.
    pub fn replace(
        &mut self,
        is_meant: impl Fn(&K) -> bool,
        items: impl IntoIterator<Item = (K, V)>,
    ) -> Diff<K, V> {
        let mut gone: BTreeSet<K> = self.items.keys().filter(|key| is_meant(key)).cloned().collect();
        let mut diff = Diff::default();
        for (key, value) in items {
            gone.remove(&key);
            match self.items.insert(key.clone(), value.clone()) {
                None => diff.created.push((key, value)),
                Some(before) if before != value => diff.updated.push((key, value)),
                Some(_) => {}
            }
        }
        for key in gone {
            self.items.remove(&key);
            diff.deleted.push(key);
        }
        diff
    }

    /// The same for items that lie side by side: those from `first` on for as long as `is_meant` picks them. The cost is
    /// theirs alone.
    pub fn replace_run(
        &mut self,
        first: K,
        is_meant: impl Fn(&K) -> bool,
        items: impl IntoIterator<Item = (K, V)>,
    ) -> Diff<K, V> {
        let run = self.items.range(first..).map(|(key, _)| key);
        let run: Vec<K> = run.take_while(|key| is_meant(key)).cloned().collect();
        let mut part = Self {
            items: run
                .into_iter()
                .filter_map(|key| self.items.remove_entry(&key))
                .collect(),
        };
        let diff = part.replace(|_| true, items);
        self.items.extend(part.items);
        diff
    }
}

/// Which service port: Service, family, name of the port, protocol.
pub type PortKey = (String, Family, String, Protocol);

/// Follows what one node sees, change by change.
#[derive(Clone, Debug)]
pub struct NodeFollower {
    node: String,
    ports: DiffStore<PortKey, PortAnswer>,
}

impl NodeFollower {
    /// Begins with everything that the node sees now.
    pub fn new(state: &State, node: &str) -> Self {
        let mut follower = Self {
            node: node.to_owned(),
            ports: DiffStore::default(),
        };
        follower.look_again(state);
        follower
    }

    /// What the node sees now.
    pub fn ports(&self) -> impl Iterator<Item = &PortAnswer> {
        self.ports.items().values()
    }

    /// Takes in a change, and tells what of it this node sees. The cost is that of the Services that have changed.
    pub fn update(&mut self, state: &State, effect: &Effect) -> Diff<PortKey, PortAnswer> {
        if effect.is_about_node(&self.node) {
            return self.look_again(state);
        }
        let mut diff = Diff::default();
        for service in effect.services() {
            let views = state.view_of(&self.node, service);
            let first = (service.to_owned(), Family::IPv4, String::new(), Protocol::Tcp);
            let items = views.iter().map(|view| (key(view), view.into()));
            let one = self.ports.replace_run(first, |key| key.0 == service, items);
            diff.created.extend(one.created);
            diff.updated.extend(one.updated);
            diff.deleted.extend(one.deleted);
        }
        diff
    }

    fn look_again(&mut self, state: &State) -> Diff<PortKey, PortAnswer> {
        let views = state.view(&self.node);
        let items = views.iter().map(|view| (key(view), view.into()));
        self.ports.replace(|_| true, items)
    }
}

fn key(view: &crate::PortView<'_>) -> PortKey {
    (
        view.service.to_owned(),
        view.frontend.family,
        view.port.name.to_string(),
        view.port.protocol,
    )
}
