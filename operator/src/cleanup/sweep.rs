//! Removes what the tests of one run left behind.

use conform_crds::{ConformanceRun, Maker};
use conform_leftovers::{Leftover, Removed};
use jiff::Timestamp;
use kube::{Client, ResourceExt};

use super::Report;
use crate::error::{Context, Result};

/// Removes every object that a test process of this run made and that is still there, except those of attempt `but`,
/// which may be running.
///
/// May be repeated. Costs one request for what the server serves, one a kind (some thirty), and one an object that is
/// deleted. What waiting can mend is an error, so that it is tried again; what it cannot is in the report.
pub async fn sweep(client: &Client, run: &ConformanceRun, but: Option<&str>) -> Result<Report> {
    let found = conform_leftovers::find(client).await;
    let found = found.context(|| format!("look for what the tests of run {} left behind", run.name_any()))?;
    let mut report = Report {
        unseen: found.unseen,
        ..Report::default()
    };
    let uid = run.metadata.uid.as_deref().unwrap_or_default();
    for leftover in found
        .leftovers
        .iter()
        .filter(|left| left.maker.as_ref().is_some_and(|maker| is_of(maker, uid, but)))
    {
        remove(client, leftover, &mut report).await?;
    }
    Ok(report)
}

async fn remove(client: &Client, leftover: &Leftover, report: &mut Report) -> Result<()> {
    match conform_leftovers::remove(client, leftover).await {
        Ok(Removed::Deleted) => {
            tracing::info!(object = %leftover.spoken(), run = %leftover.run, "removed what a test left behind");
            report.deleted.push(leftover.spoken());
        }
        Ok(Removed::Gone) => {}
        Ok(Removed::Waits) => report.waits(leftover, Timestamp::now()),
        Err(error) if conform_leftovers::is_passing(&error) => {
            return Err(error).context(|| format!("delete {}", leftover.spoken()));
        }
        Err(error) => report.left.push(format!("{} ({error})", leftover.spoken())),
    }
    Ok(())
}

/// True if `maker` is a test process of the run with this uid, and not of attempt `but`.
fn is_of(maker: &Maker, uid: &str, but: Option<&str>) -> bool {
    !uid.is_empty() && maker.uid == uid && but != Some(maker.attempt.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_runs_attempts_count_and_not_the_one_that_starts() {
        let maker: Maker = "conform:demo:one:present-1".parse().unwrap();
        assert!(is_of(&maker, "one", None));
        assert!(is_of(&maker, "one", Some("present-2")));
        assert!(!is_of(&maker, "one", Some("present-1")));
        assert!(!is_of(&maker, "two", None), "another run of the same name");
        assert!(
            !is_of(&maker, "", None),
            "a run without identity has made nothing"
        );
    }
}
