//! The objects that the operator makes for a run. Pure: names are deterministic, so that making one twice is one.

use std::collections::BTreeMap;

use conform_crds::{AttemptSummary, ConformanceResult, ConformanceResultSpec, ConformanceRun, names};
use conform_suite::{catalogue::PatchRelease, images::SuiteImages};
use k8s_openapi::{
    api::{
        batch::v1::{Job, JobSpec},
        core::v1::{
            Capabilities, Container, EmptyDirVolumeSource, EnvVar, PodSecurityContext, PodSpec,
            PodTemplateSpec, ResourceRequirements, SeccompProfile, SecurityContext, ServiceAccount,
            Toleration, Volume, VolumeMount,
        },
        rbac::v1::{ClusterRoleBinding, RoleRef, Subject},
    },
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{ObjectMeta, OwnerReference},
    },
};
use kube::Resource;

use super::{decision::AttemptStart, observed::Settings};

/// Where the init container puts the runner.
const RUNNER_DIR: &str = "/conform";
/// Where the runner puts what the suite is to be told of a mirror.
const REPO_LIST: &str = "/tmp/conform-repo-list.json";
/// The user that the conformance image is known to work as.
const SUITE_USER: i64 = 65_534;
/// Time for the suite to write its JUnit after SIGINT and for the runner to upload it.
const GRACE_SECONDS: i64 = 90;

/// The ServiceAccount that the suite's pods run as.
pub fn service_account(run: &ConformanceRun, settings: &Settings) -> ServiceAccount {
    ServiceAccount {
        metadata: metadata(run, names::service_account(name(run)), Some(&settings.namespace)),
        ..ServiceAccount::default()
    }
}

/// What gives that ServiceAccount the suite's rights, for as long as it exists.
pub fn binding(run: &ConformanceRun, settings: &Settings) -> ClusterRoleBinding {
    ClusterRoleBinding {
        metadata: metadata(run, names::service_account(name(run)), None),
        role_ref: RoleRef {
            api_group: Some("rbac.authorization.k8s.io".to_owned()),
            kind: "ClusterRole".to_owned(),
            name: names::SUITE_CLUSTER_ROLE.to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: names::service_account(name(run)),
            namespace: Some(settings.namespace.clone()),
            api_group: None,
        }]),
    }
}

/// The object that the runners write outcomes to. It has the run's name.
pub fn result(run: &ConformanceRun) -> ConformanceResult {
    ConformanceResult {
        metadata: metadata(run, name(run).to_owned(), None),
        spec: ConformanceResultSpec {
            run_name: name(run).to_owned(),
        },
        status: None,
    }
}

/// The Job of one attempt.
pub fn job(
    run: &ConformanceRun,
    settings: &Settings,
    start: &AttemptStart,
) -> Result<Job, serde_json::Error> {
    let plan = serde_json::to_string(&start.plan)?;
    let pod = pod(run, settings, start, &start.summary.name, plan);
    job_of(run, settings, &start.summary, start.deadline_seconds, pod)
}

/// The Job of an attempt whose pods are like `pod`.
pub(super) fn job_of(
    run: &ConformanceRun,
    settings: &Settings,
    summary: &AttemptSummary,
    deadline_seconds: i64,
    pod: PodSpec,
) -> Result<Job, serde_json::Error> {
    let shards = summary.shards.max(1);
    let mut metadata = metadata(run, summary.job_name.clone(), Some(&settings.namespace));
    metadata.annotations = Some(BTreeMap::from([(
        names::ANNOTATION_ATTEMPT.to_owned(),
        serde_json::to_string(summary)?,
    )]));
    let labels = metadata.labels.get_or_insert_default();
    labels.insert(names::LABEL_ATTEMPT.to_owned(), summary.name.clone());
    let pod_labels = labels.clone();
    if let Some(queue) = &run.spec.execution.queue_name {
        // Kueue's own webhook holds the Job back until its queue lets it go.
        labels.insert(names::LABEL_QUEUE.to_owned(), queue.clone());
    }
    Ok(Job {
        metadata,
        spec: Some(JobSpec {
            // A lost pod is the operator's to judge: a restart by the Job would begin the suite from its start.
            backoff_limit: (shards == 1).then_some(0),
            completion_mode: (shards > 1).then(|| "Indexed".to_owned()),
            completions: Some(shards),
            parallelism: Some(shards),
            // A pod that is lost leaves the others to their work.
            backoff_limit_per_index: (shards > 1).then_some(0),
            max_failed_indexes: (shards > 1).then_some(shards),
            active_deadline_seconds: Some(deadline_seconds),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(pod_labels),
                    annotations: Some(BTreeMap::from([(
                        "cluster-autoscaler.kubernetes.io/safe-to-evict".to_owned(),
                        "false".to_owned(),
                    )])),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod),
            },
            ..JobSpec::default()
        }),
        ..Job::default()
    })
}

/// Nothing evicts the pod, since tests set taints of their own; but it does not go to a node that is not there, or that
/// its owner keeps for others. A small cluster has only nodes of its control plane.
pub(super) fn tolerations() -> Vec<Toleration> {
    let tolerated = |key: Option<&str>, effect: &str| Toleration {
        key: key.map(str::to_owned),
        operator: Some("Exists".to_owned()),
        effect: Some(effect.to_owned()),
        ..Toleration::default()
    };
    vec![
        tolerated(None, "NoExecute"),
        tolerated(Some("node-role.kubernetes.io/control-plane"), "NoSchedule"),
    ]
}

fn pod(
    run: &ConformanceRun,
    settings: &Settings,
    start: &AttemptStart,
    attempt: &str,
    plan: String,
) -> PodSpec {
    let execution = &run.spec.execution;
    PodSpec {
        service_account_name: Some(names::service_account(name(run))),
        restart_policy: Some("Never".to_owned()),
        termination_grace_period_seconds: Some(GRACE_SECONDS),
        node_selector: Some(execution.node_selector.clone().unwrap_or_else(linux)),
        tolerations: Some(execution.tolerations.clone().unwrap_or_else(tolerations)),
        security_context: Some(pod_security()),
        init_containers: Some(vec![Container {
            name: names::RUNNER_CONTAINER.to_owned(),
            image: Some(settings.runner_image.clone()),
            image_pull_policy: Some("IfNotPresent".to_owned()),
            args: Some(vec!["install".to_owned(), RUNNER_DIR.to_owned()]),
            volume_mounts: Some(vec![mount("runner", RUNNER_DIR, false)]),
            resources: Some(requests("10m", "16Mi")),
            security_context: Some(SecurityContext {
                read_only_root_filesystem: Some(true),
                ..restricted()
            }),
            ..Container::default()
        }]),
        containers: vec![Container {
            name: names::SUITE_CONTAINER.to_owned(),
            image: Some(start.image.clone()),
            image_pull_policy: Some("IfNotPresent".to_owned()),
            command: Some(vec![format!("{RUNNER_DIR}/conform-runner"), "run".to_owned()]),
            env: Some(
                [
                    env(names::ENV_RUN, name(run)),
                    env(names::ENV_ATTEMPT, attempt),
                    env(names::ENV_NAMESPACE, &settings.namespace),
                    EnvVar {
                        name: names::ENV_PLAN.to_owned(),
                        value: Some(plan),
                        value_from: None,
                    },
                    // kubectl, which tests start, keeps a cache in the home directory.
                    env("HOME", "/tmp"),
                ]
                .into_iter()
                .chain(mirror(settings, start))
                .collect(),
            ),
            volume_mounts: Some(vec![
                mount("runner", RUNNER_DIR, true),
                mount("tmp", "/tmp", false),
            ]),
            resources: Some(
                execution
                    .resources
                    .as_deref()
                    .cloned()
                    .unwrap_or_else(|| suite_requests(start.plan.processes)),
            ),
            security_context: Some(restricted()),
            ..Container::default()
        }],
        volumes: Some(vec![scratch("runner", "64Mi"), scratch("tmp", "2Gi")]),
        ..PodSpec::default()
    }
}

/// What the suite is to be told of a mirror, and where the runner is to put it.
fn mirror(settings: &Settings, start: &AttemptStart) -> Vec<EnvVar> {
    let list = settings.image_mirror.as_ref().and_then(|mirror| {
        let release = start.plan.requests.first()?.server;
        // Of which registries a minor's images are, no patch release changed.
        let list = SuiteImages::of(PatchRelease::last_of(release))?.repo_list(mirror);
        serde_json::to_string(&list).ok()
    });
    list.map_or_else(Vec::new, |list| {
        vec![
            env(names::ENV_REPO_LIST, &list),
            env(names::ENV_SUITE_REPO_LIST, REPO_LIST),
        ]
    })
}

/// What all containers of a suite's pod have.
pub(super) fn pod_security() -> PodSecurityContext {
    PodSecurityContext {
        run_as_non_root: Some(true),
        run_as_user: Some(SUITE_USER),
        run_as_group: Some(SUITE_USER),
        fs_group: Some(SUITE_USER),
        seccomp_profile: Some(SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            ..SeccompProfile::default()
        }),
        ..PodSecurityContext::default()
    }
}

/// Nodes of this system.
pub(super) fn linux() -> BTreeMap<String, String> {
    BTreeMap::from([(conform_crds::nodes::OS.to_owned(), "linux".to_owned())])
}

/// What Pod Security `restricted` asks of each container.
pub(super) fn restricted() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            add: None,
        }),
        ..SecurityContext::default()
    }
}

/// What the suite's container asks for. A test process that waits for the cluster needs little of a CPU; its memory is
/// what e2e.test of v1.36 was seen to hold.
fn suite_requests(processes: i32) -> ResourceRequirements {
    let processes = processes.max(1);
    requests(
        &format!("{}m", 100 * processes.min(10)),
        &format!("{}Mi", 64 + 192 * processes),
    )
}

/// What a container asks for.
pub(super) fn requests(cpu: &str, memory: &str) -> ResourceRequirements {
    let quantities = [("cpu", cpu), ("memory", memory)];
    let quantities = quantities.map(|(name, quantity)| (name.to_owned(), Quantity(quantity.to_owned())));
    ResourceRequirements {
        requests: Some(BTreeMap::from(quantities)),
        ..ResourceRequirements::default()
    }
}

/// A variable with its value.
pub(super) fn env(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        value_from: None,
    }
}

/// A volume in a container.
pub(super) fn mount(volume: &str, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: path.to_owned(),
        read_only: Some(read_only),
        ..VolumeMount::default()
    }
}

/// A volume that goes with its pod.
pub(super) fn scratch(name: &str, limit: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource {
            size_limit: Some(Quantity(limit.to_owned())),
            ..EmptyDirVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// The run's name.
pub fn name(run: &ConformanceRun) -> &str {
    run.metadata.name.as_deref().unwrap_or_default()
}

fn metadata(run: &ConformanceRun, object: String, namespace: Option<&str>) -> ObjectMeta {
    ObjectMeta {
        name: Some(object),
        namespace: namespace.map(str::to_owned),
        labels: Some(BTreeMap::from([
            (names::MANAGED_BY.0.to_owned(), names::MANAGED_BY.1.to_owned()),
            ("app.kubernetes.io/part-of".to_owned(), "conform".to_owned()),
            (names::LABEL_RUN.to_owned(), name(run).to_owned()),
        ])),
        owner_references: owner(run).map(|owner| vec![owner]),
        ..ObjectMeta::default()
    }
}

fn owner(run: &ConformanceRun) -> Option<OwnerReference> {
    run.controller_owner_ref(&())
}
