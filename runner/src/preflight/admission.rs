//! `Admission`: pods as tests make them are let in. Nothing is made: these are dry runs, which pass every admission
//! plugin, policy and webhook.

use k8s_openapi::api::core::v1::Pod;
use kube::{Api, Client, api::PostParams};

use super::{Finding, failed, passed, pods, some, warned};
use crate::patience::explain;

/// What became of one dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    LetIn,
    Refused(String),
    Unknown(String),
}

/// Tries each kind of pod.
pub async fn look(client: &Client, namespace: &str) -> Finding {
    let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let dry = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    let mut answers = Vec::new();
    for (kind, pod) in pods::of_tests() {
        answers.push((kind, answer(api.create(&dry, &pod).await)));
    }
    verdict(&answers)
}

fn answer(tried: Result<Pod, kube::Error>) -> Answer {
    match tried {
        Ok(_) => Answer::LetIn,
        Err(kube::Error::Api(status)) if status.message.contains("does not support dry run") => {
            Answer::Unknown(status.message.clone())
        }
        // 500 is what the API server says when a webhook that must answer does not.
        Err(kube::Error::Api(status)) if matches!(status.code, 400..=422 | 500) => {
            Answer::Refused(status.message.clone())
        }
        Err(error) => Answer::Unknown(explain(&error)),
    }
}

fn verdict(answers: &[(&str, Answer)]) -> Finding {
    let refused: Vec<String> = answers
        .iter()
        .filter_map(|(kind, answer)| match answer {
            Answer::Refused(why) => Some(format!("{kind}: {why}")),
            _ => None,
        })
        .collect();
    if !refused.is_empty() {
        return failed(format!("Pods that tests make are refused: {}", some(&refused, 3)));
    }
    let unknown = answers.iter().find_map(|(kind, answer)| match answer {
        Answer::Unknown(why) => Some(format!("Could not be tried with {kind}: {why}")),
        _ => None,
    });
    unknown.map_or_else(
        || {
            passed(format!(
                "{} kinds of pods that tests make are let in.",
                answers.len()
            ))
        },
        warned,
    )
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use kube::core::Status;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::denied(
        403,
        "admission webhook \"deny.example.com\" denied the request: no",
        CheckState::Failed
    )]
    #[case::policy(422, "ValidatingAdmissionPolicy 'x' denied request", CheckState::Failed)]
    #[case::dead(500, "failed calling webhook \"deny.example.com\"", CheckState::Failed)]
    #[case::no_dry_run(400, "admission webhook \"x\" does not support dry run", CheckState::Warned)]
    #[case::busy(503, "etcd is away", CheckState::Warned)]
    fn refusals_are_named(#[case] code: u16, #[case] message: &str, #[case] state: CheckState) {
        let status = Status::failure(message, "Whatever").with_code(code);
        let answers = [
            ("plain pods", Answer::LetIn),
            ("privileged pods", answer(Err(kube::Error::Api(Box::new(status))))),
        ];
        let (found, told) = verdict(&answers);
        assert_eq!(found, state);
        assert!(
            told.contains(message) && told.contains("privileged pods"),
            "{told}"
        );
    }

    #[test]
    fn all_let_in_passes() {
        let pods = pods::of_tests().into_iter();
        let answers: Vec<_> = pods.map(|(kind, pod)| (kind, answer(Ok(pod)))).collect();
        assert_eq!(verdict(&answers).0, CheckState::Passed);
    }
}
