//! Why results cannot be submitted for certification.

use serde::{Deserialize, Serialize};

use crate::{Assessment, Narrowing, Release, Tally, TestName, submission::Check};

/// How results came about, as far as certification asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and none excludes another"
)]
pub struct Circumstances {
    /// Why fewer than all present tests were selected.
    pub narrowings: Vec<Narrowing>,
    /// Nothing was really run.
    pub dry_run: bool,
    /// How often a failing test was tried within the suite run; 0 and 1 are once.
    pub flake_attempts: u32,
    /// The outcomes come from more than one suite run.
    pub merged: bool,
    /// How many JUnit files the run wrote.
    pub junit_files: u32,
    /// The JUnit file ends early.
    pub truncated: bool,
    /// The archive that the files come from ends early.
    #[serde(default)]
    pub archive_truncated: bool,
    /// The release of the suite.
    pub suite: Release,
    /// The release of the cluster.
    pub server: Release,
    /// How many test processes ran at a time; 0 and 1 are one.
    pub processes: u32,
    /// Present and future tests ran in the same suite run.
    pub stage_mixed: bool,
    /// Names of checks before the suite that were not made because the run said so.
    #[serde(default)]
    pub checks_skipped: Vec<String>,
    /// What the checks of a submission find wrong with JUnit file and log.
    #[serde(default)]
    pub refusals: Vec<Refusal>,
    /// Conformance tests that failed, though the release does not require them: the programme's bot counts them.
    #[serde(default)]
    pub others_failed: Vec<TestName>,
    /// The list that the run is judged by lacks tests that the release requires.
    #[serde(default)]
    pub list_lacks: Vec<TestName>,
    /// There is an e2e.log.
    pub e2e_log: bool,
    /// There is a JUnit file.
    pub junit: bool,
}

impl Circumstances {
    /// One whole suite run of a release's own suite, as a submission wants it; change what was different.
    pub const fn plain(suite: Release, server: Release) -> Self {
        Self {
            narrowings: Vec::new(),
            dry_run: false,
            flake_attempts: 0,
            merged: false,
            junit_files: 1,
            truncated: false,
            archive_truncated: false,
            suite,
            server,
            processes: 1,
            stage_mixed: false,
            checks_skipped: Vec::new(),
            refusals: Vec::new(),
            others_failed: Vec::new(),
            list_lacks: Vec::new(),
            e2e_log: true,
            junit: true,
        }
    }
}

/// A check of a submission that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The check's name, as `verify` tells it.
    pub check: String,
    /// What was seen, in words.
    pub message: String,
}

/// One reason why results cannot be submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code")]
pub enum Obstacle {
    /// Present tests failed.
    #[error("{failed} required {} failed", tests(*failed))]
    TestsFailed {
        /// How many.
        failed: i32,
    },
    /// Present tests were not measured.
    #[error("{unevaluated} required {} skipped or not run", if *unevaluated == 1 { "test was" } else { "tests were" })]
    TestsUnevaluated {
        /// How many.
        unevaluated: i32,
    },
    /// No present requirement is known.
    #[error("no requirement of this release is known")]
    NothingRequired,
    /// The run left tests out by its own choice.
    #[error("{0}")]
    Narrowed(Narrowing),
    /// Nothing was really run.
    #[error("the suite was only a dry run")]
    DryRun,
    /// Failing tests were tried again by the suite.
    #[error("the suite tried a failing test up to {attempts} times")]
    FlakeAttempts {
        /// How often.
        attempts: u32,
    },
    /// The outcomes come from more than one suite run.
    #[error("the outcomes come from more than one suite run")]
    Merged,
    /// There is more than one JUnit file.
    #[error("there are {files} JUnit files, and a submission holds one")]
    SeveralJunitFiles {
        /// How many.
        files: u32,
    },
    /// The JUnit file ends early.
    #[error("the JUnit file ends early")]
    Truncated,
    /// The archive ends early.
    #[error("the archive ends early")]
    ArchiveTruncated,
    /// A check of a submission failed.
    #[error("{message}")]
    CheckFailed {
        /// The check's name.
        check: String,
        /// What was seen.
        message: String,
    },
    /// Tests that carry the mark failed and are on no list.
    #[error("{failed} conformance {} failed that the release does not require, such as {name:?}", tests(*failed))]
    OthersFailed {
        /// How many.
        failed: i32,
        /// One of them.
        name: TestName,
    },
    /// The list of requirements is not whole.
    #[error("the list that was given lacks {missing} required {}, such as {name:?}", tests(*missing))]
    ListLacks {
        /// How many.
        missing: i32,
        /// One of them.
        name: TestName,
    },
    /// Suite and cluster are of different releases.
    #[error("the suite is of release {suite}, the cluster of {server}")]
    Skew {
        /// The release of the suite.
        suite: Release,
        /// The release of the cluster.
        server: Release,
    },
    /// Tests ran beside each other.
    #[error("the tests ran in {processes} processes at a time")]
    Parallel {
        /// How many.
        processes: u32,
    },
    /// Present and future tests ran in the same suite run.
    #[error("future tests ran in the same suite run")]
    StageMixed,
    /// The cluster was not looked at as it is by default.
    #[error("preflight left out {}", checks.join(", "))]
    PreflightSkipped {
        /// Names of the checks.
        checks: Vec<String>,
    },
    /// There is no e2e.log.
    #[error("there is no e2e.log")]
    NoLog,
    /// There is no JUnit file.
    #[error("there is no JUnit file")]
    NoJunit,
}

impl Obstacle {
    /// The reason in one CamelCase word, for conditions and JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TestsFailed { .. } => "TestsFailed",
            Self::TestsUnevaluated { .. } => "TestsUnevaluated",
            Self::NothingRequired => "NothingRequired",
            Self::Narrowed(_) => "Narrowed",
            Self::DryRun => "DryRun",
            Self::FlakeAttempts { .. } => "FlakeAttempts",
            Self::Merged => "Merged",
            Self::SeveralJunitFiles { .. } => "SeveralJunitFiles",
            Self::Truncated => "Truncated",
            Self::ArchiveTruncated => "ArchiveTruncated",
            Self::CheckFailed { .. } => "CheckFailed",
            Self::OthersFailed { .. } => "OthersFailed",
            Self::ListLacks { .. } => "ListLacks",
            Self::Skew { .. } => "Skew",
            Self::Parallel { .. } => "Parallel",
            Self::StageMixed => "StageMixed",
            Self::PreflightSkipped { .. } => "PreflightSkipped",
            Self::NoLog => "NoLog",
            Self::NoJunit => "NoJunit",
        }
    }
}

impl Obstacle {
    /// The reason for people, with a long pattern shortened.
    pub fn brief(&self) -> String {
        match self {
            Self::Narrowed(narrowing) => narrowing.brief(),
            other => other.to_string(),
        }
    }
}

const fn tests(count: i32) -> &'static str {
    if count == 1 { "test" } else { "tests" }
}

fn number(names: &[TestName]) -> i32 {
    i32::try_from(names.len()).unwrap_or(i32::MAX)
}

/// Every reason why the results cannot be submitted; none if they can.
///
/// The rules are those of the certification programme (cncf/k8s-conformance, its instructions and its bot): one
/// unnarrowed run of the release's own suite, every required test passed, and the two files that a submission holds.
pub fn certifiable(assessment: &Assessment, circumstances: &Circumstances) -> Vec<Obstacle> {
    let Tally {
        required,
        failed,
        unevaluated,
        ..
    } = assessment.present;
    let &Circumstances {
        flake_attempts,
        junit_files,
        processes,
        suite,
        server,
        ..
    } = circumstances;
    let mut obstacles = Vec::new();
    let mut stands = |is_so: bool, obstacle: Obstacle| {
        if is_so {
            obstacles.push(obstacle);
        }
    };
    stands(required == 0, Obstacle::NothingRequired);
    stands(failed > 0, Obstacle::TestsFailed { failed });
    stands(unevaluated > 0, Obstacle::TestsUnevaluated { unevaluated });
    for narrowing in &circumstances.narrowings {
        stands(true, Obstacle::Narrowed(narrowing.clone()));
    }
    stands(circumstances.dry_run, Obstacle::DryRun);
    stands(
        flake_attempts > 1,
        Obstacle::FlakeAttempts {
            attempts: flake_attempts,
        },
    );
    stands(circumstances.merged, Obstacle::Merged);
    stands(
        circumstances.junit && junit_files > 1,
        Obstacle::SeveralJunitFiles { files: junit_files },
    );
    stands(circumstances.truncated, Obstacle::Truncated);
    stands(circumstances.archive_truncated, Obstacle::ArchiveTruncated);
    if let Some(name) = circumstances.others_failed.first() {
        let failed = number(&circumstances.others_failed);
        stands(
            true,
            Obstacle::OthersFailed {
                failed,
                name: name.clone(),
            },
        );
    }
    if let Some(name) = circumstances.list_lacks.first() {
        let missing = number(&circumstances.list_lacks);
        stands(
            true,
            Obstacle::ListLacks {
                missing,
                name: name.clone(),
            },
        );
    }
    let told = failed > 0 || !circumstances.others_failed.is_empty();
    for Refusal { check, message } in circumstances.refusals.iter().cloned() {
        // That the suite failed is no news if tests did.
        let is_known = told && check == Check::SuiteSucceeded.id();
        stands(!is_known, Obstacle::CheckFailed { check, message });
    }
    stands(suite != server, Obstacle::Skew { suite, server });
    stands(processes > 1, Obstacle::Parallel { processes });
    stands(circumstances.stage_mixed, Obstacle::StageMixed);
    stands(
        !circumstances.checks_skipped.is_empty(),
        Obstacle::PreflightSkipped {
            checks: circumstances.checks_skipped.clone(),
        },
    );
    stands(!circumstances.e2e_log, Obstacle::NoLog);
    stands(!circumstances.junit, Obstacle::NoJunit);
    obstacles
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{NarrowedBy, Verdict};

    const SERVER: Release = Release::new(1, 36);

    fn passed() -> Assessment {
        let present = Tally {
            required: 446,
            passed: 446,
            failed: 0,
            unevaluated: 0,
        };
        let future = crate::FutureTally {
            release: Release::new(1, 41),
            authority: crate::Authority::Advisory,
            tally: Tally {
                required: 1,
                passed: 0,
                failed: 1,
                unevaluated: 0,
            },
        };
        Assessment {
            server: SERVER,
            present,
            present_verdict: Verdict::Conformant,
            future: vec![future],
            future_verdict: Verdict::NotConformant,
        }
    }

    fn codes(assessment: &Assessment, circumstances: &Circumstances) -> Vec<&'static str> {
        certifiable(assessment, circumstances)
            .iter()
            .map(Obstacle::code)
            .collect()
    }

    #[test]
    fn a_plain_passed_run_can_be_submitted_whatever_the_future_says() {
        assert_eq!(codes(&passed(), &Circumstances::plain(SERVER, SERVER)), [""; 0]);
    }

    #[rstest]
    #[case(|c: &mut Circumstances| c.dry_run = true, "DryRun")]
    #[case(|c: &mut Circumstances| c.flake_attempts = 2, "FlakeAttempts")]
    #[case(|c: &mut Circumstances| c.merged = true, "Merged")]
    #[case(|c: &mut Circumstances| c.junit_files = 2, "SeveralJunitFiles")]
    #[case(|c: &mut Circumstances| c.truncated = true, "Truncated")]
    #[case(|c: &mut Circumstances| c.archive_truncated = true, "ArchiveTruncated")]
    #[case(|c: &mut Circumstances| c.others_failed.push(TestName::new("a").unwrap()), "OthersFailed")]
    #[case(|c: &mut Circumstances| c.list_lacks.push(TestName::new("a").unwrap()), "ListLacks")]
    #[case(
        |c: &mut Circumstances| c.refusals.push(Refusal { check: "age".to_owned(), message: "x".to_owned() }),
        "CheckFailed"
    )]
    #[case(|c: &mut Circumstances| c.suite = Release::new(1, 37), "Skew")]
    #[case(|c: &mut Circumstances| c.processes = 4, "Parallel")]
    #[case(|c: &mut Circumstances| c.stage_mixed = true, "StageMixed")]
    #[case(|c: &mut Circumstances| c.checks_skipped.push("Dns".to_owned()), "PreflightSkipped")]
    #[case(|c: &mut Circumstances| c.e2e_log = false, "NoLog")]
    #[case(|c: &mut Circumstances| c.junit = false, "NoJunit")]
    #[case(
        |c: &mut Circumstances| c.narrowings.push(Narrowing { by: NarrowedBy::Skip, value: "x".to_owned(), left_out: 1 }),
        "Narrowed"
    )]
    fn each_circumstance_is_a_reason(#[case] change: fn(&mut Circumstances), #[case] code: &'static str) {
        let mut circumstances = Circumstances::plain(SERVER, SERVER);
        change(&mut circumstances);
        assert_eq!(codes(&passed(), &circumstances), [code]);
    }

    #[rstest]
    #[case(Tally { required: 446, passed: 445, failed: 1, unevaluated: 0 }, "TestsFailed")]
    #[case(Tally { required: 446, passed: 445, failed: 0, unevaluated: 1 }, "TestsUnevaluated")]
    #[case(Tally::default(), "NothingRequired")]
    fn each_test_that_did_not_pass_is_a_reason(#[case] present: Tally, #[case] code: &'static str) {
        let assessment = Assessment { present, ..passed() };
        assert_eq!(codes(&assessment, &Circumstances::plain(SERVER, SERVER)), [code]);
    }

    #[test]
    fn the_code_is_what_json_says_too() {
        let obstacle = Obstacle::Skew {
            suite: Release::new(1, 37),
            server: SERVER,
        };
        assert_eq!(serde_json::to_value(&obstacle).unwrap()["code"], obstacle.code());
        assert_eq!(
            obstacle.to_string(),
            "the suite is of release 1.37, the cluster of 1.36"
        );
        let obstacle = Obstacle::PreflightSkipped {
            checks: vec!["Dns".to_owned(), "Clocks".to_owned()],
        };
        assert_eq!(obstacle.to_string(), "preflight left out Dns, Clocks");
    }
}
