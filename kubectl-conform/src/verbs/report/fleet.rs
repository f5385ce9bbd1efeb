//! `report fleet`: several clusters by the files that their runs left.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use conform_suite::{
    Fleet, FleetRow, FleetState,
    evaluation::{Criteria, Evaluation, InputReport, Unreadable, evaluate},
};
use jiff::Timestamp;

use crate::{
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, PageFormat},
    printer::Printer,
    render,
};

/// Options of `report fleet`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 every cluster conforms, 1 one does not, 2 one is not decided or could not be read."
)]
pub struct Args {
    /// What the run of one cluster left: a folder, a JUnit file or a tarball of sonobuoy's. The cluster is called like it
    #[arg(required = true, value_name = "DIR|FILE|TARBALL")]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    lists: Lists,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: PageFormat,
}

/// Judges each input by the requirements of its own release.
pub fn run(args: &Args, printer: &Printer) -> Result<ExitStatus, Error> {
    let criteria = Criteria::default().with_lists(args.lists.load()?);
    let judged = offline::in_parallel(&args.inputs, |path| judge(path, &criteria, printer));
    let names = names(&args.inputs);
    let rows = names.iter().zip(&judged).map(|(name, judged)| match judged {
        Ok((report, measured)) => FleetRow::of(name, report, measured.clone()),
        Err(error) => FleetRow::unknown(name, FleetState::Unreachable, &error.to_string()),
    });
    let fleet = Fleet::new(rows.collect());
    args.output.write(
        printer,
        &fleet,
        |wide| render::fleet(&fleet, Timestamp::now(), wide, printer.width()),
        || render::evaluation_html(&in_order(&fleet, names.clone(), judged)),
    )?;
    Ok(offline::exit_status(fleet.verdict))
}

/// A report, and when its suite started.
type Judged = (InputReport, Option<String>);

fn judge(path: &Path, criteria: &Criteria, printer: &Printer) -> Result<Judged, Error> {
    let measured = offline::load(path, None, printer)?;
    let report = evaluate(&measured, criteria, false).map_err(|error| Error::Input {
        path: path.to_path_buf(),
        problem: offline::unknown_release(&error),
    })?;
    Ok((report, measured.started_at.map(|time| time.to_string())))
}

/// The reports in the order of the fleet, each under its cluster's name.
fn in_order(fleet: &Fleet, names: Vec<String>, judged: Vec<Result<Judged, Error>>) -> Evaluation {
    let (mut reports, mut unreadable) = (Vec::new(), Vec::new());
    for (source, judged) in names.into_iter().zip(judged) {
        match judged {
            Ok((report, _)) => reports.push(InputReport { source, ..report }),
            Err(error) => unreadable.push(Unreadable {
                source,
                error: error.to_string(),
            }),
        }
    }
    let place = |report: &InputReport| fleet.clusters.iter().position(|row| row.cluster == report.source);
    reports.sort_by_key(place);
    Evaluation::new(reports, unreadable)
}

/// What clusters are called: each like its folder or file, and those that would be called alike with as much more of
/// their paths as tells them apart. A path that is given twice has a number.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let mut names: Vec<String> = paths.iter().map(|path| called(path, 0)).collect();
    let deepest = paths
        .iter()
        .map(|path| path.components().count())
        .max()
        .unwrap_or(0);
    for folders in 1..deepest {
        let alike = alike(&names);
        if alike.iter().all(|is| !is) {
            return names;
        }
        let parts = names.iter_mut().zip(paths).zip(alike);
        parts
            .filter(|(_, alike)| *alike)
            .for_each(|((name, path), _)| *name = called(path, folders));
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for name in &mut names {
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        if *times > 1 {
            *name = format!("{name} ({times})");
        }
    }
    names
}

/// Which of the names others have too.
fn alike(names: &[String]) -> Vec<bool> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for name in names {
        *times.entry(name).or_default() += 1;
    }
    let times = |name: &String| times.get(name.as_str()).is_some_and(|times| *times > 1);
    names.iter().map(times).collect()
}

/// What a cluster is called: its folder, or the file without what stands behind the first dot; with so many of the folders
/// that it is in.
fn called(path: &Path, folders: usize) -> String {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let stem = name.split('.').next().unwrap_or_default();
    let last = if path.is_dir() || stem.is_empty() {
        name.clone()
    } else {
        stem.to_owned()
    };
    let above: Vec<_> = path.parent().into_iter().flat_map(Path::iter).collect();
    let kept = above
        .get(above.len().saturating_sub(folders)..)
        .unwrap_or_default();
    let called: PathBuf = kept.iter().collect();
    called.join(last).display().to_string()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(&["a", "b/c"], &["a", "c"])]
    #[case(&["a/results", "b/results"], &["a/results", "b/results"])]
    #[case(&["x/a/results", "x/b/results", "x/c"], &["a/results", "b/results", "c"])]
    #[case(&["a/x/results", "b/x/results", "results"], &["a/x/results", "b/x/results", "results"])]
    #[case(&["a/junit_01.xml", "a/junit_01.tar.gz"], &["a/junit_01", "a/junit_01 (2)"])]
    #[case(&["a", "a"], &["a", "a (2)"])]
    #[case(&["/results", "results"], &["/results", "results"])]
    fn names_tell_clusters_apart(#[case] paths: &[&str], #[case] expected: &[&str]) {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        assert_eq!(names(&paths), expected);
    }
}
