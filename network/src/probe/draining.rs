//! Whether load balancers are told that a node is about to go. Pure.

use conform_crds::Component;

use super::{
    feature::{Feature, Unfit},
    verdict::{Row, Status},
};

/// What the proxy of one node answers about its health, as status codes; none if nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The node.
    pub node: String,
    /// It is the one that is about to go.
    pub leaves: bool,
    /// `/healthz` before.
    pub before: Option<u16>,
    /// `/healthz` while it is about to go.
    pub meanwhile: Option<u16>,
    /// `/livez` while it is about to go: the proxy itself is well.
    pub alive: Option<u16>,
    /// `/healthz` once it stays after all.
    pub after: Option<u16>,
}

/// Well, and not for new connections from outside.
const OK: u16 = 200;
const UNAVAILABLE: u16 = 503;

/// What a node that is or is not about to go has to answer meanwhile (rule E2 of the model).
pub const fn expected(leaves: bool) -> u16 {
    if leaves { UNAVAILABLE } else { OK }
}

/// What all nodes say together: three answers of each, and that the one that leaves is alive.
pub fn judge(feature: &Feature, nodes: &[Health], components: &[Component]) -> Row {
    let silent = nodes.iter().find(|health| health.before != Some(OK));
    if let Some(health) = silent {
        let why = format!(
            "{}: {} from /healthz of its service proxy on port 10256, before anything was done",
            health.node,
            said(health.before)
        );
        return Row::unfit(feature, Unfit::Unevaluated(why), components);
    }
    // One that answered before and is silent now may be lost with its node; a proxy that does not know the feature answers.
    let lost = |health: &&Health| {
        let alive = !health.leaves || health.alive.is_some();
        health.meanwhile.is_none() || health.after.is_none() || !alive
    };
    if let Some(health) = nodes.iter().find(lost) {
        let why = format!(
            "could not measure: the service proxy of {} fell silent",
            health.node
        );
        return Row::unfit(feature, Unfit::Unevaluated(why), components);
    }
    let mut row = Row::of(feature, components);
    for health in nodes {
        let mut look = |what: &str, wanted: u16, got: Option<u16>| {
            row.cells += 1;
            if got == Some(wanted) {
                row.same += 1;
            } else {
                let node = &health.node;
                row.because
                    .push(format!("{node}: {what}: expected {wanted}, got {}", said(got)));
            }
        };
        let meanwhile = if health.leaves {
            "/healthz while it is about to go"
        } else {
            "/healthz while another node is about to go"
        };
        look(meanwhile, expected(health.leaves), health.meanwhile);
        if health.leaves {
            look("/livez while it is about to go", OK, health.alive);
        }
        look("/healthz once no node is", OK, health.after);
    }
    row.telling = nodes.iter().filter(|health| health.leaves).count();
    row.status = if !row.because.is_empty() {
        Status::Unsupported
    } else if row.telling == 0 {
        row.because = vec!["no node could be said to go".to_owned()];
        Status::Unevaluated
    } else {
        Status::Supported
    };
    row
}

fn said(code: Option<u16>) -> String {
    code.map_or_else(|| "no answer".to_owned(), |code| code.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{super::features::DRAINING, *};

    fn health(leaves: bool, codes: [u16; 4]) -> Health {
        let [before, meanwhile, alive, after] = codes.map(|code| Some(code).filter(|code| *code != 0));
        Health {
            node: if leaves { "a" } else { "b" }.to_owned(),
            leaves,
            before,
            meanwhile,
            alive,
            after,
        }
    }

    #[rstest]
    #[case::told([200, 503, 200, 200], [200, 200, 200, 200], Status::Supported, "")]
    #[case::not_told([200, 200, 200, 200], [200, 200, 200, 200], Status::Unsupported, "a: /healthz while it is about")]
    #[case::dead([200, 503, 503, 200], [200, 200, 200, 200], Status::Unsupported, "a: /livez")]
    #[case::never_well_again([200, 503, 200, 503], [200, 200, 200, 200], Status::Unsupported, "a: /healthz once")]
    #[case::another_goes_too([200, 503, 200, 200], [200, 503, 200, 200], Status::Unsupported, "b: /healthz while another")]
    #[case::nobody_answers([0, 0, 0, 0], [200, 200, 200, 200], Status::Unevaluated, "a: no answer")]
    #[case::lost_meanwhile([200, 503, 200, 200], [200, 0, 0, 0], Status::Unevaluated, "could not measure: the service proxy of b")]
    #[case::lost_afterwards([200, 503, 200, 0], [200, 200, 200, 200], Status::Unevaluated, "could not measure: the service proxy of a")]
    #[case::not_well_before([200, 503, 200, 200], [503, 503, 503, 503], Status::Unevaluated, "b: 503")]
    fn says(#[case] leaving: [u16; 4], #[case] staying: [u16; 4], #[case] status: Status, #[case] why: &str) {
        let row = judge(&DRAINING, &[health(true, leaving), health(false, staying)], &[]);
        assert_eq!(row.status, status, "{row:#?}");
        let first = row.because.first().map(String::as_str).unwrap_or_default();
        assert!(
            first.starts_with(why) && first.is_empty() == why.is_empty(),
            "{first}"
        );
    }

    #[test]
    fn nobody_leaving_is_no_pass() {
        let row = judge(&DRAINING, &[health(false, [200; 4])], &[]);
        assert_eq!(row.status, Status::Unevaluated);
        assert_eq!(judge(&DRAINING, &[], &[]).status, Status::Unevaluated);
    }
}
