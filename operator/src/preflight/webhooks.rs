//! `Webhooks`: whoever must answer before a pod or a namespace is made is there to answer.

use conform_crds::ConformanceRunSpec;

use super::{Facts, Finding, failed, passed, some, unseen, warned};

/// Fails if a webhook with `failurePolicy: Fail` has no ready endpoint: every test would fail. Whether webhooks that
/// answer refuse what tests make is the runner's to try.
pub fn check(facts: &Facts, _: &ConformanceRunSpec) -> Finding {
    let webhooks = match &facts.webhooks {
        Ok(webhooks) => webhooks,
        Err(why) => return unseen(why),
    };
    let dead: Vec<String> = webhooks
        .iter()
        .filter(|webhook| webhook.ready == Ok(0))
        .map(|webhook| {
            let service = webhook.service.as_ref();
            let service = service.map(|(namespace, name)| format!("{namespace}/{name}"));
            format!(
                "{} ({}, Service {})",
                webhook.name,
                webhook.configuration,
                service.unwrap_or_default()
            )
        })
        .collect();
    if !dead.is_empty() {
        return failed(format!(
            "Webhooks that must answer have no ready endpoint: {}. Every test that makes a pod or a namespace would fail.",
            some(&dead, 3)
        ));
    }
    if let Some(why) = webhooks.iter().find_map(|webhook| webhook.ready.as_ref().err()) {
        return warned(format!(
            "The endpoints of a webhook could not be looked at: {why}."
        ));
    }
    passed(format!(
        "{} webhooks must answer for pods or namespaces, and have endpoints.",
        webhooks.len()
    ))
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;
    use rstest::rstest;

    use super::{
        super::{Seen, Webhook},
        *,
    };

    #[rstest]
    #[case::alive(Ok(2), CheckState::Passed, "1 webhooks")]
    #[case::dead(
        Ok(0),
        CheckState::Failed,
        "deny.example.com (ValidatingWebhookConfiguration deny, Service x/hook)"
    )]
    #[case::unread(Err("forbidden".to_owned()), CheckState::Warned, "forbidden")]
    fn endpoints(#[case] ready: Seen<usize>, #[case] state: CheckState, #[case] words: &str) {
        let mut facts = Facts::well();
        facts.webhooks = Ok(vec![Webhook {
            configuration: "ValidatingWebhookConfiguration deny".to_owned(),
            name: "deny.example.com".to_owned(),
            service: Some(("x".to_owned(), "hook".to_owned())),
            ready,
        }]);
        let (found, message) = check(&facts, &ConformanceRunSpec::default());
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }

    #[test]
    fn none_is_fine() {
        assert_eq!(
            check(&Facts::well(), &ConformanceRunSpec::default()).0,
            CheckState::Passed
        );
    }
}
