//! Rules C: which endpoints of a service port a node uses.

use std::sync::Arc;

use crate::{
    backend::{Backend, Backends, Tag},
    frontend::Uses,
    gates::Gates,
    names::{NameId, Names},
};

/// Some of the endpoints of a service port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// None.
    #[default]
    Nothing,
    /// All of them.
    Everything,
    /// Those at these places of the list, in order.
    Places(Arc<[u32]>),
}

impl Choice {
    fn of<T>(list: &[T], is_chosen: impl Fn(&T) -> bool) -> Self {
        let mut places: Vec<u32> = Vec::with_capacity(list.len());
        places.extend(
            (0_u32..)
                .zip(list)
                .filter(|&(_, item)| is_chosen(item))
                .map(|(at, _)| at),
        );
        Self::from_places(&places, list.len())
    }

    fn from_places(places: &[u32], of: usize) -> Self {
        if places.is_empty() {
            Self::Nothing
        } else if places.len() == of {
            Self::Everything
        } else {
            Self::Places(places.into())
        }
    }

    /// True if nothing is chosen. A list without endpoints has no choice.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Nothing)
    }

    /// True if the endpoint at this place of the list is chosen.
    pub fn has(&self, place: u32) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Places(places) => places.binary_search(&place).is_ok(),
        }
    }

    /// The endpoints themselves.
    pub fn iter<'a>(&'a self, backends: &'a Backends) -> impl Iterator<Item = &'a Backend> {
        let list = backends.list();
        let (all, places): (&[Backend], &[u32]) = match self {
            Self::Nothing => (&[], &[]),
            Self::Everything => (list, &[]),
            Self::Places(places) => (&[], places),
        };
        let chosen = places
            .iter()
            .filter_map(move |&at| list.get(usize::try_from(at).ok()?));
        all.iter().chain(chosen)
    }

    /// Rule C7: what is in one or the other.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Nothing, chosen) | (chosen, Self::Nothing) => chosen.clone(),
            (Self::Everything, _) | (_, Self::Everything) => Self::Everything,
            (Self::Places(one), Self::Places(two)) => {
                let mut places: Vec<u32> = one.iter().chain(two.iter()).copied().collect();
                places.sort_unstable();
                places.dedup();
                Self::Places(places.into())
            }
        }
    }
}

/// How hints restrict the endpoints of policy Cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Topology {
    /// Not at all.
    #[default]
    Off,
    /// To those for the node's zone.
    SameZone,
    /// To those for the node.
    SameNode,
}

/// What a node uses of a service port's endpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Categories {
    /// Rule C4: the endpoints of policy Cluster.
    pub cluster: Choice,
    /// Rule C5: the endpoints of policy Local.
    pub local: Choice,
    /// Rule C6: somewhere is an endpoint that could be used.
    pub has_any: bool,
    /// Rule C3: how hints restrict `cluster`.
    pub topology: Topology,
}

impl Categories {
    /// Rule C7: every endpoint that a packet can be sent to from this node.
    pub fn reachable(&self) -> Choice {
        self.cluster.union(&self.local)
    }
}

/// A node, as far as endpoints are chosen by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) node: NameId,
    pub(crate) zone: NameId,
}

/// What the rules need besides the endpoints.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) nodes: &'a Names,
    pub(crate) zones: &'a Names,
    pub(crate) gates: Gates,
}

/// Chooses for one node after another, and computes once what several nodes have in common.
pub(crate) struct Chooser<'a> {
    backends: &'a Backends,
    uses: Uses,
    follows_hints: bool,
    context: Context<'a>,
    everywhere: Option<Choice>,
    zones: Vec<(NameId, Choice)>,
}

impl<'a> Chooser<'a> {
    pub(crate) const fn new(
        backends: &'a Backends,
        uses: Uses,
        follows_hints: bool,
        context: Context<'a>,
    ) -> Self {
        Self {
            backends,
            uses,
            follows_hints,
            context,
            everywhere: None,
            zones: Vec::new(),
        }
    }

    /// What the node uses.
    pub(crate) fn choose(&mut self, place: Place) -> Categories {
        if let Some((places, backends)) = self.backends.on_node(place.node) {
            let mut chooser = Chooser::new(&backends, self.uses, self.follows_hints, self.context);
            return in_places(&chooser.choose(place), &places, self.backends.list().len());
        }
        let mut categories = Categories::default();
        if self.uses.cluster {
            (categories.cluster, categories.topology) = self.cluster_endpoints(place);
        }
        if self.uses.local {
            categories.local = local_endpoints(self.backends, place.node);
        }
        categories.has_any = has_any(self.backends, self.uses, &categories.cluster);
        categories
    }

    /// Rule C4: the ready endpoints that hints leave; if nothing is ready anywhere, those that terminate and still serve.
    fn cluster_endpoints(&mut self, place: Place) -> (Choice, Topology) {
        let same_node = self.same_node(place.node);
        if !same_node.is_empty() {
            return (same_node, Topology::SameNode);
        }
        let same_zone = self.same_zone(place.zone);
        if !same_zone.is_empty() {
            return (same_zone, Topology::SameZone);
        }
        let backends = self.backends;
        let everywhere = self.everywhere.get_or_insert_with(|| {
            let summary = backends.summary;
            if summary.any_ready && summary.all_ready {
                Choice::Everything
            } else if summary.any_ready {
                Choice::of(backends.list(), Backend::is_ready)
            } else {
                Choice::of(backends.list(), Backend::is_last_resort)
            }
        });
        (everywhere.clone(), Topology::Off)
    }

    /// Rule C3: every ready endpoint has hints for nodes, and at least one names this node.
    fn same_node(&self, node: NameId) -> Choice {
        let Context { nodes, gates, .. } = self.context;
        let summary = self.backends.summary;
        let applies = gates.same_node && summary.any_ready && summary.ready_have_node_hints;
        if !applies || node.is_none() {
            return Choice::Nothing;
        }
        let sets = nodes.sets_with(node);
        if sets.is_empty() {
            return Choice::Nothing;
        }
        let is_chosen = |backend: &Backend| backend.is_ready() && sets.contains(&backend.node_hints);
        Choice::of(self.backends.list(), is_chosen)
    }

    /// Rule C3: else, every ready endpoint has hints for zones, and at least one names this node's zone.
    fn same_zone(&mut self, zone: NameId) -> Choice {
        let Context { zones, gates, .. } = self.context;
        let summary = self.backends.summary;
        let applies = gates.same_zone
            && self.follows_hints
            && summary.any_ready
            && summary.ready_have_zone_hints
            && !zone.is_none();
        if !applies {
            return Choice::Nothing;
        }
        if let Some((_, choice)) = self.zones.iter().find(|&&(known, _)| known == zone) {
            return choice.clone();
        }
        let tags = self.backends.tags();
        let choice = match zones.sets_with(zone) {
            [] => Choice::Nothing,
            [only] => {
                let wanted = Tag::ready_with(*only);
                Choice::of(tags, |&tag| tag == wanted)
            }
            sets => Choice::of(tags, |tag| tag.is_ready() && sets.contains(&tag.zone_hints())),
        };
        self.zones.push((zone, choice.clone()));
        choice
    }
}

/// Rule C5: the ready endpoints on the node; if there are none, those there that terminate and still serve. Hints have no
/// say.
fn local_endpoints(backends: &Backends, node: NameId) -> Choice {
    if node.is_none() {
        return Choice::Nothing;
    }
    let ready = Choice::of(backends.list(), |backend| {
        backend.node == node && backend.is_ready()
    });
    if ready.is_empty() {
        Choice::of(backends.list(), |backend| {
            backend.node == node && backend.is_last_resort()
        })
    } else {
        ready
    }
}

/// Rule C6: an endpoint of policy Cluster, or, if the port ever uses policy Local, any usable one anywhere.
fn has_any(backends: &Backends, uses: Uses, cluster: &Choice) -> bool {
    let summary = backends.summary;
    !cluster.is_empty() || (uses.local && (summary.any_ready || summary.any_last_resort))
}

/// Choices among a part of the list, as choices among all of it.
fn in_places(categories: &Categories, places: &[u32], of: usize) -> Categories {
    let all = |choice: &Choice| match choice {
        Choice::Nothing => Choice::Nothing,
        Choice::Everything => Choice::from_places(places, of),
        Choice::Places(chosen) => {
            let outer: Vec<u32> = chosen
                .iter()
                .filter_map(|&at| places.get(usize::try_from(at).ok()?).copied())
                .collect();
            Choice::from_places(&outer, of)
        }
    };
    Categories {
        cluster: all(&categories.cluster),
        local: all(&categories.local),
        ..categories.clone()
    }
}
