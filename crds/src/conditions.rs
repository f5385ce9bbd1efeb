//! Condition types and reasons of a ConformanceRun, a ConformanceSchedule and a ConformanceProfile.
//!
//! Conditions follow the Kubernetes API conventions: `Succeeded` is the summary of a bounded object and is Unknown while
//! the run is active; `Reconciling` and `Stalled` follow kstatus and are absent unless True.

/// Summary of the run: True if it ended and nothing that it is to fail for failed.
pub const SUCCEEDED: &str = "Succeeded";
/// True once no check before the suite failed; False with the first failed check's name as its reason.
pub const PREFLIGHT_PASSED: &str = "PreflightPassed";
/// True only if every present requirement of the server's release passed in this run.
pub const PRESENT_CONFORMANT: &str = "PresentConformant";
/// True only if every future requirement of the run's profiles passed in this run.
pub const FUTURE_CONFORMANT: &str = "FutureConformant";
/// True if the present files can be submitted as they are; else its message lists every reason why not.
pub const CERTIFIABLE: &str = "Certifiable";
/// True if a further range of Service addresses was measured to work; False if something is in its way; Unknown if neither is
/// known.
pub const SERVICE_CIDR_READY: &str = "ServiceCIDRReady";
/// Of a run that is to probe the network: True if each feature that was asked for was measured, whatever it came to; False if one
/// could not be; Unknown if none was.
pub const CAPABILITIES_KNOWN: &str = "CapabilitiesKnown";
/// Present and True while the operator works on the run.
pub const RECONCILING: &str = "Reconciling";
/// Present and True if the operator cannot go on without a change from outside.
pub const STALLED: &str = "Stalled";

/// Of a schedule or a profile: True if its spec can be used, whatever runs find.
pub const READY: &str = "Ready";
/// Of a schedule: what `PresentConformant` of its last finished run says.
pub const CONFORMANT: &str = "Conformant";
/// Of a schedule: True if its last finished run missed a future requirement.
pub const FUTURE_AT_RISK: &str = "FutureAtRisk";
/// Of a schedule: True while tests fail that passed in its last good run.
pub const REGRESSED: &str = "Regressed";

/// The reasons that conditions carry. Scripts may match on them; they do not change within an API version.
pub mod reasons {
    /// Not looked at yet.
    pub const PENDING: &str = "Pending";
    /// Another run is active in this cluster; this one starts after it.
    pub const QUEUED: &str = "Queued";
    /// `spec.suspend` is true.
    pub const SUSPENDED: &str = "Suspended";
    /// The cluster is looked at before tests start.
    pub const PREFLIGHT: &str = "Preflight";
    /// Tests are running.
    pub const RUNNING: &str = "Running";
    /// The suite is being stopped.
    pub const STOPPING: &str = "Stopping";

    /// Everything that was selected passed.
    pub const TESTS_PASSED: &str = "TestsPassed";
    /// The present tests passed, and not all of the future ones were run, which the run does not fail for.
    pub const FUTURE_NOT_MEASURED: &str = "FutureNotMeasured";
    /// A present requirement was tested and not met.
    pub const PRESENT_TESTS_FAILED: &str = "PresentTestsFailed";
    /// A future requirement was tested and not met, and `futureFailures` is Fail.
    pub const FUTURE_TESTS_FAILED: &str = "FutureTestsFailed";
    /// A requirement of the run's own profiles, due in this release, was tested and not met.
    pub const OWN_TESTS_FAILED: &str = "OwnTestsFailed";
    /// Selected tests have no outcome although the suite ended.
    pub const INCOMPLETE: &str = "Incomplete";
    /// `spec.cancel` was set.
    pub const CANCELLED: &str = "Cancelled";
    /// The run took longer than `execution.activeDeadlineSeconds`.
    pub const DEADLINE_EXCEEDED: &str = "DeadlineExceeded";

    /// No check failed, and the run asked for nothing else.
    pub const PREFLIGHT_PASSED: &str = "PreflightPassed";
    /// No check failed, but some have warned.
    pub const WARNINGS: &str = "Warnings";
    /// The cluster is not fit for the suite; the message says why.
    pub const PREFLIGHT_FAILED: &str = "PreflightFailed";
    /// The run names a profile that does not exist.
    pub const UNKNOWN_PROFILE: &str = "UnknownProfile";
    /// A profile that a user wrote cannot be gone by; the message says why.
    pub const INVALID_PROFILE: &str = "InvalidProfile";
    /// Runs can name the profile.
    pub const ACCEPTED: &str = "Accepted";
    /// None of the run's profiles says anything of a cluster with these nodes; the message says why.
    pub const NOT_APPLICABLE: &str = "NotApplicable";
    /// `rerun` names a run that has no result.
    pub const UNKNOWN_RUN: &str = "UnknownRun";
    /// `focus` or `skip` is no regular expression.
    pub const INVALID_PATTERN: &str = "InvalidPattern";
    /// Nothing is left to run.
    pub const EMPTY_SELECTION: &str = "EmptySelection";
    /// The API server refuses the operator something that it needs.
    pub const FORBIDDEN: &str = "Forbidden";
    /// Somebody else made an object of a name that the run needs.
    pub const NAME_TAKEN: &str = "NameTaken";
    /// An image of the suite's pod cannot be pulled.
    pub const IMAGE_PULL_FAILED: &str = "ImagePullFailed";
    /// The suite's pod cannot be scheduled or created.
    pub const POD_NOT_STARTED: &str = "PodNotStarted";
    /// The suite's pod went away before it had reported its end.
    pub const POD_LOST: &str = "PodLost";
    /// The suite could not run; the message says what it printed.
    pub const SUITE_ERROR: &str = "SuiteError";
    /// The suite ended without its JUnit file.
    pub const JUNIT_MISSING: &str = "JUnitMissing";
    /// The suite's JUnit file is cut off or is no JUnit.
    pub const JUNIT_UNREADABLE: &str = "JUnitUnreadable";
    /// The suite walked its tests without running them.
    pub const DRY_RUN: &str = "DryRun";

    /// Every requirement of the stage passed.
    pub const ALL_PASSED: &str = "AllPassed";
    /// A requirement of the stage was tested and not met.
    pub const TESTS_FAILED: &str = "TestsFailed";
    /// Each feature of the network that was asked for was measured.
    pub const ALL_MEASURED: &str = "AllMeasured";
    /// Some requirements of the stage were not measured, and none that was measured failed; or some features of the network were
    /// not.
    pub const NOT_ALL_MEASURED: &str = "NotAllMeasured";
    /// The stage was not asked for.
    pub const NOT_REQUESTED: &str = "NotRequested";
    /// The suite and the profiles define no future requirement.
    pub const NONE_DEFINED: &str = "NoneDefined";
    /// The API server serves no ServiceCIDRs.
    pub const NOT_SERVED: &str = "NotServed";
    /// A ServiceCIDR is not Ready, or the default one is missing.
    pub const RANGES_NOT_READY: &str = "RangesNotReady";
    /// Addresses of Services are not kept as they should be.
    pub const INCONSISTENT_ADDRESSES: &str = "InconsistentAddresses";
    /// A range of Services meets nodes or pods.
    pub const OVERLAPPING_RANGES: &str = "OverlappingRanges";
    /// An administrator's policy denies further ranges.
    pub const OPTED_OUT: &str = "OptedOut";
    /// Components have the present range written down, or may not read the ranges.
    pub const COMPONENTS_AT_RISK: &str = "ComponentsAtRisk";
    /// Something could not be looked at; nothing that was speaks against a further range.
    pub const NOT_ALL_SEEN: &str = "NotAllSeen";
    /// Services of an added range were reached everywhere, and it is gone again.
    pub const PROBED: &str = "Probed";
    /// Services of an added range were not reached as they should be; the message names the component.
    pub const PROBE_FAILED: &str = "ProbeFailed";
    /// An added range could not be measured.
    pub const PROBE_INCOMPLETE: &str = "ProbeIncomplete";
    /// An added range works, and something of it is still there.
    pub const NOT_REMOVED: &str = "NotRemoved";
    /// Nothing was measured; of a further range, nothing that was observed speaks against it either.
    pub const NOT_PROBED: &str = "NotProbed";

    /// The files can be submitted as they are.
    pub const SUBMITTABLE: &str = "Submittable";
    /// The files cannot be submitted as they are.
    pub const NOT_SUBMITTABLE: &str = "NotSubmittable";

    /// The schedule is waiting for its next slot, or a run of it is active.
    pub const SCHEDULED: &str = "Scheduled";
    /// `schedule` or a maintenance window cannot be read, or never comes.
    pub const INVALID_SCHEDULE: &str = "InvalidSchedule";
    /// The API server refuses the run that is due; the message says why.
    pub const RUN_REFUSED: &str = "RunRefused";
    /// `timeZone` is no time zone.
    pub const UNKNOWN_TIME_ZONE: &str = "UnknownTimeZone";
    /// No run of the schedule has finished yet.
    pub const NO_FINISHED_RUN: &str = "NoFinishedRun";
    /// No run of the schedule has succeeded before the last one, so there is nothing to compare with.
    pub const NO_GOOD_RUN: &str = "NoGoodRun";
    /// The good run's outcomes are gone.
    pub const GOOD_RUN_GONE: &str = "GoodRunGone";
    /// The last run measured nothing that could be compared.
    pub const NOTHING_MEASURED: &str = "NothingMeasured";
    /// Tests fail that passed in the last good run.
    pub const TESTS_REGRESSED: &str = "TestsRegressed";
    /// No test fails that passed in the last good run.
    pub const NO_REGRESSION: &str = "NoRegression";
    /// A future requirement was tested and not met.
    pub const FUTURE_MISSED: &str = "FutureRequirementsMissed";
}
