//! From what a user names to what was measured: files, or a run of the cluster.

use std::{collections::BTreeMap, path::Path};

use conform_report::merged_rows;
use conform_suite::{
    Authority, Circumstances, Release, Stage, TestName,
    evaluation::{Measured, ReleaseSource, Seen},
};

use crate::{assess, cli::Global, cluster::Cluster, error::Error, offline, printer::Printer};

/// Reads a file or a folder of this name; if there is none, a run of the cluster. A cluster is asked only then.
pub async fn measured(
    name: &str,
    release: Option<Release>,
    global: &Global,
    printer: &Printer,
) -> Result<Measured, Error> {
    let path = Path::new(name);
    if path.exists() {
        offline::load(path, release, printer)
    } else if name.contains(['/', '.']) {
        Err(Error::Missing(format!("there is no file {name:?}")))
    } else {
        of_run(name, &Cluster::connect(global).await?, release).await
    }
}

/// What a run of the cluster measured. `given` is the release of the cluster, if the user says so.
pub async fn of_run(name: &str, cluster: &Cluster, given: Option<Release>) -> Result<Measured, Error> {
    let run = cluster.run(name).await?;
    let nothing = || Error::Missing(format!("run {name:?} has measured nothing yet"));
    let result = cluster.result_of(&run).await?.ok_or_else(nothing)?;
    let server = run.status.as_ref().and_then(assess::server_release);
    let release = given.or(server).ok_or_else(nothing)?;
    let mut seen: BTreeMap<TestName, Seen> = BTreeMap::new();
    let mut marks: BTreeMap<TestName, Release> = BTreeMap::new();
    for row in merged_rows(&result, Some(release)) {
        // What the suite itself said of what is to come.
        if row.stage == Stage::Future && row.authority == Authority::Upstream {
            marks.insert(row.name.clone(), row.required_in);
        }
        let one = Seen {
            outcome: row.outcome,
            attempts: 1,
            milliseconds: row
                .duration_milliseconds
                .and_then(|count| u64::try_from(count).ok()),
            message: row.message,
        };
        seen.insert(row.name, one);
    }
    Ok(Measured {
        source: name.to_owned(),
        release,
        release_source: if given.is_some() {
            ReleaseSource::Given
        } else {
            ReleaseSource::Run
        },
        seen,
        marks,
        circumstances: Circumstances::plain(release, release),
        patterns: Vec::new(),
        logs: BTreeMap::new(),
        started_at: None,
    })
}
