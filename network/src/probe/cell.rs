//! Packets against the model, one cell of the table. Pure.

use std::collections::BTreeSet;

use super::expect::{Expectation, Expected};
use crate::agent::Made;

/// What packets say of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It came true.
    Same,
    /// Something else happened.
    Different {
        /// What was expected, and by which rule.
        expected: String,
        /// What happened.
        actual: String,
        /// What of it may be the fault of the way and not of the proxy.
        unheard: Unheard,
    },
    /// Nothing can be said, because.
    NotMeasured(String),
}

/// What did not come back that was to, where nothing came that was not to: it may have been lost on a way that no proxy has
/// anything to do with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unheard {
    /// Nothing is missing, or somebody answered who was not to: no way excuses that.
    Nothing,
    /// None of these endpoints ever answered.
    Each(BTreeSet<String>),
    /// One of these endpoints did not always answer.
    OneOf(BTreeSet<String>),
    /// A refusal where silence came, or the other way round.
    Other,
}

/// Holds what was made against everything that may rightly become of it.
pub fn compare(expectations: &[Expectation], made: Option<&Made>) -> Cell {
    let Some(made) = made else {
        return Cell::NotMeasured("the agent did not answer".to_owned());
    };
    let answered: u32 = made.answered.values().sum();
    let others: u32 = made.codes.values().sum();
    let happened = answered + others + made.refused + made.silent;
    if happened == 0 {
        let why = made
            .failed
            .keys()
            .next()
            .map_or("no connection was made", String::as_str);
        return Cell::NotMeasured(why.to_owned());
    }
    if expectations.is_empty() {
        return Cell::NotMeasured("nothing is expected".to_owned());
    }
    if expectations.iter().any(|one| is(&one.expected, made)) {
        return Cell::Same;
    }
    if let Some(whole) = without_losses(made)
        && expectations.iter().any(|one| is(&one.expected, &whole))
    {
        return Cell::NotMeasured(format!("{} of {happened} connections got no answer", made.silent));
    }
    let expected = expectations
        .iter()
        .map(|one| format!("{} ({})", words(&one.expected), one.rule));
    Cell::Different {
        expected: expected.collect::<Vec<_>>().join(" or "),
        actual: actual(made),
        unheard: unheard(expectations, made),
    }
}

/// What of any expectation did not come back.
fn unheard(expectations: &[Expectation], made: &Made) -> Unheard {
    // Somebody who is no agent was reached.
    if !made.codes.is_empty() {
        return Unheard::Nothing;
    }
    let met: BTreeSet<&String> = made.answered.keys().collect();
    let each = expectations.iter().filter_map(|one| match &one.expected {
        Expected::Endpoints { endpoints, sticky } => {
            if met.iter().any(|who| !endpoints.contains(*who)) {
                return None;
            }
            let missing = endpoints.iter().filter(|who| !met.contains(who));
            let missing: BTreeSet<String> = missing.cloned().collect();
            match (sticky, met.len()) {
                // Whom a client stays with cannot be known before it was met.
                (true, 0) => Some(Unheard::OneOf(endpoints.clone())),
                (true, 1) => Some(Unheard::OneOf(met.iter().map(|who| (*who).clone()).collect())),
                (true, _) => None,
                (false, _) if missing.is_empty() => Some(Unheard::OneOf(endpoints.clone())),
                (false, _) => Some(Unheard::Each(missing)),
            }
        }
        Expected::Refused | Expected::Silent => met.is_empty().then_some(Unheard::Other),
        Expected::NoAnswer => None,
    });
    each.into_iter().next().unwrap_or(Unheard::Nothing)
}

/// One connection in so many may be lost on the way. What a proxy sends astray is more: an endpoint too many gets one in seven of
/// the connections to six, and more of those to fewer.
const LOSSES: u32 = 32;

/// What was made, without the few connections that nobody answered; none if there are more than a few.
fn without_losses(made: &Made) -> Option<Made> {
    let answered: u32 = made.answered.values().sum();
    let few = made.silent > 0 && made.silent.saturating_mul(LOSSES) <= answered;
    few.then(|| Made {
        silent: 0,
        ..made.clone()
    })
}

/// True if exactly this happened. A connection that failed for a reason of its own spoils it.
fn is(expected: &Expected, made: &Made) -> bool {
    let only = |answered: bool, refused: bool, silent: bool| {
        (answered || made.answered.is_empty())
            && (refused || made.refused == 0)
            && (silent || made.silent == 0)
    };
    let clean = made.codes.is_empty() && made.failed.is_empty();
    match expected {
        Expected::Endpoints { endpoints, sticky } => {
            let met: BTreeSet<&String> = made.answered.keys().collect();
            let all: BTreeSet<&String> = endpoints.iter().collect();
            let right = if *sticky {
                met.len() == 1 && met.is_subset(&all)
            } else {
                met == all
            };
            right && clean && only(true, false, false)
        }
        // A kernel limits how many refusals it sends (Linux: icmp_ratelimit, icmp_msgs_per_sec), so silence may stand beside
        // them. One is enough: a proxy that drops sends none.
        Expected::Refused => clean && made.refused > 0 && only(false, true, true),
        Expected::Silent => clean && made.silent > 0 && only(false, false, true),
        // A router that says so, or somebody else's answer, is no agent's.
        Expected::NoAnswer => made.answered.is_empty(),
    }
}

fn words(expected: &Expected) -> String {
    match expected {
        Expected::Endpoints { endpoints, sticky } => {
            let endpoints = endpoints
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            let one = if *sticky { "one and the same of " } else { "" };
            format!("{one}{endpoints}")
        }
        Expected::Refused => "refused".to_owned(),
        Expected::Silent => "dropped".to_owned(),
        Expected::NoAnswer => "no answer of a pod".to_owned(),
    }
}

fn actual(made: &Made) -> String {
    let mut parts: Vec<String> = made
        .answered
        .iter()
        .map(|(who, count)| format!("{who} {count}×"))
        .collect();
    parts.extend(
        made.codes
            .iter()
            .map(|(code, count)| format!("HTTP {code} {count}×")),
    );
    for (word, count) in [("refused", made.refused), ("no answer", made.silent)] {
        if count > 0 {
            parts.push(format!("{word} {count}×"));
        }
    }
    parts.extend(made.failed.iter().map(|(why, count)| format!("{why} {count}×")));
    parts.join(", ")
}
