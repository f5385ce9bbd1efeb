//! Which runs have changed, told once the cache of them knows it: whoever decides by the cache and is told sooner decides by what
//! was, and is not told again.

use conform_crds::ConformanceRun;
use kube::runtime::{
    controller::ReconcileRequest,
    reflector::{ObjectRef, Store},
    watcher::Event,
};

use crate::schedule::schedule_of;

/// Whose runs have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// Those of the schedule of this name.
    Schedule(String),
    /// Anybody's: all have been listed anew.
    Any,
}

/// What an event that the cache has taken in means for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Nothing yet: the cache shows what is being listed when all is.
    Nothing,
    /// Everything may be another.
    All,
    /// This run has changed, or is gone.
    One(Box<ConformanceRun>),
}

impl From<Event<ConformanceRun>> for Change {
    fn from(event: Event<ConformanceRun>) -> Self {
        match event {
            Event::Init | Event::InitApply(_) => Self::Nothing,
            Event::InitDone => Self::All,
            Event::Apply(run) | Event::Delete(run) => Self::One(Box::new(run)),
        }
    }
}

impl Change {
    /// Whose runs these are, if they are a schedule's.
    pub fn touches(&self) -> Option<Touched> {
        match self {
            Self::Nothing => None,
            Self::All => Some(Touched::Any),
            Self::One(run) => schedule_of(&run.metadata).map(|name| Touched::Schedule(name.to_owned())),
        }
    }

    /// The runs to look at, of those that the cache has.
    pub fn requests(&self, runs: &Store<ConformanceRun>) -> Vec<ReconcileRequest<ConformanceRun>> {
        let request = |run: &ConformanceRun| ObjectRef::from_obj(run).into();
        match self {
            Self::Nothing => Vec::new(),
            Self::All => runs.state().iter().map(|run| request(run)).collect(),
            Self::One(run) => vec![request(run)],
        }
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::reflector;
    use serde_json::json;

    use super::*;

    fn run(name: &str, schedule: Option<&str>) -> ConformanceRun {
        let owners = schedule.map(|name| {
            json!([{ "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceSchedule", "name": name, "uid": "s",
                     "controller": true }])
        });
        serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
            "metadata": { "name": name, "ownerReferences": owners }, "spec": {},
        }))
        .unwrap()
    }

    /// Whom each event of a list and a watch is told to.
    #[test]
    fn nobody_is_told_before_the_cache_knows() {
        let (runs, mut writer) = reflector::store();
        let events = [
            Event::Init,
            Event::InitApply(run("a", Some("nightly"))),
            Event::InitApply(run("b", None)),
            Event::InitDone,
            Event::Apply(run("c", Some("weekly"))),
            Event::Delete(run("a", Some("nightly"))),
        ];
        let told = events.map(|event| {
            writer.apply_watcher_event(&event);
            let change = Change::from(event);
            let mut names: Vec<_> = change
                .requests(&runs)
                .into_iter()
                .map(|request| request.obj_ref.name)
                .collect();
            names.sort();
            (names.join(" "), change.touches())
        });
        let of = |name: &str| Some(Touched::Schedule(name.to_owned()));
        assert_eq!(
            told.each_ref()
                .map(|(names, whose)| (names.as_str(), whose.clone())),
            [
                ("", None),
                ("", None),
                ("", None),
                ("a b", Some(Touched::Any)),
                ("c", of("weekly")),
                ("a", of("nightly")),
            ]
        );
    }
}
