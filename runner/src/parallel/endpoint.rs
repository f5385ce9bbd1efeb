//! The requests of a parallel process.

/// What a process asks or tells, as Ginkgo's client does over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Is there anybody?
    Up,
    /// The process begins.
    SuiteWillBegin,
    /// A test, or one of the suite's own nodes, has ended.
    DidRun,
    /// The process has ended all of its tests.
    SuiteDidEnd,
    /// Output of what process 1 does before and after the suite.
    EmitOutput,
    /// What a process is doing, after a signal or a time.
    ProgressReport,
    /// Process 1 has made the suite ready to report.
    ReportBeforeSuiteCompleted,
    /// Has it?
    ReportBeforeSuiteState,
    /// Process 1 has made the suite ready, and this is what the others need to know.
    BeforeSuiteCompleted,
    /// Has it?
    BeforeSuiteState,
    /// Have all other processes ended?
    OthersFinished,
    /// What did they do?
    OthersReport,
    /// What next?
    Counter,
    /// All processes are to stop.
    Abort,
    /// Are they?
    ShouldAbort,
}

impl Endpoint {
    /// The endpoint of a path's last part, for a request that has a body (POST) or none (GET).
    pub fn of(path: &str, post: bool) -> Option<Self> {
        Some(match (path, post) {
            ("up", false) => Self::Up,
            ("suite-will-begin", true) => Self::SuiteWillBegin,
            ("did-run", true) => Self::DidRun,
            ("suite-did-end", true) => Self::SuiteDidEnd,
            ("emit-output", true) => Self::EmitOutput,
            ("progress-report", true) => Self::ProgressReport,
            ("report-before-suite-completed", true) => Self::ReportBeforeSuiteCompleted,
            ("report-before-suite-state", false) => Self::ReportBeforeSuiteState,
            ("before-suite-completed", true) => Self::BeforeSuiteCompleted,
            ("before-suite-state", false) => Self::BeforeSuiteState,
            ("have-nonprimary-procs-finished", false) => Self::OthersFinished,
            ("aggregated-nonprimary-procs-report", false) => Self::OthersReport,
            ("counter", false) => Self::Counter,
            ("abort", true) => Self::Abort,
            ("abort", false) => Self::ShouldAbort,
            _ => return None,
        })
    }

    /// Most bytes of the request's body.
    pub const fn limit(self) -> usize {
        match self {
            // One test with all that it wrote.
            Self::DidRun | Self::EmitOutput | Self::ProgressReport => 32 << 20,
            Self::SuiteWillBegin | Self::BeforeSuiteCompleted | Self::ReportBeforeSuiteCompleted => 1 << 20,
            _ => 0,
        }
    }

    /// True if the body is all tests once more and needs no reader.
    pub const fn is_repetition(self) -> bool {
        matches!(self, Self::SuiteDidEnd)
    }
}
