//! Names that more than one program must spell alike.

use conform_suite::Stage;

/// API group of every conform resource.
pub const GROUP: &str = "conform.dev";
/// Namespace that `kubectl conform install` puts the operator into, and the default everywhere.
pub const NAMESPACE: &str = "conform-system";
/// The one ClusterRole that a run's ServiceAccount is bound to while a suite pod runs.
pub const SUITE_CLUSTER_ROLE: &str = "conform-suite";
/// Name of the operator's Deployment, ServiceAccount and roles.
pub const OPERATOR: &str = "conform-operator";
/// Field manager of the operator.
pub const FIELD_MANAGER: &str = "conform-operator";
/// Finalizer that keeps a run until what its tests left behind is gone.
pub const FINALIZER: &str = "conform.dev/cleanup";

/// Label of every object that conform makes for a run, and its value.
pub const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "conform");
/// Label of every object made for a run: the run's name.
pub const LABEL_RUN: &str = "conform.dev/run";
/// Label of a run that a schedule made: the schedule's name.
pub const LABEL_SCHEDULE: &str = "conform.dev/schedule";
/// Annotation of a run that a schedule made for a slot: the slot's time in the schedule's zone, RFC 3339.
pub const ANNOTATION_SLOT: &str = "conform.dev/scheduled-timestamp";
/// Annotation of a run that a schedule made without a slot: why, in a sentence.
pub const ANNOTATION_TRIGGER: &str = "conform.dev/trigger";
/// Annotation of a schedule: each new value asks for one run now.
pub const ANNOTATION_RUN_NOW: &str = "conform.dev/run-now";
/// Label of a Job's pods, set by the Job controller: the Job's name.
pub const LABEL_JOB: &str = "batch.kubernetes.io/job-name";
/// Label of a Job that goes through Kueue: the name of a LocalQueue.
pub const LABEL_QUEUE: &str = "kueue.x-k8s.io/queue-name";
/// Label of a Job, its pod and its artifacts: the attempt's name, such as `present-1`.
pub const LABEL_ATTEMPT: &str = "conform.dev/attempt";
/// Annotation of a Job: the attempt as the run's status lists it, in JSON.
pub const ANNOTATION_ATTEMPT: &str = "conform.dev/attempt";
/// Label of an artifact's chunks: the artifact's file name.
pub const LABEL_ARTIFACT: &str = "conform.dev/artifact";
/// Annotation of an artifact's chunk: its place in the file, from 0.
pub const ANNOTATION_CHUNK: &str = "conform.dev/chunk";
/// Key of an artifact's chunk in its ConfigMap's `binaryData`.
pub const CHUNK_KEY: &str = "chunk";

/// Service in front of what the operator serves to people: reports, and files that it keeps.
pub const WEB_SERVICE: &str = "conform-operator-web";
/// Name of that Service's port.
pub const WEB_PORT: &str = "web";
/// Header by which somebody shows that he could read a run's result: the SHA-256 of the file that he asks for.
pub const HEADER_DIGEST: &str = "x-conform-digest";

/// Start of the names of namespaces that the runner makes for its checks.
pub const PREFLIGHT_NAMESPACE: &str = "conform-preflight-";
/// Lease in the operator's namespace whose holder is the one run that may be active.
pub const RUN_LEASE: &str = "conform-run";
/// Annotation of that Lease: the holder's uid.
pub const ANNOTATION_RUN_UID: &str = "conform.dev/run-uid";
/// Lease in the operator's namespace whose holder is the one operator that acts.
pub const OPERATOR_LEASE: &str = "conform-operator";

/// Name of the container that runs the suite.
pub const SUITE_CONTAINER: &str = "suite";
/// Name of the container beside a suite of a user's own that takes what the suite wrote.
pub const COLLECTOR_CONTAINER: &str = "collector";
/// Name of the init container that puts the runner beside the suite.
pub const RUNNER_CONTAINER: &str = "runner";
/// Environment variable that hands the runner its plan, a JSON [`AttemptPlan`](crate::AttemptPlan).
pub const ENV_PLAN: &str = "CONFORM_PLAN";
/// Environment variable that hands the runner beside a suite of a user's own its plan, a JSON
/// [`OwnSuitePlan`](crate::OwnSuitePlan).
pub const ENV_OWN_PLAN: &str = "CONFORM_OWN_PLAN";
/// Environment variable with the name of the runner's pod.
pub const ENV_POD: &str = "CONFORM_POD";
/// Environment variable that tells a suite of a user's own which folder to write its files to. Part of the contract with
/// such suites, as are the two below.
pub const ENV_RESULTS_DIR: &str = "CONFORM_RESULTS_DIR";
/// Environment variable that tells such a suite the version of the API server.
pub const ENV_SERVER_VERSION: &str = "CONFORM_SERVER_VERSION";
/// Environment variable that tells such a suite its name, as `profile/suite`.
pub const ENV_SUITE: &str = "CONFORM_SUITE";
/// Tells a Gateway API suite which GatewayClass it measures.
pub const ENV_GATEWAY_CLASS: &str = "CONFORM_GATEWAY_CLASS";
/// Tells a Gateway API suite which XMesh it measures.
pub const ENV_MESH: &str = "CONFORM_MESH";
/// Tells a Gateway API suite by which profiles, with commas.
pub const ENV_GATEWAY_PROFILES: &str = "CONFORM_GATEWAY_PROFILES";
/// Tells a Gateway API suite what the implementation claims, with commas.
pub const ENV_SUPPORTED_FEATURES: &str = "CONFORM_SUPPORTED_FEATURES";
/// Environment variables that tell the runner where it is.
pub const ENV_RUN: &str = "CONFORM_RUN";
/// The attempt that the runner makes, such as `present-1`.
pub const ENV_ATTEMPT: &str = "CONFORM_ATTEMPT";
/// The index of the runner's pod, set by the Job controller.
pub const ENV_INDEX: &str = "JOB_COMPLETION_INDEX";
/// The namespace that the runner's pod is in and puts artifacts into.
pub const ENV_NAMESPACE: &str = "CONFORM_NAMESPACE";

/// What the suite is to be told of a mirror of its images, as JSON.
pub const ENV_REPO_LIST: &str = "CONFORM_REPO_LIST";
/// The suite's own variable: the file that it reads this from.
pub const ENV_SUITE_REPO_LIST: &str = "KUBE_TEST_REPO_LIST";

/// File that the suite writes its outcomes to.
pub const JUNIT: &str = "junit_01.xml";
/// File that the suite's output goes to.
pub const E2E_LOG: &str = "e2e.log";
/// Report of Gateway API's conformance suite (GEP-1709), which a suite of a user's own may leave.
pub const GATEWAY_REPORT: &str = "report.yaml";

/// The attempt's name: `present-1`, `future-2`.
pub fn attempt(stage: Stage, number: i32) -> String {
    format!("{}-{number}", stage.word())
}

/// The name of an attempt that runs both stages together: `combined-1`.
pub fn combined_attempt(number: i32) -> String {
    format!("combined-{number}")
}

/// The name of an attempt at the run's own suite number `suite`, from 1: `suite2-1`.
pub fn own_suite_attempt(suite: usize, number: i32) -> String {
    format!("suite{suite}-{number}")
}

/// What pod `index` of an attempt calls its entry in the result: the attempt's own name if it has one pod only.
pub fn shard(attempt: &str, shards: i32, index: i32) -> String {
    if shards > 1 {
        format!("{attempt}-{index}")
    } else {
        attempt.to_owned()
    }
}

/// True if `entry` of a result is what a pod of `attempt` wrote.
pub fn is_entry_of(entry: &str, attempt: &str) -> bool {
    let index = entry.strip_prefix(attempt).map(|rest| rest.strip_prefix('-'));
    matches!(index, Some(None) if entry == attempt)
        || matches!(index, Some(Some(index)) if !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Name of the Job of one attempt of one run.
pub fn job(run: &str, attempt: &str) -> String {
    child(run, attempt)
}

/// Name of the run's ServiceAccount and of the ClusterRoleBinding that gives it the suite's rights.
pub fn service_account(run: &str) -> String {
    child(run, "suite")
}

/// Name of the ConfigMap that holds chunk number `chunk` of an artifact of one attempt.
pub fn artifact_chunk(run: &str, attempt: &str, artifact: &str, chunk: usize) -> String {
    let artifact = artifact.replace('_', "-");
    child(run, &format!("{attempt}-{artifact}-{chunk}"))
}

/// Where the operator serves a file of an attempt.
pub fn artifact_path(run: &str, attempt: &str, file: &str) -> String {
    format!("/artifacts/{run}/{attempt}/{file}")
}

/// Longest run name that is accepted, in bytes: the host name of a pod, such as `RUN-combined-10-15`, has at most 63.
pub const MAX_RUN_NAME: usize = 48;

fn child(run: &str, suffix: &str) -> String {
    format!("{run}-{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_belongs_to_one_attempt() {
        assert!(is_entry_of("present-1", "present-1"));
        assert!(is_entry_of("present-1-0", "present-1"));
        assert!(!is_entry_of("present-10", "present-1"));
        assert!(!is_entry_of("present-1-", "present-1"));
        assert!(!is_entry_of("present-2", "present-1"));
    }

    #[test]
    fn children_of_the_longest_run_name_are_valid() {
        let run = "r".repeat(MAX_RUN_NAME);
        assert!(job(&run, &shard(&combined_attempt(99), 16, 15)).len() <= 63);
        assert_eq!(
            artifact_chunk("demo", "present-1", JUNIT, 0),
            "demo-present-1-junit-01.xml-0"
        );
    }
}
