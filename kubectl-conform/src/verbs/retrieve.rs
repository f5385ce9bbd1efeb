//! `retrieve`: the suite's files, byte for byte.

use std::path::{Path, PathBuf};

use conform_crds::{Attempt, ConformanceResult};
use conform_suite::Stage;

use super::results::StageArg;
use crate::{artifact, cluster::Cluster, error::Error, printer::Printer, sink};

/// Options of `retrieve`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the run
    name: String,
    /// Only files of this stage
    #[arg(long, value_enum)]
    stage: Option<StageArg>,
    /// Folder to write to; files of the future stage go to its folder "future", those of own suites to "suites"
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Overwrite files that differ
    #[arg(long)]
    force: bool,
}

/// Fetches, checks and writes every file of the run.
pub async fn run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<(), Error> {
    let run = cluster.run(&args.name).await?;
    let result = cluster.result_of(&run).await?;
    let wanted = |stage| args.stage.is_none_or(|wanted| wanted.stage() == stage);
    let mut written = 0_usize;
    let attempts = result.iter().flat_map(|result| {
        let placed = placed(result, &args.out).into_iter();
        placed.map(move |(folder, attempt)| (result, folder, attempt))
    });
    for (result, folder, attempt) in attempts.filter(|(.., attempt)| wanted(attempt.stage)) {
        for file in &attempt.artifacts {
            let path = folder.join(artifact::safe_name(&file.name)?);
            let bytes = artifact::fetch(cluster, result, &attempt.name, file).await?;
            sink::write(&path, &bytes, args.force)?;
            printer.out(&path.display().to_string())?;
            written += 1;
        }
    }
    if written == 0 {
        return Err(Error::Missing(format!(
            "run {:?} has left no files (yet)",
            args.name
        )));
    }
    Ok(())
}

/// The attempts with the folders that their files go to.
///
/// The last present attempt's files lie in the folder itself, where a submission expects them; future ones beside them.
/// Files of earlier attempts of a stage lie in folders with the attempts' names.
fn placed<'a>(result: &'a ConformanceResult, out: &Path) -> Vec<(PathBuf, &'a Attempt)> {
    let attempts = result.status.iter().flat_map(|status| &status.attempts);
    let mut kept: Vec<&Attempt> = attempts.filter(|attempt| !attempt.artifacts.is_empty()).collect();
    kept.sort_by_key(|attempt| attempt.start_time.0);
    let is_last = |attempt: &Attempt| {
        let of_its_kind = |other: &&&Attempt| {
            other.stage == attempt.stage && !other.combined && other.own_suite == attempt.own_suite
        };
        let last = kept.iter().rev().find(of_its_kind);
        last.is_some_and(|last| last.name == attempt.name)
    };
    let folder = |attempt: &Attempt| {
        // Its files hold both stages, so nobody takes them for a submission.
        if attempt.combined {
            return artifact::safe_name(&attempt.name).ok().map(|name| out.join(name));
        }
        let base = match (&attempt.own_suite, attempt.stage) {
            (Some(suite), _) => own_folder(suite, out)?,
            (None, Stage::Present) => out.to_path_buf(),
            (None, Stage::Future) => out.join("future"),
        };
        if is_last(attempt) {
            Some(base)
        } else {
            // A name that is no plain file name is nobody's attempt.
            artifact::safe_name(&attempt.name)
                .ok()
                .map(|name| base.join(name))
        }
    };
    kept.iter()
        .filter_map(|attempt| folder(attempt).map(|folder| (folder, *attempt)))
        .collect()
}

/// Where the files of a user's own suite go: `suites/platform/storage`.
fn own_folder(suite: &str, out: &Path) -> Option<PathBuf> {
    let (profile, suite) = suite.split_once('/')?;
    let (profile, suite) = (
        artifact::safe_name(profile).ok()?,
        artifact::safe_name(suite).ok()?,
    );
    Some(out.join("suites").join(profile).join(suite))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_present_files_lie_where_a_submission_expects_them() {
        let artifact = serde_json::json!({ "name": "e2e.log", "bytes": 0, "compressedBytes": 0, "sha256": "", "chunks": 0 });
        let attempt = |name: &str, stage: &str, minute: u8| {
            serde_json::json!({
                "name": name, "stage": stage, "startTime": format!("2026-11-22T10:{minute:02}:00Z"),
                "artifacts": [artifact],
            })
        };
        let result: ConformanceResult = serde_json::from_value(serde_json::json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "x" },
            "spec": { "runName": "x" },
            "status": { "attempts": [
                attempt("future-1", "Future", 3), attempt("present-2", "Present", 2), attempt("present-1", "Present", 1),
            ] },
        }))
        .unwrap();
        let folders: Vec<(String, &str)> = placed(&result, Path::new("out"))
            .into_iter()
            .map(|(folder, attempt)| (folder.display().to_string(), attempt.name.as_str()))
            .collect();
        let expected = [
            ("out/present-1", "present-1"),
            ("out", "present-2"),
            ("out/future", "future-1"),
        ];
        assert_eq!(folders, expected.map(|(folder, name)| (folder.to_owned(), name)));
    }

    #[test]
    fn files_of_own_suites_have_folders_of_their_own() {
        let folder =
            |suite: &str| own_folder(suite, Path::new("out")).map(|folder| folder.display().to_string());
        assert_eq!(
            folder("platform/storage").as_deref(),
            Some("out/suites/platform/storage")
        );
        for hostile in ["platform", "../x", "platform/..", "a/b/c"] {
            assert_eq!(folder(hostile), None, "{hostile}");
        }
    }
}
