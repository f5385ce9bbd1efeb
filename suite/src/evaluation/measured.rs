//! What one input says happened.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{
    infer::{Fit, names, release_of_files},
    refusal,
};
use crate::{
    Case, Circumstances, Junit, JunitError, LogSummary, NarrowedBy, Narrowing, Outcome, Release, Standing,
    TestName,
    catalogue::{identity, upstream},
    junit::is_worse,
};

/// What one input, a file or a folder of a run, says happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The input, as its user named it.
    pub source: String,
    /// The release of the cluster.
    pub release: Release,
    /// How that release is known.
    pub release_source: ReleaseSource,
    /// What happened to every test that the input names as started or as marked for conformance.
    pub seen: BTreeMap<TestName, Seen>,
    /// What marks in names say that the release's newest list does not, and from which release on. Tests are to be required after
    /// this release: the tag `[FutureConformance]`, a constraint `[Conformance: [>=1.40]]`, or both. Or the suite is of a patch
    /// release that still required what a later one demoted.
    pub marks: BTreeMap<TestName, Release>,
    /// How it came about. Narrowings are added when it is known what is required.
    pub circumstances: Circumstances,
    /// The focus and skip patterns that are not those of a whole run.
    pub patterns: Vec<(NarrowedBy, String)>,
    /// The ends of the logs of tests that failed, as far as the input has them.
    pub logs: BTreeMap<TestName, String>,
    /// When its suite started, as far as the input says; files say no zone.
    pub started_at: Option<DateTime>,
}

/// What happened to one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its outcome.
    pub outcome: Outcome,
    /// In how many files it started.
    pub attempts: i32,
    /// How long it took, in milliseconds.
    pub milliseconds: Option<u64>,
    /// What it said, if it did not pass.
    pub message: Option<String>,
}

/// How the release of an input is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ReleaseSource {
    /// The user said so.
    Given,
    /// The tool that packed the archive wrote down the version of the API server.
    Archive,
    /// e2e.log names the version of the API server or of the suite.
    Log,
    /// The tests that the file names are best those that this release requires.
    Inferred,
    /// A run in a cluster says so.
    Run,
}

/// Why nothing was measured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasuredError {
    /// A dry run.
    #[error("{0}")]
    Junit(#[from] JunitError),
    /// Nothing says which release it is of.
    #[error(
        "which release it is of cannot be told: it names no required test of any known release; say it with --release"
    )]
    NoRelease,
    /// It is likely of a release that the catalogue does not know yet.
    #[error(
        "which release it is of cannot be told: it marks {others} tests as required that release {newest} does not require, the \
         newest that is known; say it with --release"
    )]
    Newer {
        /// How many such tests there are.
        others: usize,
        /// The newest known release.
        newest: Release,
    },
}

/// The focus of a whole run of what is required.
const WHOLE: &str = r"\[Conformance\]";

impl Measured {
    /// Takes together the JUnit files of one run, in the order of their names, and its log. The release is the one that is
    /// `known`; else the log's; else the one whose requirements fit best. The suite's release is the log's, or the one whose
    /// requirements the files name exactly; a suite that neither tells is taken for one of the cluster's release.
    pub fn of_files(
        source: &str,
        files: &[Junit],
        log: Option<&LogSummary>,
        known: Option<(Release, ReleaseSource)>,
    ) -> Result<Self, MeasuredError> {
        if files.iter().any(|file| file.properties.dry_run) {
            return Err(JunitError::DryRun.into());
        }
        let suite: Option<Release> = log
            .and_then(|log| log.suite_version.as_deref())
            .and_then(|version| version.parse().ok());
        let fit = if suite.is_none() {
            release_of_files(files)
        } else {
            None
        };
        let (release, release_source) = match (known, log.and_then(server_release)) {
            (Some(known), _) => known,
            (None, Some(release)) => (release, ReleaseSource::Log),
            (None, None) => {
                let fit = fit.ok_or(MeasuredError::NoRelease)?;
                if fit.may_be_newer() {
                    return Err(MeasuredError::Newer {
                        others: fit.others,
                        newest: fit.release,
                    });
                }
                (fit.release, ReleaseSource::Inferred)
            }
        };
        let suite = suite.or_else(|| Some(fit.filter(Fit::is_exact)?.release));
        let mut circumstances = Circumstances::plain(suite.unwrap_or(release), release);
        let marks = marks(files, release, circumstances.suite);
        circumstances.junit_files = u32::try_from(files.len()).unwrap_or(u32::MAX);
        circumstances.junit = !files.is_empty();
        circumstances.merged = files.len() > 1;
        // The log says it too, and of suites that write no properties it alone.
        let in_log = log.and_then(|log| log.told.processes.last().copied());
        let processes = files.iter().filter_map(|file| file.properties.parallel_total);
        circumstances.processes = processes.chain(in_log).max().unwrap_or_default();
        circumstances.e2e_log = log.is_some();
        circumstances.truncated = files.iter().any(|file| file.truncated.is_some());
        circumstances.flake_attempts = files
            .iter()
            .map(|file| file.properties.flake_attempts)
            .max()
            .unwrap_or_default();
        circumstances.stage_mixed = files
            .iter()
            .flat_map(|file| &file.cases)
            .any(|case| !case.filtered && marks.get(&case.name).is_some_and(|from| *from > release));
        // Of no log, and of several files, is told that they cannot be submitted.
        if let ([file], Some(log)) = (files, log) {
            let is_skewed = circumstances.suite != circumstances.server;
            circumstances.refusals = refusal::of_files(file, log, release, is_skewed);
        }
        Ok(Self {
            source: source.to_owned(),
            release,
            release_source,
            seen: seen(files),
            marks,
            circumstances,
            patterns: patterns(files),
            logs: files.iter().flat_map(|file| file.logs.clone()).collect(),
            started_at: files.iter().filter_map(|file| file.properties.started_at).min(),
        })
    }

    /// The same with what there is against it on this day: that the run is still to come.
    #[must_use]
    pub fn as_of(mut self, today: Date) -> Self {
        // Of several files nobody can say when they were made, and they are not submitted anyway.
        if self.circumstances.junit_files == 1 {
            let refusals = refusal::of_day(self.started_at, self.release, today);
            self.circumstances.refusals.extend(refusals);
        }
        self
    }

    /// The same, of files from an archive that ends early: what it lacks may be what failed.
    #[must_use]
    pub const fn of_cut_archive(mut self) -> Self {
        self.circumstances.archive_truncated = true;
        // The file's end is where the archive's is.
        self.circumstances.truncated = false;
        self
    }

    /// What ends early, so that what it lacks may be what failed.
    pub const fn cut(&self) -> Option<&'static str> {
        if self.circumstances.archive_truncated {
            Some("the archive ends early")
        } else if self.circumstances.truncated {
            Some("the JUnit file ends early")
        } else {
            None
        }
    }

    /// The same, of files that are no JUnit: they cannot be submitted.
    #[must_use]
    pub const fn without_junit(mut self) -> Self {
        self.circumstances.junit = false;
        self.circumstances.junit_files = 0;
        self
    }

    /// What happened to each requirement, by its identity. A file may name it twice: by an old name and a new one, or with its
    /// mark and without.
    pub(crate) fn by_identity(&self) -> HashMap<&str, &Seen> {
        let mut by_identity: HashMap<&str, &Seen> = HashMap::with_capacity(self.seen.len());
        for (name, seen) in &self.seen {
            let said = by_identity.entry(identity(name)).or_insert(seen);
            // One that did not run says nothing; of several that did, none hides that another was worse.
            let hides = match (said.outcome, seen.outcome) {
                (_, Outcome::NotRun) => false,
                (Outcome::NotRun, _) => true,
                (said, seen) => is_worse(seen, said),
            };
            if hides {
                *said = seen;
            }
        }
        by_identity
    }

    /// The tests with the mark that were missed and that none of `present` is, by their identities.
    pub(super) fn others_missed(&self, present: &HashSet<&str>) -> Vec<TestName> {
        let missed = self.seen.iter().filter(|(name, seen)| {
            seen.outcome.standing() == Standing::Missed
                && name.has_tag("Conformance")
                && !present.contains(identity(name))
        });
        missed.map(|(name, _)| name.clone()).collect()
    }

    /// The logs by the identities of their requirements.
    pub(crate) fn logs_by_identity(&self) -> HashMap<&str, &str> {
        let logs = self.logs.iter();
        logs.map(|(name, log)| (identity(name), log.as_str())).collect()
    }

    /// Why fewer were measured than are required, given that so many were not.
    pub(crate) fn narrowings(&self, left_out: i32) -> Vec<Narrowing> {
        let narrowing = |(by, value): &(NarrowedBy, String)| Narrowing {
            by: *by,
            value: value.clone(),
            left_out,
        };
        if left_out == 0 {
            return Vec::new();
        }
        self.patterns.iter().map(narrowing).collect()
    }
}

fn server_release(log: &LogSummary) -> Option<Release> {
    let version = log.server_version.as_deref().or(log.suite_version.as_deref())?;
    version.parse().ok()
}

/// What the names say is required besides what the newest list of `release` has. A tag without a release counts from the next release on, the
/// earliest that it can mean: of the suite, if that is newer than the cluster.
fn marks(files: &[Junit], release: Release, suite: Release) -> BTreeMap<TestName, Release> {
    let next = suite.max(release).plus(1);
    let mark = |(name, said): (&TestName, Option<Release>)| {
        let from = if name.has_tag("FutureConformance") {
            said.map_or(next, |said| said.max(next))
        } else {
            said.filter(|said| *said > release)
                .or_else(|| required_once(name, release))?
        };
        Some((name.clone(), from))
    };
    files.iter().flat_map(names).filter_map(mark).collect()
}

/// Since when earlier patch releases of `release` required a test, if its name is marked so and a later one demoted it.
fn required_once(name: &TestName, release: Release) -> Option<Release> {
    let known = upstream().find(name)?;
    (known.was_in(release) && name.has_tag("Conformance")).then(|| known.first())
}

fn patterns(files: &[Junit]) -> Vec<(NarrowedBy, String)> {
    let mut patterns = Vec::new();
    for file in files {
        let focus = file.properties.focus.iter().filter(|focus| *focus != WHOLE);
        patterns.extend(focus.map(|focus| (NarrowedBy::Focus, focus.clone())));
        patterns.extend(
            file.properties
                .skip
                .iter()
                .map(|skip| (NarrowedBy::Skip, skip.clone())),
        );
    }
    patterns.sort();
    patterns.dedup();
    patterns
}

fn is_marked(name: &TestName) -> bool {
    name.has_tag("Conformance") || name.has_tag("FutureConformance")
}

/// What happened over all files. A parallel run of old suites leaves several, each with a part of the tests. Which of two files
/// is the later one, nothing says: of two entries of a test that both ran the worse counts.
///
/// A JUnit file names all of the suite's thousands of tests; of those that were not selected, only the marked ones say
/// something: that they exist and were not run.
fn seen(files: &[Junit]) -> BTreeMap<TestName, Seen> {
    let cases = files.iter().flat_map(|file| &file.cases);
    let cases = cases.filter(|case| !case.filtered || is_marked(&case.name));
    let mut telling: BTreeMap<&TestName, (&Case, i32)> = BTreeMap::new();
    for case in cases {
        let ran = case.outcome != Outcome::NotRun;
        let (kept, attempts) = telling.entry(&case.name).or_insert((case, 0));
        *attempts = attempts.saturating_add(i32::from(ran));
        if ran && (kept.outcome == Outcome::NotRun || case.is_worse_than(kept)) {
            *kept = case;
        }
    }
    let seen = telling.into_iter().map(|(name, (case, attempts))| {
        let ran = case.outcome != Outcome::NotRun;
        let seen = Seen {
            outcome: case.outcome,
            attempts,
            milliseconds: u64::try_from(case.duration.as_millis()).ok().filter(|_| ran),
            message: case.message.clone().filter(|_| ran),
        };
        (name.clone(), seen)
    });
    seen.collect()
}
