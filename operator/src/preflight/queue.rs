//! `Queue`: Kueue is there if the run's Jobs are to go through it.

use conform_crds::ConformanceRunSpec;

use super::{Facts, Finding, failed, passed, unseen};

/// Kueue's API group.
const KUEUE: &str = "kueue.x-k8s.io";

/// Fails if the run names a queue and nobody serves queues: its Jobs would start at once, past the queue.
pub fn check(facts: &Facts, spec: &ConformanceRunSpec) -> Finding {
    let queue = spec.execution.queue_name.as_deref().unwrap_or_default();
    match &facts.groups {
        Err(why) => unseen(why),
        Ok(groups) if groups.iter().any(|group| group == KUEUE) => {
            passed(format!("Jobs go through queue {queue}."))
        }
        Ok(_) => failed(format!(
            "execution.queueName is {queue}, but Kueue is not installed ({KUEUE} is not served): install it, or leave \
             the name out."
        )),
    }
}

#[cfg(test)]
mod tests {
    use conform_crds::CheckState;

    use super::*;

    #[test]
    fn a_queue_needs_kueue() {
        let mut spec = ConformanceRunSpec::default();
        spec.execution.queue_name = Some("tests".to_owned());
        let mut facts = Facts::well();
        let (state, message) = check(&facts, &spec);
        assert_eq!(state, CheckState::Failed);
        assert!(message.contains("Kueue is not installed"), "{message}");
        facts.groups = Ok(vec![KUEUE.to_owned()]);
        assert_eq!(check(&facts, &spec).0, CheckState::Passed);
        facts.groups = Err("forbidden".to_owned());
        assert_eq!(check(&facts, &spec).0, CheckState::Warned);
    }
}
