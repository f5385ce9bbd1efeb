//! What a client has made of what it was sent.

use std::collections::BTreeMap;

use crate::{
    entry::Value,
    feed::Position,
    v1alpha1::{Set, Sync, WatchResponse, watch_response::Operation},
};

/// More items than any node has. A server that sends more is not believed.
const MAX_ITEMS: usize = 2_000_000;

/// A node's state as a client has it, and the batch that is being sent.
#[derive(Clone, Debug, Default)]
pub struct Replica {
    position: Option<Position>,
    items: BTreeMap<String, Value>,
    pending: Pending,
}

#[derive(Clone, Debug, Default)]
struct Pending {
    reset: bool,
    /// What items will be; nothing for those that go.
    items: BTreeMap<String, Option<Value>>,
}

/// What a batch has changed. After a Reset, too, it is only what differs from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What the client has now.
    pub position: Position,
    /// The server sent everything.
    pub reset: bool,
    /// What differs, by key.
    pub changes: Vec<(String, Change)>,
}

/// What has become of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Created(Value),
    /// It was different.
    Updated(Value),
    /// It is gone; what it was.
    Deleted(Value),
}

/// What a server must not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A step of a kind that this client does not know, and cannot pass over.
    #[error("the server sent a step that this client does not know: is it of a newer version?")]
    Unknown,
    /// Reset in the middle of a batch.
    #[error("the server began anew in the middle of a batch")]
    LateReset,
    /// A first batch, or one of another instance, without Reset.
    #[error("the server sent changes of a state that it never sent")]
    NoReset,
    /// A revision that is older than the one before.
    #[error("the server went back from revision {0} to {1}")]
    Backwards(u64, u64),
    /// More items than any node has.
    #[error("the server sent more than {MAX_ITEMS} items")]
    TooMany,
}

impl Replica {
    /// What to ask the server to go on from.
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// Every item, as of the last Sync.
    pub const fn items(&self) -> &BTreeMap<String, Value> {
        &self.items
    }

    /// Takes in one step; what has changed, if it completes a batch. After a violation nothing that was received counts, and
    /// the client has to begin anew.
    pub fn take(&mut self, response: WatchResponse) -> Result<Option<Update>, Violation> {
        let taken = self.step(response);
        if taken.is_err() {
            self.position = None;
            self.pending = Pending::default();
        }
        taken
    }

    /// The connection was lost. What was not followed by a Sync does not count.
    pub fn lost(&mut self) {
        self.pending = Pending::default();
    }

    fn step(&mut self, response: WatchResponse) -> Result<Option<Update>, Violation> {
        let pending = &mut self.pending;
        match response.operation.ok_or(Violation::Unknown)? {
            Operation::Reset(_) if !pending.reset && pending.items.is_empty() => pending.reset = true,
            Operation::Reset(_) => return Err(Violation::LateReset),
            // A kind of value that is not known.
            Operation::Set(Set { value: None, .. }) => {}
            Operation::Set(Set {
                key,
                value: Some(value),
            }) => {
                pending.items.insert(key, Some(value));
            }
            Operation::Delete(delete) => {
                pending.items.insert(delete.key, None);
            }
            Operation::Sync(sync) => return self.sync(sync).map(Some),
        }
        if pending.items.len() > MAX_ITEMS {
            return Err(Violation::TooMany);
        }
        Ok(None)
    }

    fn sync(&mut self, sync: Sync) -> Result<Update, Violation> {
        let position = Position {
            instance: sync.instance_id,
            revision: sync.revision,
        };
        let Pending { reset, mut items } = std::mem::take(&mut self.pending);
        if reset {
            let gone = self.items.keys().filter(|key| !items.contains_key(*key));
            let gone: Vec<String> = gone.cloned().collect();
            items.extend(gone.into_iter().map(|key| (key, None)));
        } else {
            let before = self.position.ok_or(Violation::NoReset)?;
            if before.instance != position.instance {
                return Err(Violation::NoReset);
            }
            if before.revision > position.revision {
                return Err(Violation::Backwards(before.revision, position.revision));
            }
        }
        let mut changes = Vec::new();
        for (key, value) in items {
            let change = match value {
                None => self.items.remove(&key).map(Change::Deleted),
                Some(value) => match self.items.insert(key.clone(), value.clone()) {
                    None => Some(Change::Created(value)),
                    Some(before) => (before != value).then_some(Change::Updated(value)),
                },
            };
            changes.extend(change.map(|change| (key, change)));
        }
        if self.items.len() > MAX_ITEMS {
            return Err(Violation::TooMany);
        }
        self.position = Some(position);
        Ok(Update {
            position,
            reset,
            changes,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::v1alpha1::{Delete, HealthCheck, Reset};

    fn reset() -> Operation {
        Operation::Reset(Reset {})
    }

    fn set(key: &str, port: u32) -> Operation {
        let value = HealthCheck {
            port,
            ..HealthCheck::default()
        };
        Operation::Set(Set {
            key: key.to_owned(),
            value: Some(Value::HealthCheck(value)),
        })
    }

    fn sync(instance_id: u64, revision: u64) -> Operation {
        Operation::Sync(Sync {
            instance_id,
            revision,
        })
    }

    fn take(replica: &mut Replica, operations: Vec<Operation>) -> Result<Option<Update>, Violation> {
        let mut last = Ok(None);
        for operation in operations {
            last = replica.take(WatchResponse {
                operation: Some(operation),
            });
        }
        last
    }

    #[test]
    fn nothing_counts_before_sync() {
        let mut replica = Replica::default();
        take(&mut replica, vec![reset(), set("a", 1), sync(7, 1)]).unwrap();
        assert_eq!(take(&mut replica, vec![set("a", 2), set("b", 1)]), Ok(None));
        assert_eq!(replica.items().len(), 1);
        replica.lost();
        let gone = Operation::Delete(Delete { key: "x".to_owned() });
        let update = take(&mut replica, vec![set("c", 1), gone, sync(7, 3)])
            .unwrap()
            .unwrap();
        assert_eq!((update.changes.len(), update.position.revision), (1, 3));
        assert_eq!(replica.items().keys().collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn after_a_reset_only_differences_are_told() {
        let mut replica = Replica::default();
        take(
            &mut replica,
            vec![reset(), set("a", 1), set("b", 1), set("c", 1), sync(7, 9)],
        )
        .unwrap();
        let anew = vec![reset(), set("a", 1), set("b", 2), set("d", 1), sync(8, 1)];
        let update = take(&mut replica, anew).unwrap().unwrap();
        let kinds: Vec<(&str, &str)> = update
            .changes
            .iter()
            .map(|(key, change)| {
                let kind = match change {
                    Change::Created(_) => "created",
                    Change::Updated(_) => "updated",
                    Change::Deleted(_) => "deleted",
                };
                (key.as_str(), kind)
            })
            .collect();
        assert_eq!(kinds, [("b", "updated"), ("c", "deleted"), ("d", "created")]);
        assert!(update.reset);
    }

    #[test]
    fn values_of_unknown_kinds_are_passed_over() {
        let mut replica = Replica::default();
        let unknown = Operation::Set(Set {
            key: "new".to_owned(),
            value: None,
        });
        take(&mut replica, vec![reset(), unknown, sync(7, 1)]).unwrap();
        assert!(replica.items().is_empty());
    }

    #[rstest]
    #[case::first(vec![set("a", 1), sync(7, 1)], Violation::NoReset)]
    #[case::instance(vec![reset(), sync(7, 1), sync(8, 2)], Violation::NoReset)]
    #[case::backwards(vec![reset(), sync(7, 2), sync(7, 1)], Violation::Backwards(2, 1))]
    #[case::late(vec![reset(), set("a", 1), reset()], Violation::LateReset)]
    #[case::twice(vec![reset(), reset()], Violation::LateReset)]
    fn what_a_server_must_not_send(#[case] operations: Vec<Operation>, #[case] expected: Violation) {
        let mut replica = Replica::default();
        assert_eq!(take(&mut replica, operations), Err(expected));
        assert_eq!(replica.position(), None);
        assert_eq!(
            replica.take(WatchResponse { operation: None }),
            Err(Violation::Unknown)
        );
    }
}
