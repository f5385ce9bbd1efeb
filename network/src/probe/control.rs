//! Whether what did not come back would have come back without a Service: what a proxy is held to takes a way that is open. Pure.

use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
};

use super::{
    cell::{Cell, Unheard},
    expect::{Expectation, Expected},
    ground::Ground,
    objects::FIRST,
    question::Question,
    verdict::Asked,
};
use crate::agent::Transport;

/// The word for a node's own address.
const NODE: &str = "node";

/// From whom, how and where to, without a Service.
pub type Way = ((usize, bool), Transport, SocketAddr);
/// The ways that were asked about, and whether each is open.
pub type Open = HashMap<Way, bool>;

/// What has to be asked without a Service before the cells may be believed: of each that differs since nothing came back, and of
/// each that is as expected since nothing came back, unless its sender met one of the same endpoints in another cell. Nothing is
/// asked where all packets went as they had to. `on_node` is the port of agents in their nodes' own network.
pub fn controls<'a>(
    asked: impl Iterator<Item = &'a Asked> + Clone,
    ground: &Ground,
    on_node: u16,
) -> Vec<Question> {
    let met: BTreeSet<Way> = asked.clone().filter_map(met).flatten().collect();
    let mut all: Vec<Question> = Vec::new();
    for one in asked {
        let ways = ways(one, ground, on_node);
        let is_known = ways.iter().any(|way| met.contains(&key(way)));
        if one.cell != Cell::Same || !is_known {
            all.extend(ways);
        }
    }
    let mut seen = BTreeSet::new();
    all.retain(|way| seen.insert(key(way)));
    all
}

/// The cell, once it is known which ways are open. What is missing where the way is closed was not measured; what is missing
/// although a way is open stays as it was found.
pub fn controlled(asked: &Asked, ground: &Ground, on_node: u16, open: &Open) -> Cell {
    let ways = ways(asked, ground, on_node);
    let is_closed = |way: &&Question| open.get(&key(way)) == Some(&false);
    let to_node = ways.iter().filter(|way| way.kind == NODE).find(is_closed);
    let mut others = ways.iter().filter(|way| way.kind != NODE);
    let closed = others.clone().find(is_closed);
    let all_closed = closed.filter(|_| others.all(|way| is_closed(&way)));
    let blocked = match &asked.cell {
        Cell::NotMeasured(_) => None,
        Cell::Same => all_closed,
        Cell::Different { unheard, .. } => match unheard {
            Unheard::Nothing => None,
            Unheard::OneOf(_) => to_node.or(closed),
            Unheard::Each(_) | Unheard::Other => to_node.or(all_closed),
        },
    };
    blocked.map_or_else(
        || asked.cell.clone(),
        |way| {
            Cell::NotMeasured(format!(
                "{} does not reach {} without a Service either: a NetworkPolicy, the pod network or a node is in the way",
                way.sender_words(),
                way.to
            ))
        },
    )
}

/// The ways without a Service that a cell goes by.
fn ways(asked: &Asked, ground: &Ground, on_node: u16) -> Vec<Question> {
    let question = &asked.question;
    let way = |kind, to| Question {
        service: "no Service".to_owned(),
        kind,
        to,
        ..question.clone()
    };
    let (sender, host) = question.sender;
    // Pods of other nodes; where there are none, the other agent of the own one.
    let to_others = || -> Vec<Question> {
        let is_other = |at: usize| at != sender || host;
        let others = ground.places.iter().enumerate().filter(|(at, _)| is_other(*at));
        let pods = others.flat_map(|(_, place)| &place.pod).map(|pod| (*pod, FIRST));
        let own = ground
            .places
            .get(sender)
            .filter(|_| !host && ground.manned().count() < 2);
        let nodes = own.into_iter().flat_map(|place| &place.addresses);
        let all = pods.chain(nodes.map(|node| (*node, on_node)));
        let same = all.filter(|(to, _)| to.is_ipv4() == question.to.is_ipv4());
        same.map(|to| way("pod", to.into())).collect()
    };
    let own = ground.places.get(sender).filter(|_| !host);
    let is_own = |to: &SocketAddr| own.is_some_and(|place| place.pod.contains(&to.ip()));
    let to_all = |endpoints: &BTreeSet<String>| -> Vec<Question> {
        let addresses: Vec<SocketAddr> = endpoints.iter().filter_map(|who| who.parse().ok()).collect();
        // A pod reaches itself whatever is in the way.
        let found: Vec<Question> = addresses
            .iter()
            .filter(|to| !is_own(to))
            .map(|to| way("pod", *to))
            .collect();
        if found.is_empty() && !addresses.is_empty() {
            to_others()
        } else {
            found
        }
    };
    let mut found = match &asked.cell {
        Cell::Same if is_quiet(&asked.expected) => to_all(&endpoints(&asked.unaware)),
        Cell::Same | Cell::NotMeasured(_) => Vec::new(),
        Cell::Different { unheard, .. } => match unheard {
            Unheard::Nothing => Vec::new(),
            Unheard::Each(endpoints) | Unheard::OneOf(endpoints) => to_all(endpoints),
            Unheard::Other => to_others(),
        },
    };
    let is_missing = matches!(&asked.cell, Cell::Different { unheard, .. } if *unheard != Unheard::Nothing);
    if is_missing
        && question.kind == "node port"
        && let Some(place) = ground
            .places
            .iter()
            .find(|place| place.addresses.contains(&question.to.ip()))
        && place.node != question.node
    {
        found.push(way(NODE, SocketAddr::new(question.to.ip(), on_node)));
    }
    found
}

/// True if nothing is to come back but at most a refusal, as from a wall.
fn is_quiet(expected: &[Expectation]) -> bool {
    !expected
        .iter()
        .any(|one| matches!(one.expected, Expected::Endpoints { .. }))
}

fn endpoints(expected: &[Expectation]) -> BTreeSet<String> {
    let each = expected.iter().filter_map(|one| match &one.expected {
        Expected::Endpoints { endpoints, .. } => Some(endpoints),
        Expected::Refused | Expected::Silent | Expected::NoAnswer => None,
    });
    each.flatten().cloned().collect()
}

/// The ways that a cell has shown open: those to all of its endpoints.
fn met(asked: &Asked) -> Option<impl Iterator<Item = Way>> {
    let [only] = asked.expected.as_slice() else {
        return None;
    };
    let Expected::Endpoints {
        endpoints,
        sticky: false,
    } = &only.expected
    else {
        return None;
    };
    let question = &asked.question;
    (asked.cell == Cell::Same).then(|| {
        let addresses = endpoints.iter().filter_map(|who| who.parse().ok());
        addresses.map(|to| (question.sender, question.transport, to))
    })
}

/// What a way is known by.
pub const fn key(way: &Question) -> Way {
    (way.sender, way.transport, way.to)
}
