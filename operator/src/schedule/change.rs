//! Whether the cluster has changed enough, and for long enough, to be tested again.

use std::time::Duration;

use conform_crds::{ClusterChange, ClusterState, Triggers, WatchedCluster};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

/// How often to look at the cluster.
pub const INTERVAL: Duration = Duration::from_mins(1);

/// What the cluster's state means for a schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// What to remember.
    pub watched: WatchedCluster,
    /// A change to make a run for: what changed, and since when.
    pub due: Option<(String, Timestamp)>,
    /// When to look again.
    pub look_again: Duration,
}

/// Compares the cluster with what is remembered of it.
pub fn seen(
    triggers: &Triggers,
    remembered: Option<WatchedCluster>,
    state: &ClusterState,
    now: Timestamp,
) -> Seen {
    let state = restricted(triggers, state);
    let Some(mut watched) = remembered else {
        let watched = WatchedCluster {
            known: state,
            ..WatchedCluster::default()
        };
        return quiet(watched);
    };
    watched.known = adopted(restricted(triggers, &watched.known), &state);
    let differences = differences(&watched.known, &state);
    if differences.is_empty() {
        watched.changed = None;
        watched.changed_time = None;
        return quiet(watched);
    }
    let since = watched.changed_time.as_ref().map(|time| time.0);
    let (true, Some(since)) = (watched.changed.as_ref() == Some(&state), since) else {
        watched.changed = Some(state);
        watched.changed_time = Some(Time(now));
        return Seen {
            look_again: Duration::ZERO,
            ..quiet(watched)
        };
    };
    // Seen before, so it is in the status: a run for it has the same name whoever makes it.
    let settled = since.checked_add(SignedDuration::from_secs(i64::from(triggers.settle_seconds)));
    let left = settled.unwrap_or(Timestamp::MAX).duration_since(now);
    if left.is_positive() {
        return Seen {
            look_again: Duration::try_from(left).unwrap_or(INTERVAL).min(INTERVAL),
            ..quiet(watched)
        };
    }
    Seen {
        due: Some((format!("{}.", differences.join("; ")), since)),
        ..quiet(watched)
    }
}

/// What to remember once a run was made for the change.
pub fn accepted(mut watched: WatchedCluster) -> WatchedCluster {
    if let Some(changed) = watched.changed.take() {
        watched.known = changed;
    }
    watched.changed_time = None;
    watched
}

fn quiet(watched: WatchedCluster) -> Seen {
    Seen {
        watched,
        due: None,
        look_again: INTERVAL,
    }
}

/// Only what the triggers ask for.
fn restricted(triggers: &Triggers, state: &ClusterState) -> ClusterState {
    let only = |change: ClusterChange, part: &Option<String>| {
        part.clone().filter(|_| triggers.changes.contains(&change))
    };
    ClusterState {
        server_version: only(ClusterChange::ServerVersion, &state.server_version),
        node_images: only(ClusterChange::NodeImage, &state.node_images),
        network_images: only(ClusterChange::NetworkImage, &state.network_images),
    }
}

/// What was not looked at before is no change.
fn adopted(known: ClusterState, state: &ClusterState) -> ClusterState {
    ClusterState {
        server_version: known.server_version.or_else(|| state.server_version.clone()),
        node_images: known.node_images.or_else(|| state.node_images.clone()),
        network_images: known.network_images.or_else(|| state.network_images.clone()),
    }
}

fn differences(known: &ClusterState, state: &ClusterState) -> Vec<String> {
    let parts = [
        (
            "the API server's version",
            &known.server_version,
            &state.server_version,
        ),
        ("the nodes' images", &known.node_images, &state.node_images),
        (
            "the network's images",
            &known.network_images,
            &state.network_images,
        ),
    ];
    let differing = parts.into_iter().filter_map(|(what, before, after)| {
        let (before, after) = (before.as_ref()?, after.as_ref()?);
        (before != after).then(|| format!("{what} changed from {before} to {after}"))
    });
    differing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triggers(settle_seconds: i32) -> Triggers {
        Triggers {
            changes: vec![ClusterChange::ServerVersion, ClusterChange::NodeImage],
            settle_seconds,
        }
    }

    fn state(version: &str, nodes: &str) -> ClusterState {
        ClusterState {
            server_version: Some(version.to_owned()),
            node_images: Some(nodes.to_owned()),
            network_images: Some("cni:1".to_owned()),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_first_look_is_no_change_and_keeps_only_what_is_asked_for() {
        let first = seen(&triggers(60), None, &state("v1", "a"), at(0));
        assert_eq!(first.due, None);
        assert_eq!(first.watched.known.network_images, None);
        assert_eq!(first.watched.known.server_version.as_deref(), Some("v1"));
    }

    #[test]
    fn a_change_is_tested_once_it_has_settled() {
        let known = seen(&triggers(60), None, &state("v1", "a"), at(0)).watched;
        let first = seen(&triggers(60), Some(known), &state("v2", "a"), at(100));
        assert_eq!((first.due.as_ref(), first.look_again), (None, Duration::ZERO));
        let still = seen(&triggers(60), Some(first.watched), &state("v2", "b"), at(150));
        assert_eq!(
            still.watched.changed_time,
            Some(Time(at(150))),
            "it changed again"
        );
        let waits = seen(&triggers(60), Some(still.watched), &state("v2", "b"), at(180));
        assert_eq!(
            (waits.due.as_ref(), waits.look_again),
            (None, Duration::from_secs(30))
        );
        let due = seen(&triggers(60), Some(waits.watched), &state("v2", "b"), at(210));
        let (what, since) = due.due.unwrap();
        assert_eq!(
            what,
            "the API server's version changed from v1 to v2; the nodes' images changed from a to b."
        );
        assert_eq!(since, at(150));
        let after = seen(
            &triggers(60),
            Some(accepted(due.watched)),
            &state("v2", "b"),
            at(211),
        );
        assert_eq!((after.due, after.watched.changed), (None, None));
    }

    #[test]
    fn a_change_that_is_taken_back_is_none() {
        let known = seen(&triggers(0), None, &state("v1", "a"), at(0)).watched;
        let changed = seen(&triggers(0), Some(known), &state("v2", "a"), at(1)).watched;
        let back = seen(&triggers(0), Some(changed), &state("v1", "a"), at(2));
        assert_eq!((back.due, back.watched.changed), (None, None));
    }

    #[test]
    fn without_settling_a_change_is_still_written_down_first() {
        let known = seen(&triggers(0), None, &state("v1", "a"), at(0)).watched;
        let first = seen(&triggers(0), Some(known), &state("v2", "a"), at(1));
        assert_eq!(first.due, None);
        assert!(
            seen(&triggers(0), Some(first.watched), &state("v2", "a"), at(1))
                .due
                .is_some()
        );
    }

    #[test]
    fn a_trigger_that_is_new_is_no_change() {
        let one = Triggers {
            changes: vec![ClusterChange::ServerVersion],
            settle_seconds: 0,
        };
        let known = seen(&one, None, &state("v1", "a"), at(0)).watched;
        let both = seen(&triggers(0), Some(known), &state("v1", "a"), at(1));
        assert_eq!((both.due, both.watched.changed), (None, None));
        assert_eq!(both.watched.known.node_images.as_deref(), Some("a"));
    }
}
