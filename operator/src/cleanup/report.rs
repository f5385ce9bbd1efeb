//! What a sweep did and could not do, in a sentence for people.

use conform_leftovers::Leftover;
use jiff::{SignedDuration, Timestamp};

/// How long an object may take to go before people are told. Namespaces take a minute or two.
const GRACE: SignedDuration = SignedDuration::from_secs(300);
/// How many objects are named in a sentence.
const NAMED: usize = 5;

/// What a sweep did and could not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What was deleted, as `Namespace webhook-1788`.
    pub deleted: Vec<String>,
    /// What is left, with who or what keeps it.
    pub left: Vec<String>,
    /// What the operator may not look at, as resources.
    pub unseen: Vec<String>,
}

impl Report {
    /// Notes an object that is being deleted already. One that goes on its own is not worth a word.
    pub fn waits(&mut self, leftover: &Leftover, now: Timestamp) {
        let Some(since) = leftover.deleted else { return };
        if now.duration_since(since) < GRACE {
            return;
        }
        let minutes = now.duration_since(since).as_mins();
        let by = if leftover.finalizers.is_empty() {
            "is still being deleted".to_owned()
        } else {
            format!("waits for {}", leftover.finalizers.join(", "))
        };
        self.left
            .push(format!("{} ({by}, {minutes} min)", leftover.spoken()));
    }

    /// What there is to tell of, if anything: whether it is a warning, one word, and a sentence.
    pub fn sentence(&self) -> Option<(bool, &'static str, String)> {
        let mut sentences = Vec::new();
        if !self.deleted.is_empty() {
            let objects = counted(self.deleted.len(), "object");
            sentences.push(format!(
                "Removed {objects} that tests left behind: {}.",
                some(&self.deleted)
            ));
        }
        let complete = self.left.is_empty() && self.unseen.is_empty();
        if !self.left.is_empty() {
            let objects = counted(self.left.len(), "object");
            sentences.push(format!("{objects} of tests left: {}.", some(&self.left)));
        }
        if !self.unseen.is_empty() {
            sentences.push(format!(
                "Not allowed to look for more among {}: install again.",
                some(&self.unseen)
            ));
        }
        let reason = if complete {
            "LeftoversRemoved"
        } else {
            "LeftoversRemain"
        };
        (!sentences.is_empty()).then(|| (!complete, reason, sentences.join(" ")))
    }
}

fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn some(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{rest}", first.join(", "))
}

#[cfg(test)]
mod tests {
    use kube::api::{ApiResource, GroupVersionKind};

    use super::*;

    fn namespace(deleted: Option<i64>) -> Leftover {
        Leftover {
            resource: ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", "Namespace")),
            namespace: None,
            name: "webhook-1788".into(),
            uid: "uid".into(),
            created: None,
            deleted: deleted.map(|second| Timestamp::from_second(second).unwrap()),
            finalizers: vec!["example.com/keep".into()],
            run: "demo".into(),
            maker: "conform:demo:uid:present-1".parse().ok(),
        }
    }

    #[test]
    fn nothing_is_nothing_to_tell() {
        assert_eq!(Report::default().sentence(), None);
    }

    #[test]
    fn what_goes_on_its_own_is_not_told() {
        let now = Timestamp::from_second(1000).unwrap();
        let mut report = Report::default();
        report.waits(&namespace(Some(900)), now);
        assert_eq!(report, Report::default());
        report.waits(&namespace(Some(100)), now);
        let (warning, reason, sentence) = report.sentence().unwrap();
        assert!(warning);
        assert_eq!(reason, "LeftoversRemain");
        assert_eq!(
            sentence,
            "1 object of tests left: Namespace webhook-1788 (waits for example.com/keep, 15 min)."
        );
    }

    #[test]
    fn many_are_counted_and_some_named() {
        let report = Report {
            deleted: (0..7).map(|n| format!("Namespace n{n}")).collect(),
            ..Report::default()
        };
        let (warning, _, sentence) = report.sentence().unwrap();
        assert!(!warning);
        assert_eq!(
            sentence,
            "Removed 7 objects that tests left behind: Namespace n0, Namespace n1, Namespace n2, Namespace n3, Namespace n4 and 2 more."
        );
    }
}
