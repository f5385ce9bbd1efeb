//! Objects that tests are made of.

use conform_crds::{
    Attempt, AttemptEnd, AttemptEndReason, ConformanceResult, ConformanceRun, ConformanceRunSpec,
    SelectionSummary, SuiteSummary, TestRecord, names,
};
use conform_suite::{Area, Authority, Outcome, Release, Stage, TestName};
use jiff::Timestamp;
use k8s_openapi::{
    api::batch::v1::{Job, JobCondition, JobStatus},
    apimachinery::pkg::apis::meta::v1::Time,
};

use super::{
    children,
    decide::decide,
    decision::{AttemptStart, Decision, OwnSuiteStart, Step},
    lock::Lock,
    observed::{ClusterFacts, Observed, Settings},
    own_suite_job::own_suite_job,
};

pub fn settings() -> Settings {
    Settings {
        namespace: "conform-system".into(),
        runner_image: "runner:1".into(),
        suite_repository: "registry.k8s.io/conformance".into(),
        image_mirror: None,
        has_storage: false,
    }
}

/// A cluster in which decisions come true at once, so that tests tell a run's story step by step.
pub struct Story {
    pub observed: Observed,
}

impl Story {
    pub fn new(spec: ConformanceRunSpec) -> Self {
        let mut run = ConformanceRun::new("demo", spec);
        run.metadata.uid = Some("uid".into());
        run.metadata.generation = Some(1);
        let observed = Observed {
            now: Timestamp::from_second(1_000_000).unwrap(),
            settings: settings(),
            run,
            ahead: None,
            lock: Lock::Mine,
            cluster: Some(ClusterFacts::well()),
            profiles: Vec::new(),
            durations_from: None,
            result: None,
            jobs: Vec::new(),
            pods: Vec::new(),
        };
        Self { observed }
    }

    /// Decides once and makes the decision true.
    pub fn step(&mut self) -> Decision {
        let decision = decide(&self.observed);
        self.observed.run.status = Some(decision.status.clone());
        match &decision.step {
            Step::AddFinalizer => {
                self.observed.run.metadata.finalizers = Some(vec![names::FINALIZER.to_owned()]);
            }
            Step::CleanUpAndRelease | Step::Release | Step::DropFinalizer => {
                self.observed.run.metadata.finalizers = None;
            }
            Step::StartAttempt(start) => {
                let job = children::job(&self.observed.run, &self.observed.settings, start).unwrap();
                self.take_job(job);
            }
            Step::StartOwnSuite(start) => {
                let job = own_suite_job(&self.observed.run, &self.observed.settings, start).unwrap();
                self.take_job(job);
            }
            Step::StopAttempt { job, .. } => {
                let now = self.observed.now;
                for found in self
                    .observed
                    .jobs
                    .iter_mut()
                    .filter(|found| found.metadata.name.as_ref() == Some(job))
                {
                    found.metadata.deletion_timestamp = Some(Time(now));
                }
            }
            Step::TakeLock { .. } => self.observed.lock = Lock::Mine,
            Step::Nothing | Step::ReleaseLock | Step::CleanUp { .. } | Step::DeleteRun => {}
        }
        decision
    }

    /// Goes on until the first attempt of `stage` has its Job.
    pub fn until_started(&mut self, stage: Stage) {
        for _ in 0..10 {
            if matches!(self.step().step, Step::StartAttempt(start) if start.summary.stage == stage) {
                return;
            }
        }
        panic!("{stage:?} was never started: {:?}", self.observed.run.status);
    }

    fn take_job(&mut self, mut job: Job) {
        job.metadata.creation_timestamp = Some(Time(self.observed.now));
        self.observed.jobs.push(job);
        self.observed
            .result
            .get_or_insert_with(|| children::result(&self.observed.run));
    }

    pub fn pass(&mut self, seconds: i64) {
        self.observed.now += jiff::SignedDuration::from_secs(seconds);
    }

    /// The runner of the newest attempt of `stage` reports `tests` and, if `end` is given, its end; the Job then ends too.
    pub fn report(&mut self, stage: Stage, tests: Vec<TestRecord>, end: Option<AttemptEndReason>) {
        let attempt = self.newest(stage);
        self.report_entry(&attempt, stage, tests, end);
        if end.is_some() {
            self.end_job(stage);
        }
    }

    /// The newest attempt's suite ran to its end.
    pub fn completes(&mut self, stage: Stage, tests: Vec<TestRecord>) {
        self.report(stage, tests, Some(AttemptEndReason::Completed));
    }

    /// The run's status has this condition.
    #[track_caller]
    pub fn says(&self, kind: &str, status: &str, reason: &str) {
        assert_eq!(
            self.condition(kind),
            (status.to_owned(), reason.to_owned()),
            "{kind}"
        );
    }

    /// One pod reports as `entry`.
    pub fn report_entry(
        &mut self,
        entry: &str,
        stage: Stage,
        tests: Vec<TestRecord>,
        end: Option<AttemptEndReason>,
    ) {
        let attempt = Attempt {
            name: entry.to_owned(),
            combined: entry.starts_with("combined"),
            start_time: Time(self.observed.now),
            end: end.map(|reason| AttemptEnd {
                time: Time(self.observed.now),
                reason,
                message: format!("{reason:?}"),
                exit_code: Some(0),
            }),
            ..attempt(stage, tests)
        };
        let result: &mut ConformanceResult = self.observed.result.as_mut().unwrap();
        let attempts = &mut result.status.get_or_insert_default().attempts;
        attempts.retain(|other| other.name != entry);
        attempts.push(attempt);
    }

    /// What was reported as `entry`.
    pub fn entry(&mut self, entry: &str) -> &mut Attempt {
        let result = self.observed.result.as_mut().unwrap();
        let attempts = &mut result.status.as_mut().unwrap().attempts;
        attempts.iter_mut().find(|attempt| attempt.name == entry).unwrap()
    }

    /// Name of the newest attempt of `stage`.
    pub fn newest(&self, stage: Stage) -> String {
        let status = self.observed.run.status.as_ref().unwrap();
        let mut attempts = status.attempts.iter().rev();
        let newest = attempts.find(|attempt| attempt.stage == stage);
        newest.unwrap().name.clone()
    }

    /// The Job of the newest attempt of `stage` comes to its end.
    pub fn end_job(&mut self, stage: Stage) {
        let name = names::job("demo", &self.newest(stage));
        let done = JobCondition {
            type_: "Complete".into(),
            status: "True".into(),
            ..JobCondition::default()
        };
        for job in self
            .observed
            .jobs
            .iter_mut()
            .filter(|job| job.metadata.name.as_ref() == Some(&name))
        {
            job.status = Some(JobStatus {
                conditions: Some(vec![done.clone()]),
                ..JobStatus::default()
            });
        }
    }

    /// Decides until an attempt starts, and gives what it is to be.
    pub fn next_attempt(&mut self) -> AttemptStart {
        for _ in 0..10 {
            if let Step::StartAttempt(start) = self.step().step {
                return *start;
            }
        }
        panic!("no attempt was started: {:?}", self.observed.run.status);
    }

    /// The same of a suite of a user's own.
    pub fn next_own_suite(&mut self) -> OwnSuiteStart {
        for _ in 0..10 {
            if let Step::StartOwnSuite(start) = self.step().step {
                return *start;
            }
        }
        panic!("no suite was started: {:?}", self.observed.run.status);
    }

    /// The runner beside the newest suite of a user's own reports `tests` and its end, and the Job ends.
    pub fn suite_reports(&mut self, tests: Vec<TestRecord>, end: AttemptEndReason) {
        let attempt = self.newest(Stage::Future);
        let status = self.observed.run.status.as_ref().unwrap();
        let own = status.attempts.iter().find(|one| one.name == attempt).unwrap();
        let own = own.own_suite.clone();
        assert!(own.is_some(), "{attempt} is of the Kubernetes suite");
        self.report_entry(&attempt, Stage::Future, tests, Some(end));
        let entry = self.entry(&attempt);
        entry.own_suite = own;
        entry.suite = None;
        self.end_job(Stage::Future);
    }

    pub fn job(&mut self) -> &mut Job {
        self.observed.jobs.first_mut().unwrap()
    }

    pub fn condition(&self, kind: &str) -> (String, String) {
        let status = self.observed.run.status.as_ref().unwrap();
        let condition = status.conditions.iter().find(|condition| condition.type_ == kind);
        condition
            .map(|condition| (condition.status.clone(), condition.reason.clone()))
            .unwrap_or_default()
    }
}

/// What the only pod of a stage's first attempt wrote, which has not ended.
pub fn attempt(stage: Stage, tests: Vec<TestRecord>) -> Attempt {
    let count = |count: usize| i32::try_from(count).unwrap();
    let selected = count(tests.iter().filter(|test| test.selected).count());
    Attempt {
        name: names::attempt(stage, 1),
        stage,
        combined: false,
        own_suite: None,
        start_time: Time(Timestamp::UNIX_EPOCH),
        preflight: Vec::new(),
        components: Vec::new(),
        service_cidr: None,
        capabilities: Vec::new(),
        suite: Some(SuiteSummary {
            version: "v1.36.3".into(),
            run_ids: vec!["uuid-1".into(), "uuid-2".into()],
        }),
        running: Vec::new(),
        selection: Some(SelectionSummary {
            required: count(tests.len()),
            selected,
            due: selected,
            total: selected,
            digest: "sha256:0".into(),
            narrowings: Vec::new(),
        }),
        tests,
        end: None,
        artifacts: Vec::new(),
    }
}

pub fn test(name: &str, required_in: Release, outcome: Outcome) -> TestRecord {
    TestRecord {
        name: TestName::new(name).unwrap(),
        required_in,
        authority: Authority::Upstream,
        area: Area::ServiceProxy,
        selected: true,
        outcome,
        duration_milliseconds: None,
        message: None,
    }
}

pub fn now(name: &str, outcome: Outcome) -> TestRecord {
    test(name, Release::new(1, 20), outcome)
}

pub fn later(name: &str, outcome: Outcome) -> TestRecord {
    TestRecord {
        authority: Authority::Advisory,
        ..test(name, Release::new(1, 41), outcome)
    }
}
