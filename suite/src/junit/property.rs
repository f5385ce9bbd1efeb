//! The names of what a file says of its run.

/// What files of Ginkgo v2 say of how the suite was run, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// Whether tests were only listed.
    DryRun,
    /// How often a failing test was tried.
    FlakeAttempts,
    /// The focus patterns.
    FocusStrings,
    /// The skip patterns.
    SkipStrings,
    /// The filter by labels.
    LabelFilter,
    /// The filter by versions.
    SemVerFilter,
    /// The files whose tests were asked for.
    FocusFiles,
    /// The files whose tests were left out.
    SkipFiles,
    /// Whether the suite's source narrows itself.
    ProgrammaticFocus,
    /// The seed of the order.
    RandomSeed,
    /// How many processes ran the suite.
    ParallelTotal,
    /// Whether the suite passed.
    SuiteSucceeded,
    /// Why the suite failed, if no test tells.
    SpecialSuiteFailureReason,
    /// When the suite started: an attribute, and not among the properties.
    Timestamp,
}

impl Property {
    const ALL: [Self; 14] = [
        Self::DryRun,
        Self::FlakeAttempts,
        Self::FocusStrings,
        Self::SkipStrings,
        Self::LabelFilter,
        Self::SemVerFilter,
        Self::FocusFiles,
        Self::SkipFiles,
        Self::ProgrammaticFocus,
        Self::RandomSeed,
        Self::ParallelTotal,
        Self::SuiteSucceeded,
        Self::SpecialSuiteFailureReason,
        Self::Timestamp,
    ];

    /// The property of this name; the time of the start is none.
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|property| property.word() == name && *property != Self::Timestamp)
    }

    /// Its name in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::DryRun => "DryRun",
            Self::FlakeAttempts => "FlakeAttempts",
            Self::FocusStrings => "FocusStrings",
            Self::SkipStrings => "SkipStrings",
            Self::LabelFilter => "LabelFilter",
            Self::SemVerFilter => "SemVerFilter",
            Self::FocusFiles => "FocusFiles",
            Self::SkipFiles => "SkipFiles",
            Self::ProgrammaticFocus => "SuiteHasProgrammaticFocus",
            Self::RandomSeed => "RandomSeed",
            Self::ParallelTotal => "ParallelTotal",
            Self::SuiteSucceeded => "SuiteSucceeded",
            Self::SpecialSuiteFailureReason => "SpecialSuiteFailureReason",
            Self::Timestamp => "timestamp",
        }
    }
}
