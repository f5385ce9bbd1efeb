//! One test for each way in which an attempt can go.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use conform_crds::{Artifact, AttemptEndReason, TestRecord};
use conform_suite::Outcome;
use flate2::read::GzDecoder;
use k8s_openapi::api::core::v1::ConfigMap;
use rstest::rstest;
use tokio::process::{Child, Command};

use crate::{
    api_server::ApiServer,
    fake_suite::{self, RUN_ID, TESTS},
};

/// What the operator asks for first.
pub const PRESENT: &str = r#"{"profiles":["kubernetes"],"stage":"Present","server":"1.36"}"#;

/// The plan of a first attempt at what `request` selects.
pub fn plan(request: &str) -> String {
    format!(r#"{{"requests":[{request}],"scope":"All","pick":"Everything","shards":1,"processes":1}}"#)
}

/// A place for one runner, and its API server.
pub struct Pod {
    dir: tempfile::TempDir,
    /// Its API server.
    pub server: ApiServer,
}

impl Pod {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fake_suite::write(dir.path());
        let server = ApiServer::start().await;
        let kubeconfig = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{{name: c, cluster: {{server: '{}'}}}}]\n\
             users: [{{name: u, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n",
            server.url
        );
        fs::write(dir.path().join("kubeconfig"), kubeconfig).unwrap();
        Self { dir, server }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn command(&self, scenario: &str, plan: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_conform-runner"));
        command
            .arg("run")
            .arg("--ginkgo")
            .arg(self.path("ginkgo"))
            .arg("--e2e-test")
            .arg(self.path("e2e.test"))
            .arg("--results-dir")
            .arg(self.path("pod/results"))
            .args(["--flush-interval", "100ms", "--patience", "20s"])
            .env("CONFORM_STOP_GRACE", "1s")
            .env("KUBECONFIG", self.path("kubeconfig"))
            .env("SCENARIO", scenario)
            .env("PLACE", self.dir.path())
            .env("E2E_FOCUS", "nothing at all")
            .env("CONFORM_PLAN", plan)
            .env("CONFORM_RUN", "demo")
            .env("CONFORM_ATTEMPT", "present-1")
            .env("CONFORM_NAMESPACE", "conform-system")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    fn start(&self, scenario: &str) -> Child {
        self.command(scenario, &plan(PRESENT)).spawn().unwrap()
    }

    async fn run(&self, scenario: &str) -> Output {
        end(self.start(scenario)).await
    }

    fn tests(&self) -> BTreeMap<String, TestRecord> {
        self.server
            .attempt()
            .tests
            .into_iter()
            .map(|test| (test.name.to_string(), test))
            .collect()
    }

    /// Outcomes of `one`, `three` and `two`.
    pub fn outcomes(&self) -> [Outcome; 3] {
        let tests = self.tests();
        TESTS.map(|name| tests[name].outcome)
    }

    pub fn reason(&self) -> AttemptEndReason {
        self.server.attempt().end.expect("no end was reported").reason
    }

    /// The bytes of a kept file, put together from its chunks.
    pub fn kept(&self, artifact: &Artifact) -> Vec<u8> {
        let stream: Vec<u8> = (0..artifact.chunks)
            .flat_map(|number| {
                let name = format!("demo-present-1-{}-{number}", artifact.name.replace('_', "-"));
                let chunk = self.server.with(|known| known.config_maps[&name].clone());
                let chunk: ConfigMap = serde_json::from_value(chunk).unwrap();
                assert_eq!(chunk.immutable, Some(true));
                assert_eq!(
                    chunk.metadata.labels.unwrap()["conform.dev/artifact"],
                    artifact.name
                );
                assert_eq!(
                    chunk.metadata.owner_references.unwrap()[0].kind,
                    "ConformanceResult"
                );
                chunk.binary_data.unwrap()["chunk"].0.clone()
            })
            .collect();
        let mut bytes = Vec::new();
        GzDecoder::new(stream.as_slice()).read_to_end(&mut bytes).unwrap();
        bytes
    }
}

pub async fn end(child: Child) -> Output {
    tokio::time::timeout(Duration::from_mins(1), child.wait_with_output())
        .await
        .expect("it hangs")
        .unwrap()
}

pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

fn is_alive(pid_file: &Path) -> bool {
    let pid = fs::read_to_string(pid_file).unwrap();
    // A zombie that nobody has reaped yet is dead.
    fs::read_to_string(format!("/proc/{}/stat", pid.trim())).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn a_suite_that_passes() {
    use Outcome::Passed;
    let pod = Pod::new().await;
    let output = pod.run("pass").await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let attempt = pod.server.attempt();
    assert_eq!(pod.outcomes(), [Passed, Passed, Passed]);
    assert_eq!(pod.tests()[TESTS[0]].duration_milliseconds, Some(1500));
    assert_eq!(attempt.suite.as_ref().unwrap().version, "v1.36.3");
    assert_eq!(attempt.suite.as_ref().unwrap().run_ids, [RUN_ID]);
    assert_eq!(attempt.selection.as_ref().unwrap().total, 3);
    let end = attempt.end.clone().unwrap();
    assert_eq!(
        (end.reason, end.exit_code),
        (AttemptEndReason::Completed, Some(0))
    );

    // The first report has every test, before any ran.
    let first = pod.server.with(|known| known.applied[0].clone());
    assert_eq!(
        first["status"]["attempts"][0]["tests"].as_array().unwrap().len(),
        3
    );
    assert_eq!(first["status"]["attempts"][0]["tests"][0]["outcome"], "NotRun");
    let query = pod.server.with(|known| known.queries[0].clone());
    assert!(
        query.contains("force=true") && query.contains("fieldManager=conform-runner-present-1"),
        "{query}"
    );

    // The log is what the suite wrote, on stdout too, and both files are kept byte by byte.
    let log = fs::read(pod.path("pod/results/e2e.log")).unwrap();
    assert_eq!(output.stdout, log);
    assert!(log.ends_with(b"to stdout\nraw \xff\x1b[31m bytes\n"));
    assert_eq!(
        attempt
            .artifacts
            .iter()
            .map(|artifact| artifact.name.as_str())
            .collect::<Vec<_>>(),
        ["junit_01.xml", "e2e.log"]
    );
    for artifact in &attempt.artifacts {
        assert!(pod.kept(artifact) == fs::read(pod.path("pod/results").join(&artifact.name)).unwrap());
    }

    // The suite was asked as its image would, and the image's own settings did not reach it.
    let args = fs::read_to_string(pod.path("args")).unwrap();
    assert!(
        args.starts_with("--focus=\\[Conformance\\]\n--v\n--no-color=true\n--timeout=24h\n"),
        "{args}"
    );
    let environment = fs::read_to_string(pod.path("env")).unwrap();
    assert!(!environment.contains("E2E_FOCUS") && !environment.contains("CONFORM_PLAN"));
    // It runs under a name of its attempt's own, which the API server records with what it makes.
    let link = pod.path("pod/conform-suite/e2e.test");
    assert!(args.lines().any(|line| Path::new(line) == link), "{args}");
    let program = pod.path("e2e.test");
    assert!(
        environment
            .contains("CONFORM_SUITE_NAME=conform:demo:7d1f2f0a-0000-4000-8000-000000000002:present-1\n")
            && environment.contains(&format!("CONFORM_SUITE_PROGRAM={}\n", program.display())),
        "{environment}"
    );
}

#[tokio::test]
async fn failed_tests_are_a_result_and_no_fault() {
    let pod = Pod::new().await;
    assert_eq!(pod.run("fail").await.status.code(), Some(0));
    assert_eq!(
        pod.outcomes(),
        [Outcome::Passed, Outcome::Skipped, Outcome::Failed]
    );
    let end = pod.server.attempt().end.unwrap();
    assert_eq!(
        (end.reason, end.exit_code),
        (AttemptEndReason::Completed, Some(1))
    );
    assert!(
        pod.tests()[TESTS[2]]
            .message
            .as_ref()
            .unwrap()
            .contains("expected 1, got 2")
    );
    assert!(
        pod.tests()[TESTS[1]]
            .message
            .as_ref()
            .unwrap()
            .contains("needs 3 zones")
    );
}

#[tokio::test]
async fn outcomes_are_reported_while_the_suite_runs_and_a_signal_makes_it_write_its_files() {
    let pod = Pod::new().await;
    let child = pod.start("slow");
    until("the first outcome", || {
        pod.server.with(|known| known.applied.len() > 1) && pod.outcomes()[0] == Outcome::Passed
    })
    .await;
    until("the run's id", || {
        !pod.server.attempt().suite.unwrap().run_ids.is_empty()
    })
    .await;
    assert!(pod.server.attempt().end.is_none());
    until("the suite's child", || pod.path("child").exists()).await;
    assert!(is_alive(&pod.path("child")));

    signal(&child, rustix::process::Signal::TERM);
    assert_eq!(end(child).await.status.code(), Some(3));
    assert_eq!(
        pod.outcomes(),
        [Outcome::Passed, Outcome::NotRun, Outcome::Interrupted]
    );
    assert_eq!(pod.reason(), AttemptEndReason::Interrupted);
    assert_eq!(pod.server.attempt().artifacts.len(), 2);
    assert!(
        !is_alive(&pod.path("child")),
        "a process of the suite is left behind"
    );
}

#[tokio::test]
async fn a_suite_that_does_not_stop_is_killed_and_what_it_measured_is_kept() {
    let pod = Pod::new().await;
    let child = pod.start("stubborn");
    until("the first outcome", || {
        pod.server.with(|known| known.applied.len() > 1) && pod.outcomes()[0] == Outcome::Passed
    })
    .await;
    signal(&child, rustix::process::Signal::INT);
    assert_eq!(end(child).await.status.code(), Some(3));
    assert_eq!(pod.outcomes()[0], Outcome::Passed);
    let end = pod.server.attempt().end.unwrap();
    assert_eq!((end.reason, end.exit_code), (AttemptEndReason::Interrupted, None));
    assert!(end.message.contains("killed"), "{}", end.message);
}

#[rstest]
#[case("dry", AttemptEndReason::DryRun, [Outcome::NotRun; 3], "nothing was measured")]
#[case("no-junit", AttemptEndReason::JUnitMissing, [Outcome::Passed, Outcome::NotRun, Outcome::NotRun], "disk is full")]
#[case("truncated", AttemptEndReason::JUnitUnreadable, [Outcome::Passed, Outcome::Passed, Outcome::NotRun], "cut off")]
#[case("crash", AttemptEndReason::JUnitMissing, [Outcome::Failed, Outcome::NotRun, Outcome::NotRun], "signal 11")]
#[case("before-suite", AttemptEndReason::SuiteError, [Outcome::NotRun; 3], "no schedulable node")]
#[tokio::test]
async fn a_suite_that_does_not_do_its_work(
    #[case] scenario: &str,
    #[case] reason: AttemptEndReason,
    #[case] outcomes: [Outcome; 3],
    #[case] words: &str,
) {
    let pod = Pod::new().await;
    assert_eq!(pod.run(scenario).await.status.code(), Some(3));
    let end = pod.server.attempt().end.unwrap();
    assert_eq!(
        (end.reason, pod.outcomes()),
        (reason, outcomes),
        "{}",
        end.message
    );
    assert!(end.message.contains(words), "{}", end.message);
}

#[rstest]
#[case(
    "pass",
    r#"{"profiles":["nope"],"stage":"Present","server":"1.36"}"#,
    AttemptEndReason::UnknownProfile,
    3
)]
#[case(
    "pass",
    r#"{"profiles":["kubernetes"],"stage":"Present","server":"1.36","focus":"("}"#,
    AttemptEndReason::InvalidPattern,
    3
)]
#[case(
    "pass",
    r#"{"profiles":["kubernetes"],"stage":"Present","server":"1.36","focus":"zzz"}"#,
    AttemptEndReason::EmptySelection,
    3
)]
#[case(
    "pass",
    r#"{"profiles":["kubernetes"],"stage":"Future","server":"1.36"}"#,
    AttemptEndReason::NothingToRun,
    0
)]
#[case("mute", PRESENT, AttemptEndReason::SuiteError, 3)]
#[tokio::test]
async fn a_plan_that_leaves_nothing_to_run(
    #[case] scenario: &str,
    #[case] request: &str,
    #[case] reason: AttemptEndReason,
    #[case] code: i32,
) {
    let pod = Pod::new().await;
    let output = end(pod.command(scenario, &plan(request)).spawn().unwrap()).await;
    assert_eq!(output.status.code(), Some(code));
    assert_eq!(
        pod.reason(),
        reason,
        "{}",
        pod.server.attempt().end.unwrap().message
    );
    assert!(!pod.path("args").exists(), "the suite was started");
}

#[tokio::test]
async fn a_suite_that_cannot_be_started_is_named() {
    let pod = Pod::new().await;
    fs::remove_file(pod.path("ginkgo")).unwrap();
    assert_eq!(pod.run("pass").await.status.code(), Some(3));
    let end = pod.server.attempt().end.unwrap();
    assert_eq!(end.reason, AttemptEndReason::SuiteError);
    assert!(end.message.contains("ginkgo: No such file"), "{}", end.message);
}

#[tokio::test]
async fn an_api_server_that_is_away_is_waited_for() {
    let pod = Pod::new().await;
    pod.server.with(|known| known.failures = 4);
    assert_eq!(pod.run("pass").await.status.code(), Some(0));
    assert_eq!(pod.outcomes(), [Outcome::Passed; 3]);
}

#[tokio::test]
async fn an_attempt_that_has_ended_is_not_made_again() {
    let pod = Pod::new().await;
    assert_eq!(pod.run("no-junit").await.status.code(), Some(3));
    let reports = pod.server.with(|known| known.applied.len());
    fs::remove_file(pod.path("args")).unwrap();
    assert_eq!(pod.run("pass").await.status.code(), Some(3));
    assert_eq!(pod.server.with(|known| known.applied.len()), reports);
    assert!(!pod.path("args").exists(), "the suite was started again");
}

#[tokio::test]
async fn a_wrong_plan_is_a_wrong_command_line() {
    let pod = Pod::new().await;
    let output = end(pod.command("pass", "{}").spawn().unwrap()).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("CONFORM_PLAN is not a plan"));
    assert!(output.stdout.is_empty());
}

/// A plan for the attempt after `present-1` that was to run `pick` of the tests.
fn further(pick: &str) -> String {
    format!(
        r#"{{"requests":[{PRESENT}],"scope":"All","pick":"{pick}","after":["present-1"],"shards":1,"processes":1}}"#
    )
}

#[rstest]
#[case("Unfinished", Outcome::Interrupted, "three", "one")]
#[case("Failed", Outcome::Failed, "three", "one")]
#[tokio::test]
async fn a_further_attempt_runs_exactly_what_it_is_for(
    #[case] pick: &str,
    #[case] outcome: Outcome,
    #[case] runs: &str,
    #[case] leaves: &str,
) {
    let pod = Pod::new().await;
    assert_eq!(pod.run("pass").await.status.code(), Some(0));
    let mut first = pod.server.attempt();
    for test in &mut first.tests {
        if test.name.as_str().contains("three") {
            test.outcome = outcome;
        }
    }
    pod.server.with(|known| {
        known.attempts = vec![first];
        known.applied.clear();
    });
    let mut command = pod.command("rest", &further(pick));
    let output = end(command.env("CONFORM_ATTEMPT", "present-2").spawn().unwrap()).await;
    assert_eq!(output.status.code(), Some(0));
    let args = fs::read_to_string(pod.path("args")).unwrap();
    let focus = args.lines().next().unwrap();
    assert!(focus.contains(runs) && !focus.contains(leaves), "{focus}");
    let rows: Vec<_> = pod.tests().into_keys().collect();
    assert_eq!(
        rows.len(),
        1,
        "what another attempt lists is not listed again: {rows:?}"
    );
    let selection = pod.server.attempt().selection.unwrap();
    assert_eq!((selection.selected, selection.due, selection.total), (3, 1, 1));
}

#[tokio::test]
async fn a_rerun_of_a_run_that_is_not_there_is_named() {
    let pod = Pod::new().await;
    let plan = format!(
        r#"{{"requests":[{PRESENT}],"scope":"All","pick":"Everything","rerun":{{"run":"gone","tests":"Failed"}},"shards":1,"processes":1}}"#
    );
    let output = end(pod.command("pass", &plan).spawn().unwrap()).await;
    assert_eq!(output.status.code(), Some(3));
    let end = pod.server.attempt().end.unwrap();
    assert_eq!(end.reason, AttemptEndReason::UnknownRun);
    assert!(end.message.contains("Run gone has no result"), "{}", end.message);
}
