//! Whether nodes tell load balancers on a Service's health check port how many endpoints they have. Pure.

use conform_crds::Component;
use conform_service_proxy::HealthCheck;
use conform_suite::{Answer, TruthTable};
use serde_json::Value;

use super::{
    feature::Feature,
    verdict::{Row, Status},
};
use crate::agent::Made;

/// One node, asked from another one or from itself.
#[derive(Clone, Debug)]
pub struct Told {
    /// Who asked, in words.
    pub sender: String,
    /// Where, in words.
    pub target: String,
    /// What has to be told (rule E1 of the model).
    pub expected: HealthCheck,
    /// What came of it.
    pub made: Option<Made>,
}

/// What one answer says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Right,
    Wrong(String),
    Nothing(String),
}

/// Holds an answer against what has to be told: the status, and the number of endpoints if one is told. Silence says nothing of the
/// proxy: a firewall may be in the way, and a port that nobody serves refuses.
fn said(told: &Told) -> Said {
    let Some(made) = &told.made else {
        return Said::Nothing("the agent did not answer".to_owned());
    };
    let Some(code) = made.codes.keys().next() else {
        let failed = made.failed.keys().next();
        return match (made.refused, failed) {
            (0, None) => Said::Nothing("no answer".to_owned()),
            (0, Some(why)) => Said::Nothing(why.clone()),
            _ => Said::Wrong("refused".to_owned()),
        };
    };
    let expected = &told.expected;
    let body: Option<Value> = made
        .body
        .as_deref()
        .and_then(|body| serde_json::from_str(body).ok());
    let count = body.and_then(|body| body.get("localEndpoints")?.as_u64());
    let is_right = count.is_none_or(|count| usize::try_from(count) == Ok(expected.local_endpoints));
    if *code == expected.status && is_right {
        return Said::Right;
    }
    let count = count.map_or_else(String::new, |count| format!(" and {count} local endpoints"));
    Said::Wrong(format!("HTTP {code}{count}"))
}

/// True if every node told what it has to, and some node has to tell of an endpoint: until the Service's slices have its
/// endpoints, all nodes agree that there are none.
pub fn is_settled(all: &[Told]) -> bool {
    all.iter().any(|told| told.expected.status == 200) && all.iter().all(|told| said(told) == Said::Right)
}

/// What all nodes say together. Only where one has endpoints and another has none the table shows anything.
pub fn judge(feature: &Feature, all: &[Told], components: &[Component]) -> Row {
    let mut row = Row::of(feature, components);
    row.cells = all.len();
    let (mut wrong, mut unmeasured) = (Vec::new(), Vec::new());
    let mut cells = Vec::new();
    for told in all {
        let words = format!("{} to {}", told.sender, told.target);
        let answer = match said(told) {
            Said::Right => {
                row.same += 1;
                Answer::Same
            }
            Said::Wrong(got) => {
                let HealthCheck {
                    status,
                    local_endpoints,
                    ..
                } = &told.expected;
                wrong.push(format!(
                    "{words}: expected HTTP {status} and {local_endpoints} local endpoints, got {got}"
                ));
                Answer::Different
            }
            Said::Nothing(why) => {
                unmeasured.push(format!("{words}: {why}"));
                Answer::NotMeasured
            }
        };
        cells.push((told.sender.clone(), told.target.clone(), answer));
    }
    row.table = TruthTable::new(cells);
    let of = |status| all.iter().filter(|told| told.expected.status == status).count();
    row.telling = if of(200) > 0 && of(503) > 0 { all.len() } else { 0 };
    (row.status, row.because) = if !wrong.is_empty() {
        (Status::Unsupported, wrong)
    } else if !unmeasured.is_empty() {
        (Status::Unevaluated, unmeasured)
    } else if row.telling == 0 {
        let why = "it takes a node with a ready endpoint and one without";
        (Status::Unevaluated, vec![why.to_owned()])
    } else {
        (Status::Supported, Vec::new())
    };
    row.because.truncate(8);
    row
}

#[cfg(test)]
mod tests {
    use conform_service_proxy::Family;
    use rstest::rstest;

    use super::{super::features::HEALTH_CHECKS, *};

    fn told(endpoints: usize, made: Option<Made>) -> Told {
        Told {
            sender: "node a".to_owned(),
            target: format!("health check port of a node with {endpoints}"),
            expected: HealthCheck {
                service: "conform-probe/health".to_owned(),
                family: Family::IPv4,
                port: 31_000,
                local_endpoints: endpoints,
                status: if endpoints > 0 { 200 } else { 503 },
            },
            made,
        }
    }

    fn answer(code: u16, body: &str) -> Made {
        Made {
            codes: [(code, 1)].into(),
            body: Some(body.to_owned()),
            ..Made::default()
        }
    }

    fn one() -> Told {
        told(
            1,
            Some(answer(200, r#"{"localEndpoints":1,"serviceProxyHealthy":true}"#)),
        )
    }

    fn none() -> Told {
        told(0, Some(answer(503, r#"{"localEndpoints":0}"#)))
    }

    #[test]
    fn no_endpoint_yet_is_nothing_to_go_by() {
        assert!(is_settled(&[one(), none()]));
        assert!(!is_settled(&[none(), none()]), "the slices lag behind");
    }

    #[rstest]
    #[case::all(&[one(), none()], Status::Supported, "")]
    #[case::without_a_count(&[told(1, Some(answer(200, "ok"))), none()], Status::Supported, "")]
    #[case::always_well(&[one(), told(0, Some(answer(200, "{}")))], Status::Unsupported, "expected HTTP 503 and 0 local endpoints, got HTTP 200")]
    #[case::another_count(&[told(1, Some(answer(200, r#"{"localEndpoints":2}"#))), none()], Status::Unsupported, "got HTTP 200 and 2 local endpoints")]
    #[case::nobody_listens(&[told(1, Some(Made { refused: 1, ..Made::default() })), none()], Status::Unsupported, "got refused")]
    #[case::silent(&[told(1, Some(Made { silent: 1, ..Made::default() })), none()], Status::Unevaluated, "no answer")]
    #[case::agent_lost(&[one(), told(0, None)], Status::Unevaluated, "the agent did not answer")]
    #[case::all_have_endpoints(&[one(), one()], Status::Unevaluated, "one without")]
    #[case::nobody(&[], Status::Unevaluated, "one without")]
    fn says(#[case] all: &[Told], #[case] status: Status, #[case] why: &str) {
        let row = judge(&HEALTH_CHECKS, all, &[]);
        assert_eq!(row.status, status, "{row:#?}");
        assert!(
            row.because.first().map_or("", String::as_str).ends_with(why),
            "{row:#?}"
        );
        assert_eq!(is_settled(all), row.same == all.len() && !all.is_empty());
    }
}
