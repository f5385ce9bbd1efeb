//! What watches of several kinds say, put together to whole states.

use std::collections::{BTreeMap, BTreeSet};

use conform_service_proxy::object::{InvalidObject, Kind, Object, ObjectName};
use kube::runtime::watcher::Event;
use serde_json::Value;

/// More objects than a cluster bears.
const MAX_OBJECTS: usize = 2_000_000;

/// What has come of a row of events.
#[derive(Debug, Default)]
pub struct News {
    /// Objects that are new or different; the last one of a name counts.
    pub objects: BTreeMap<ObjectName, Object>,
    /// Objects that are gone.
    pub gone: BTreeSet<ObjectName>,
    /// Objects that no API server should have stored. They are passed over.
    pub invalid: Vec<InvalidObject>,
}

impl News {
    /// True if there is nothing to pass on.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty() && self.gone.is_empty()
    }
}

/// Keeps which objects there are, and until all kinds are listed, the objects themselves.
#[derive(Debug)]
pub struct Gathering {
    /// Kinds that are not listed yet.
    open: BTreeSet<Kind>,
    known: BTreeMap<Kind, BTreeSet<ObjectName>>,
    /// What a list has had so far that has not ended.
    listed: BTreeMap<Kind, BTreeSet<ObjectName>>,
    news: News,
}

/// There is more than a cluster bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cluster has more than {MAX_OBJECTS} Services, EndpointSlices and Nodes")]
pub struct TooMany;

impl Gathering {
    /// Begins to gather objects of these kinds.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Self {
        Self {
            open: kinds.into_iter().collect(),
            known: BTreeMap::new(),
            listed: BTreeMap::new(),
            news: News::default(),
        }
    }

    /// Takes in what a watch said of a kind.
    pub fn take(&mut self, kind: Kind, event: Event<Value>) -> Result<(), TooMany> {
        match event {
            Event::Init => {
                self.listed.insert(kind, BTreeSet::new());
            }
            Event::InitApply(value) => {
                if let Some(name) = self.set(kind, value) {
                    self.listed.entry(kind).or_default().insert(name);
                }
            }
            Event::InitDone => {
                let listed = self.listed.remove(&kind).unwrap_or_default();
                let known = self.known.remove(&kind).unwrap_or_default();
                for name in known.difference(&listed) {
                    self.remove(name.clone());
                }
                self.known.insert(kind, listed);
                self.open.remove(&kind);
            }
            Event::Apply(value) => {
                if let Some(name) = self.set(kind, value) {
                    self.known.entry(kind).or_default().insert(name);
                }
            }
            Event::Delete(value) => {
                if let Ok(object) = Object::read(kind, value) {
                    let name = object.name();
                    self.known.entry(kind).or_default().remove(&name);
                    self.remove(name);
                }
            }
        }
        let sets = self.known.values().chain(self.listed.values());
        if sets.map(BTreeSet::len).sum::<usize>() > MAX_OBJECTS {
            return Err(TooMany);
        }
        Ok(())
    }

    /// What has changed since the last time; nothing as long as a kind has never been listed whole.
    pub fn news(&mut self) -> Option<News> {
        (self.open.is_empty()).then(|| std::mem::take(&mut self.news))
    }

    fn set(&mut self, kind: Kind, value: Value) -> Option<ObjectName> {
        match Object::read(kind, value) {
            Ok(object) => {
                let name = object.name();
                self.news.gone.remove(&name);
                self.news.objects.insert(name.clone(), object);
                Some(name)
            }
            Err(error) => {
                self.news.invalid.push(error);
                None
            }
        }
    }

    fn remove(&mut self, name: ObjectName) {
        self.news.objects.remove(&name);
        self.news.gone.insert(name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn node(name: &str) -> Value {
        json!({"metadata": {"name": name}})
    }

    fn take(gathering: &mut Gathering, events: Vec<Event<Value>>) -> Option<(Vec<String>, Vec<String>)> {
        for event in events {
            gathering.take(Kind::Node, event).unwrap();
        }
        gathering.news().map(|news| {
            let names = |names: Vec<&ObjectName>| names.iter().map(|name| name.name.clone()).collect();
            (
                names(news.objects.keys().collect()),
                names(news.gone.iter().collect()),
            )
        })
    }

    #[test]
    fn nothing_is_told_before_every_kind_is_listed() {
        let mut gathering = Gathering::new([Kind::Node, Kind::Service]);
        let list = vec![Event::Init, Event::InitApply(node("a")), Event::InitDone];
        assert_eq!(take(&mut gathering, list), None);
        assert_eq!(take(&mut gathering, vec![Event::Apply(node("b"))]), None);
        gathering.take(Kind::Service, Event::Init).unwrap();
        gathering.take(Kind::Service, Event::InitDone).unwrap();
        let both = (vec!["a".to_owned(), "b".to_owned()], Vec::new());
        assert_eq!(take(&mut gathering, Vec::new()), Some(both));
        assert!(gathering.news().unwrap().is_empty());
    }

    #[test]
    fn what_a_later_list_lacks_is_gone() {
        let mut gathering = Gathering::new([Kind::Node]);
        let list = vec![
            Event::Init,
            Event::InitApply(node("a")),
            Event::InitApply(node("b")),
            Event::InitDone,
        ];
        take(&mut gathering, list);
        let again = vec![
            Event::Apply(node("c")),
            Event::Init,
            Event::InitApply(node("b")),
            Event::InitDone,
        ];
        let expected = (vec!["b".to_owned()], vec!["a".to_owned(), "c".to_owned()]);
        assert_eq!(take(&mut gathering, again), Some(expected));
        let back = vec![Event::Delete(node("b")), Event::Apply(node("b"))];
        assert_eq!(
            take(&mut gathering, back),
            Some((vec!["b".to_owned()], Vec::new()))
        );
    }

    #[test]
    fn what_cannot_be_is_passed_over() {
        let mut gathering = Gathering::new([Kind::Service]);
        let bad = json!({"metadata": {"name": "x"}, "spec": {"ports": [{"port": 70000}]}});
        for event in [Event::Init, Event::InitApply(bad), Event::InitDone] {
            gathering.take(Kind::Service, event).unwrap();
        }
        let news = gathering.news().unwrap();
        assert!(news.is_empty());
        assert_eq!(news.invalid.len(), 1);
    }
}
