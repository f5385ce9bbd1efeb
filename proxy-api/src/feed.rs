//! What one node is told: its items, each with the revision that it last changed at.
//!
//! There is no log of changes. What is new since a revision is read off the items, so that a client can lag behind as far
//! as it wants at no cost. Only what was deleted has to be remembered, and that is bounded.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use conform_service_proxy::{DiffStore, Effect, State};

use crate::{
    board::Rules,
    entry::{self, Value},
    v1alpha1 as wire,
};

/// Which item, as it is sent.
pub type Key = Arc<str>;

/// What a client has: the state of an instance at a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The server's random number for the state; not 0.
    pub instance: u64,
    /// How many changes there were.
    pub revision: u64,
}

/// One step of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Forget everything.
    Reset,
    /// An item is new or different.
    Set(Key, Arc<Value>),
    /// An item is gone.
    Delete(Key),
    /// The batch is complete.
    Sync(Position),
}

/// What leads a client to the state of now, as of one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The steps in their order; the last is Sync.
    pub steps: Vec<Step>,
    /// What the client has then.
    pub position: Position,
}

impl From<&Step> for wire::WatchResponse {
    fn from(step: &Step) -> Self {
        use wire::watch_response::Operation;
        let operation = match step {
            Step::Reset => Operation::Reset(wire::Reset {}),
            Step::Set(key, value) => Operation::Set(wire::Set {
                key: key.to_string(),
                value: Some(Value::clone(value)),
            }),
            Step::Delete(key) => Operation::Delete(wire::Delete { key: key.to_string() }),
            Step::Sync(position) => Operation::Sync(wire::Sync {
                instance_id: position.instance,
                revision: position.revision,
            }),
        };
        Self {
            operation: Some(operation),
        }
    }
}

/// One node's state and its history.
#[derive(Debug)]
pub struct Feed {
    node: String,
    position: Position,
    items: DiffStore<Key, Arc<Value>>,
    revisions: HashMap<Key, u64>,
    /// The items by the revision of their last change.
    latest: BTreeSet<(u64, Key)>,
    /// What went, the oldest first. It may have come back since.
    deleted: VecDeque<(u64, Key)>,
    /// How many of those are remembered.
    max_deleted: usize,
    /// Deletions at or before this revision are forgotten.
    forgotten: u64,
}

impl Feed {
    /// Begins with everything that the node sees now, as revision 1.
    pub(crate) fn new(state: &State, rules: &Rules, node: &str, instance: u64, max_deleted: usize) -> Self {
        let mut feed = Self {
            node: node.to_owned(),
            position: Position {
                instance: instance.max(1),
                revision: 0,
            },
            items: DiffStore::default(),
            revisions: HashMap::new(),
            latest: BTreeSet::new(),
            deleted: VecDeque::new(),
            max_deleted,
            forgotten: 0,
        };
        let diff = feed
            .items
            .replace(|_| true, entry::everything(state, rules, node));
        feed.note(diff);
        feed
    }

    /// What a client has that has everything.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Every item.
    pub fn items(&self) -> impl Iterator<Item = (&Key, &Arc<Value>)> {
        self.items.items().iter()
    }

    /// Takes in changes of the cluster that make one revision; true if the node sees a difference.
    pub(crate) fn update(&mut self, state: &State, rules: &Rules, effects: &[Effect]) -> bool {
        let node = self.node.as_str();
        let mut diffs = Vec::new();
        if effects.iter().any(|effect| effect.is_about_node(node)) {
            let items = entry::everything(state, rules, node);
            diffs.push(self.items.replace(|_| true, items));
        } else {
            let mine = effects.iter().filter(|effect| effect.concerns(state, node));
            let services: BTreeSet<&str> = mine.flat_map(Effect::services).collect();
            for service in services {
                let [ports, checks] = entry::first_keys(service);
                let of = |first: Key| move |key: &Key| entry::is_of(&first, key);
                let items = entry::ports(state, node, service);
                diffs.push(self.items.replace_run(ports.clone(), of(ports), items));
                let items = entry::health_checks(state, node, service);
                diffs.push(self.items.replace_run(checks.clone(), of(checks), items));
            }
        }
        let mut all = conform_service_proxy::Diff::default();
        for diff in diffs {
            all.created.extend(diff.created);
            all.updated.extend(diff.updated);
            all.deleted.extend(diff.deleted);
        }
        self.note(all)
    }

    fn note(&mut self, diff: conform_service_proxy::Diff<Key, Arc<Value>>) -> bool {
        if diff.is_empty() {
            return false;
        }
        self.position.revision += 1;
        let revision = self.position.revision;
        for (key, _) in diff.created.into_iter().chain(diff.updated) {
            if let Some(before) = self.revisions.insert(key.clone(), revision) {
                self.latest.remove(&(before, key.clone()));
            }
            self.latest.insert((revision, key));
        }
        for key in diff.deleted {
            if let Some(before) = self.revisions.remove(&key) {
                self.latest.remove(&(before, key.clone()));
            }
            self.deleted.push_back((revision, key));
        }
        while self.deleted.len() > self.max_deleted {
            if let Some((revision, _)) = self.deleted.pop_front() {
                self.forgotten = revision;
            }
        }
        true
    }

    /// What a client needs that has `position`, or nothing at all. It is everything if the position is not of this feed or
    /// too old.
    pub fn since(&self, position: Option<Position>) -> Batch {
        let known = position.filter(|&position| self.knows(position));
        let mut steps = known.map_or_else(|| self.everything(), |position| self.changes(position.revision));
        steps.push(Step::Sync(self.position));
        Batch {
            steps,
            position: self.position,
        }
    }

    fn knows(&self, position: Position) -> bool {
        position.instance == self.position.instance
            && (self.forgotten.max(1)..=self.position.revision).contains(&position.revision)
    }

    fn everything(&self) -> Vec<Step> {
        let items = self
            .items()
            .map(|(key, value)| Step::Set(key.clone(), value.clone()));
        std::iter::once(Step::Reset).chain(items).collect()
    }

    fn changes(&self, since: u64) -> Vec<Step> {
        let newer = (since + 1, Key::from(""))..;
        let sets = self.latest.range(newer).filter_map(|(_, key)| {
            let value = self.items.items().get(key)?;
            Some(Step::Set(key.clone(), value.clone()))
        });
        let first = self.deleted.partition_point(|&(revision, _)| revision <= since);
        let gone: BTreeSet<&Key> = self.deleted.range(first..).map(|(_, key)| key).collect();
        let gone = gone
            .into_iter()
            .filter(|key| !self.items.items().contains_key(*key));
        let deletes = gone.map(|key| Step::Delete(key.clone()));
        sets.chain(deletes).collect()
    }
}
