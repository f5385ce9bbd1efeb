//! What is looked at, by what names.

use serde::Serialize;

use crate::text;

/// One check of a submission. The first fourteen are those of the programme's bot, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Check {
    /// The pull request has a title.
    TitleGiven,
    /// The title says `Conformance results for v1.N/PRODUCT`.
    TitleForm,
    /// The four files are there, and none is empty.
    FilesComplete,
    /// There is no fifth file.
    FilesOnly,
    /// The folder is `v1.N/PRODUCT`.
    Folder,
    /// Title and folder name the same release.
    TitleRelease,
    /// PRODUCT.yaml has every field that it needs.
    ProductComplete,
    /// Its URLs and its e-mail address are well-formed.
    ProductSyntax,
    /// Its URLs lead to pages of HTML.
    ProductPages,
    /// It says a `type`.
    ProductType,
    /// The release is one that is certified: the newest, or one of the two before it.
    ReleaseSupported,
    /// Every required test was run.
    TestsComplete,
    /// Every conformance test that was run passed.
    TestsPassed,
    /// The pull request has one commit.
    OneCommit,
    /// The suite ran for real and not dry.
    ReallyRun,
    /// No failing test was tried again.
    TriedOnce,
    /// The suite was asked for all conformance tests, by the usual focus and nothing else.
    WholeSelection,
    /// No skip pattern and no other filter left out what is required.
    SkipStrings,
    /// JUnit file and log say the same of how many processes ran tests at a time.
    Serial,
    /// The JUnit file has an end.
    JunitWhole,
    /// JUnit file and log both say that the suite succeeded.
    SuiteSucceeded,
    /// The log counts as many tests as the JUnit file has.
    CountsAgree,
    /// JUnit file and log have the same seed, and so are of the same run.
    SeedsAgree,
    /// The versions that the log names are of the folder's release; else the names of the tests are.
    Versions,
    /// The run is neither of the future nor older than its release.
    Age,
    /// How long the mark would be valid.
    MarkValid,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CheckState {
    /// All is as it has to be.
    Passed,
    /// It is not.
    Failed,
    /// It could not be looked at: the message says what is missing.
    Unevaluated,
}

/// One check and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckReport {
    /// The check.
    pub check: Check,
    /// What came of it.
    pub state: CheckState,
    /// True if the programme's bot makes the check too.
    pub bot: bool,
    /// What was seen, in words.
    pub message: String,
}

impl Check {
    /// Every check, in the order in which they are told.
    pub const ALL: [Self; 26] = [
        Self::TitleGiven,
        Self::TitleForm,
        Self::FilesComplete,
        Self::FilesOnly,
        Self::Folder,
        Self::TitleRelease,
        Self::ProductComplete,
        Self::ProductSyntax,
        Self::ProductPages,
        Self::ProductType,
        Self::ReleaseSupported,
        Self::TestsComplete,
        Self::TestsPassed,
        Self::OneCommit,
        Self::ReallyRun,
        Self::TriedOnce,
        Self::WholeSelection,
        Self::SkipStrings,
        Self::Serial,
        Self::JunitWhole,
        Self::SuiteSucceeded,
        Self::CountsAgree,
        Self::SeedsAgree,
        Self::Versions,
        Self::Age,
        Self::MarkValid,
    ];

    /// The name, as JSON has it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::TitleGiven => "title-given",
            Self::TitleForm => "title-form",
            Self::FilesComplete => "files-complete",
            Self::FilesOnly => "files-only",
            Self::Folder => "folder",
            Self::TitleRelease => "title-release",
            Self::ProductComplete => "product-complete",
            Self::ProductSyntax => "product-syntax",
            Self::ProductPages => "product-pages",
            Self::ProductType => "product-type",
            Self::ReleaseSupported => "release-supported",
            Self::TestsComplete => "tests-complete",
            Self::TestsPassed => "tests-passed",
            Self::OneCommit => "one-commit",
            Self::ReallyRun => "really-run",
            Self::TriedOnce => "tried-once",
            Self::WholeSelection => "whole-selection",
            Self::SkipStrings => "skip-strings",
            Self::Serial => "serial",
            Self::JunitWhole => "junit-whole",
            Self::SuiteSucceeded => "suite-succeeded",
            Self::CountsAgree => "counts-agree",
            Self::SeedsAgree => "seeds-agree",
            Self::Versions => "versions",
            Self::Age => "age",
            Self::MarkValid => "mark-valid",
        }
    }

    /// True if the programme's bot makes the check too.
    pub fn is_bots(self) -> bool {
        self <= Self::OneCommit
    }

    /// True if only a pull request or the web can tell, so that a folder may be right without an answer.
    pub const fn is_about_more_than_files(self) -> bool {
        matches!(
            self,
            Self::TitleGiven | Self::TitleForm | Self::TitleRelease | Self::ProductPages | Self::OneCommit
        )
    }

    pub(super) fn passed(self, message: impl AsRef<str>) -> CheckReport {
        self.report(CheckState::Passed, message.as_ref())
    }

    pub(super) fn failed(self, message: impl AsRef<str>) -> CheckReport {
        self.report(CheckState::Failed, message.as_ref())
    }

    pub(super) fn unevaluated(self, message: impl AsRef<str>) -> CheckReport {
        self.report(CheckState::Unevaluated, message.as_ref())
    }

    /// Passed with the one message, or failed with the other.
    pub(super) fn is(self, well: bool, good: impl AsRef<str>, bad: impl AsRef<str>) -> CheckReport {
        if well { self.passed(good) } else { self.failed(bad) }
    }

    fn report(self, state: CheckState, message: &str) -> CheckReport {
        CheckReport {
            check: self,
            state,
            bot: self.is_bots(),
            message: text::printable(text::truncated(message, text::MESSAGE_BYTES)).into_owned(),
        }
    }
}
