//! `rerun`: make a run like an earlier one, of all its tests or of those that did not pass.

use conform_crds::{ConformanceRun, ConformanceRunSpec, Rerun, RerunTests, names};
use kube::ResourceExt;

use super::create;
use crate::{cli::Global, cluster::Cluster, condition, error::Error, exit::ExitStatus, printer::Printer};

/// What `generateName` puts behind its prefix.
const RANDOM_LETTERS: usize = 5;

/// Options of `rerun`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "A run of some tests says nothing of the others: whether the cluster conforms is decided by a run of all."
)]
pub struct Args {
    /// Name of the earlier run
    run: String,
    /// Name of the new run; made from the earlier one's if not given
    name: Option<String>,
    /// Only tests that failed in the earlier run
    #[arg(long)]
    failed: bool,
    /// Only tests that did not pass in the earlier run: failed, skipped or not run
    #[arg(long, conflicts_with = "failed")]
    not_passed: bool,
    #[command(flatten)]
    creation: create::Creation,
}

/// Creates the new run.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let cluster = Cluster::connect(global).await?;
    let earlier = cluster.run(&args.run).await?;
    let tests = tests(args);
    if tests.is_some() && !condition::is_finished(&earlier) {
        return Err(Error::Usage(format!(
            "run {:?} has not ended, so it is not known yet which of its tests did not pass",
            args.run
        )));
    }
    create::run(
        &again(&earlier, args.name.as_deref(), tests),
        &args.creation,
        global,
        printer,
    )
    .await
}

const fn tests(args: &Args) -> Option<RerunTests> {
    match (args.failed, args.not_passed) {
        (true, _) => Some(RerunTests::Failed),
        (false, true) => Some(RerunTests::NotPassed),
        (false, false) => None,
    }
}

/// A run like `earlier`, started at once.
fn again(earlier: &ConformanceRun, name: Option<&str>, tests: Option<RerunTests>) -> ConformanceRun {
    let of = earlier.name_any();
    let spec = ConformanceRunSpec {
        cancel: false,
        suspend: false,
        rerun: tests.map(|tests| Rerun {
            run: of.clone(),
            tests,
        }),
        ..earlier.spec.clone()
    };
    let mut run = ConformanceRun::new(name.unwrap_or_default(), spec);
    if name.is_none() {
        run.metadata.name = None;
        let longest = names::MAX_RUN_NAME - RANDOM_LETTERS - 1;
        let prefix: String = of.chars().take(longest).collect();
        run.metadata.generate_name = Some(format!("{}-", prefix.trim_end_matches(['-', '.'])));
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earlier(name: &str) -> ConformanceRun {
        ConformanceRun::new(
            name,
            ConformanceRunSpec {
                focus: Some("DNS".to_owned()),
                cancel: true,
                suspend: true,
                ..ConformanceRunSpec::default()
            },
        )
    }

    #[test]
    fn a_rerun_is_the_same_but_starts() {
        let run = again(&earlier("nightly"), None, None);
        assert_eq!(run.metadata.generate_name.as_deref(), Some("nightly-"));
        assert_eq!(run.spec.focus.as_deref(), Some("DNS"));
        assert!(!run.spec.cancel && !run.spec.suspend && run.spec.rerun.is_none());
    }

    #[test]
    fn a_rerun_of_failures_names_where_they_were() {
        let run = again(&earlier("nightly"), Some("second"), Some(RerunTests::Failed));
        assert_eq!(run.metadata.name.as_deref(), Some("second"));
        assert_eq!(run.spec.rerun.unwrap().run, "nightly");
    }

    #[test]
    fn the_longest_name_still_leaves_room_for_letters() {
        let run = again(&earlier(&"r".repeat(names::MAX_RUN_NAME)), None, None);
        let prefix = run.metadata.generate_name.unwrap();
        assert_eq!(prefix.len() + RANDOM_LETTERS, names::MAX_RUN_NAME);
    }
}
