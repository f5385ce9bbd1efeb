//! `Clocks`: tokens, certificates and leases are valid by the clock of whoever reads them.
//!
//! The API server's clock is the `Date` of an answer, whose unit is a second. The suite's pod has its node's clock. Other
//! nodes' clocks are told by their Leases, which each kubelet renews every 10 s with its own time.

use http::Request;
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, ResourceExt, api::ListParams, client::Body};

use super::{Finding, failed, passed, some, warned};
use crate::patience::explain;

/// Where the kubelets' Leases are.
const NODE_LEASES: &str = "kube-node-lease";
/// How old a Lease is at most by itself: its renewal interval, and some time for a busy API server.
const RENEWAL: SignedDuration = SignedDuration::from_secs(20);
/// A Lease that is older tells that its kubelet is away, and nothing of its clock.
const STALE: SignedDuration = SignedDuration::from_secs(600);
/// Differences beyond this are told.
const WARN: SignedDuration = SignedDuration::from_secs(5);
/// Differences beyond this are not worked with: tokens of tests are not valid yet, or no more.
const FAIL: SignedDuration = SignedDuration::from_secs(60);

/// Compares the clocks.
pub async fn look(client: &Client) -> Finding {
    match server_time(client).await {
        Err(why) => warned(format!("Could not be looked at: {why}.")),
        Ok((server, here)) => {
            let leases: Api<Lease> = Api::namespaced(client.clone(), NODE_LEASES);
            let leases = match leases.list(&ListParams::default()).await {
                Ok(leases) => leases.items,
                Err(error) => {
                    return warned(format!(
                        "The nodes' Leases could not be listed: {}.",
                        explain(&error)
                    ));
                }
            };
            let now = server + (Timestamp::now().duration_since(here));
            verdict(here.duration_since(server), &offsets(&leases, now))
        }
    }
}

/// The API server's time, and this pod's at the same moment.
async fn server_time(client: &Client) -> Result<(Timestamp, Timestamp), String> {
    let request = Request::get("/version").body(Body::empty());
    let request = request.map_err(|error| error.to_string())?;
    let before = Timestamp::now();
    let answer = client.send(request).await.map_err(|error| explain(&error))?;
    let after = Timestamp::now();
    let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
    let date = date.ok_or("the API server's answer has no Date")?;
    let server = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(date)
        .map_err(|error| format!("the API server's Date is none: {error}"))?;
    // On average the whole second that is told was half a second ago.
    let server = server + SignedDuration::from_millis(500);
    Ok((server, before + after.duration_since(before) / 2))
}

/// How far the clock of each node is from the API server's: positive if it is ahead. Only what a Lease can show.
fn offsets(leases: &[Lease], now: Timestamp) -> Vec<(String, SignedDuration)> {
    leases
        .iter()
        .filter_map(|lease| {
            let renewed = lease.spec.as_ref()?.renew_time.as_ref()?.0;
            let age = now.duration_since(renewed);
            if age > STALE {
                return None;
            }
            let offset = if age.is_negative() {
                -age
            } else {
                -(age - RENEWAL).max(SignedDuration::ZERO)
            };
            Some((lease.name_any(), offset))
        })
        .collect()
}

fn verdict(here: SignedDuration, nodes: &[(String, SignedDuration)]) -> Finding {
    let pod = [("the suite's own node".to_owned(), here)];
    let all = || pod.iter().chain(nodes);
    let beyond = |limit: SignedDuration| -> Vec<String> {
        all()
            .filter(|(_, offset)| offset.abs() > limit)
            .map(|(name, offset)| {
                let way = if offset.is_negative() { "behind" } else { "ahead" };
                format!("{name} is {} s {way}", offset.abs().as_secs())
            })
            .collect()
    };
    if beyond(FAIL).is_empty() && beyond(WARN).is_empty() {
        let nodes = nodes.len();
        return passed(format!(
            "The clocks of {nodes} nodes agree with the API server's, as far as their Leases tell."
        ));
    }
    let told = format!("Clocks differ from the API server's: {}.", some(&beyond(WARN), 5));
    if beyond(FAIL).is_empty() {
        warned(told)
    } else {
        failed(format!("{told} Set up time synchronisation."))
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use k8s_openapi::{
        api::coordination::v1::LeaseSpec,
        apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta},
    };
    use rstest::rstest;

    use super::*;

    fn lease(age: i64, now: Timestamp) -> Lease {
        Lease {
            metadata: ObjectMeta {
                name: Some("a".to_owned()),
                ..ObjectMeta::default()
            },
            spec: Some(LeaseSpec {
                renew_time: Some(MicroTime(now - SignedDuration::from_secs(age))),
                ..LeaseSpec::default()
            }),
        }
    }

    #[rstest]
    #[case::agrees(0, 9, CheckState::Passed, "agree")]
    #[case::node_ahead(0, -10, CheckState::Warned, "a is 10 s ahead")]
    #[case::node_far_ahead(0, -90, CheckState::Failed, "a is 90 s ahead")]
    #[case::node_behind(0, 50, CheckState::Warned, "a is 30 s behind")]
    #[case::node_away(0, 3600, CheckState::Passed, "0 nodes")]
    #[case::pod_behind(-7, 1, CheckState::Warned, "own node is 7 s behind")]
    #[case::pod_far_ahead(3600, 1, CheckState::Failed, "3600 s ahead")]
    fn clocks(#[case] here: i64, #[case] age: i64, #[case] state: CheckState, #[case] words: &str) {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let offsets = offsets(&[lease(age, now)], now);
        let (found, message) = verdict(SignedDuration::from_secs(here), &offsets);
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }
}
