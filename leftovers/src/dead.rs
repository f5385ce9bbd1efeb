//! Which runs nobody looks after any more.

use conform_crds::{ConformanceRun, Maker, conditions};

use crate::Leftover;

/// The runs that there are.
///
/// To be read after the leftovers: an object's run was there before its object, so that a run which is not among these is
/// gone.
#[derive(Clone, Debug, Default)]
pub struct Runs(Vec<Run>);

#[derive(Clone, Debug)]
struct Run {
    name: String,
    uid: String,
    finished: bool,
}

impl Runs {
    /// The runs of a complete list.
    pub fn of<'a>(runs: impl IntoIterator<Item = &'a ConformanceRun>) -> Self {
        let read = runs.into_iter().map(|run| Run {
            name: run.metadata.name.clone().unwrap_or_default(),
            uid: run.metadata.uid.clone().unwrap_or_default(),
            finished: is_finished(run),
        });
        Self(read.collect())
    }

    /// True if the object is left of a run that has finished or is gone.
    ///
    /// What tests made goes by the run's identity. What conform made goes by its name, the only thing that an object keeps
    /// whose owner was taken off; a finished run keeps its Jobs and files, and none of its rights.
    pub fn left_behind(&self, leftover: &Leftover) -> bool {
        if let Some(maker) = &leftover.maker {
            return !self.is_active(maker);
        }
        let mut same = self.0.iter().filter(|run| run.name == leftover.run).peekable();
        same.peek().is_none() || (leftover.is_right() && same.all(|run| run.finished))
    }

    fn is_active(&self, maker: &Maker) -> bool {
        self.0.iter().any(|run| run.uid == maker.uid && !run.finished)
    }
}

/// True if the run has its verdict and is not being deleted: then its operator is still at work behind it.
fn is_finished(run: &ConformanceRun) -> bool {
    let conditions = run.status.iter().flat_map(|status| &status.conditions);
    let mut ended = conditions.filter(|condition| condition.type_ == conditions::SUCCEEDED);
    run.metadata.deletion_timestamp.is_none() && ended.any(|condition| condition.status != "Unknown")
}

#[cfg(test)]
mod tests {
    use kube::api::{ApiResource, GroupVersionKind};
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn run(name: &str, uid: &str, succeeded: Option<&str>) -> ConformanceRun {
        let conditions: Vec<_> = succeeded
            .map(|status| {
                json!({
                    "type": "Succeeded", "status": status, "reason": "R", "message": "",
                    "lastTransitionTime": "2026-11-22T10:00:00Z",
                })
            })
            .into_iter()
            .collect();
        serde_json::from_value(json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun",
            "metadata": { "name": name, "uid": uid }, "spec": {}, "status": { "conditions": conditions },
        }))
        .unwrap()
    }

    fn of(kind: &str, run: &str, maker: Option<&str>) -> Leftover {
        Leftover {
            resource: ApiResource::from_gvk(&GroupVersionKind::gvk("", "v1", kind)),
            namespace: None,
            name: "x".into(),
            uid: "u".into(),
            created: None,
            deleted: None,
            finalizers: vec![],
            run: run.into(),
            maker: maker.map(|maker| maker.parse().unwrap()),
        }
    }

    #[rstest]
    #[case::active("conform:demo:one:present-1", Some("Unknown"), false)]
    #[case::not_looked_at_yet("conform:demo:one:present-1", None, false)]
    #[case::failed("conform:demo:one:present-1", Some("False"), true)]
    #[case::succeeded("conform:demo:one:present-1", Some("True"), true)]
    #[case::an_earlier_run_of_that_name("conform:demo:two:present-1", Some("Unknown"), true)]
    fn what_tests_made_goes_by_the_runs_identity(
        #[case] maker: &str,
        #[case] succeeded: Option<&str>,
        #[case] left: bool,
    ) {
        let runs = Runs::of(&[run("demo", "one", succeeded)]);
        assert_eq!(
            runs.left_behind(&of("Namespace", "demo", Some(maker))),
            left,
            "{succeeded:?}"
        );
        assert!(Runs::default().left_behind(&of("Namespace", "demo", Some(maker))));
    }

    #[rstest]
    #[case("Job", "Unknown", false)]
    #[case("Job", "True", false)]
    #[case("ClusterRoleBinding", "Unknown", false)]
    #[case("ClusterRoleBinding", "True", true)]
    #[case("ServiceAccount", "False", true)]
    fn a_finished_run_keeps_its_files_and_not_its_rights(
        #[case] kind: &str,
        #[case] succeeded: &str,
        #[case] left: bool,
    ) {
        let runs = Runs::of(&[run("demo", "one", Some(succeeded))]);
        assert_eq!(runs.left_behind(&of(kind, "demo", None)), left);
        assert!(runs.left_behind(&of(kind, "gone", None)));
    }
}
