//! The objects that the operator makes for a run. Pure: names are deterministic, so that making one twice is one.

use std::collections::BTreeMap;

use conform_crds::{ConformanceResult, ConformanceResultSpec, ConformanceRun, names};
use conform_suite::Request;
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
    let attempt = names::attempt(start.stage, start.number);
    let plan = serde_json::to_string(&request(run, start))?;
    let mut metadata = metadata(run, names::job(name(run), &attempt), Some(&settings.namespace));
    let labels = metadata.labels.get_or_insert_default();
    labels.insert(names::LABEL_ATTEMPT.to_owned(), attempt.clone());
    let labels = labels.clone();
    Ok(Job {
        metadata,
        spec: Some(JobSpec {
            // A lost pod is the operator's to judge: a restart by the Job would begin the suite from its start.
            backoff_limit: Some(0),
            active_deadline_seconds: Some(start.deadline_seconds),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels),
                    annotations: Some(BTreeMap::from([(
                        "cluster-autoscaler.kubernetes.io/safe-to-evict".to_owned(),
                        "false".to_owned(),
                    )])),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod(run, settings, start, &attempt, plan)),
            },
            ..JobSpec::default()
        }),
        ..Job::default()
    })
}

/// What the runner is to select from the suite in its image.
fn request(run: &ConformanceRun, start: &AttemptStart) -> Request {
    let spec = &run.spec;
    Request {
        profiles: spec.profiles.clone(),
        stage: start.stage,
        focus: spec.focus.clone(),
        skip: spec.skip.clone(),
        through_release: spec.through_release,
        server: start.server,
    }
}

fn pod(
    run: &ConformanceRun,
    settings: &Settings,
    start: &AttemptStart,
    attempt: &str,
    plan: String,
) -> PodSpec {
    let execution = &run.spec.execution;
    let anything = Toleration {
        operator: Some("Exists".to_owned()),
        ..Toleration::default()
    };
    PodSpec {
        service_account_name: Some(names::service_account(name(run))),
        restart_policy: Some("Never".to_owned()),
        termination_grace_period_seconds: Some(GRACE_SECONDS),
        node_selector: Some(execution.node_selector.clone().unwrap_or_else(linux)),
        tolerations: Some(execution.tolerations.clone().unwrap_or_else(|| vec![anything])),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(SUITE_USER),
            run_as_group: Some(SUITE_USER),
            fs_group: Some(SUITE_USER),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                ..SeccompProfile::default()
            }),
            ..PodSecurityContext::default()
        }),
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
            env: Some(vec![
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
            ]),
            volume_mounts: Some(vec![
                mount("runner", RUNNER_DIR, true),
                mount("tmp", "/tmp", false),
            ]),
            resources: Some(
                execution
                    .resources
                    .clone()
                    .unwrap_or_else(|| requests("100m", "256Mi")),
            ),
            security_context: Some(restricted()),
            ..Container::default()
        }],
        volumes: Some(vec![scratch("runner", "64Mi"), scratch("tmp", "2Gi")]),
        ..PodSpec::default()
    }
}

fn linux() -> BTreeMap<String, String> {
    BTreeMap::from([("kubernetes.io/os".to_owned(), "linux".to_owned())])
}

fn restricted() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            add: None,
        }),
        ..SecurityContext::default()
    }
}

fn requests(cpu: &str, memory: &str) -> ResourceRequirements {
    let quantities = [("cpu", cpu), ("memory", memory)];
    let quantities = quantities.map(|(name, quantity)| (name.to_owned(), Quantity(quantity.to_owned())));
    ResourceRequirements {
        requests: Some(BTreeMap::from(quantities)),
        ..ResourceRequirements::default()
    }
}

fn env(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value.to_owned()),
        value_from: None,
    }
}

fn mount(volume: &str, path: &str, read_only: bool) -> VolumeMount {
    VolumeMount {
        name: volume.to_owned(),
        mount_path: path.to_owned(),
        read_only: Some(read_only),
        ..VolumeMount::default()
    }
}

fn scratch(name: &str, limit: &str) -> Volume {
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
