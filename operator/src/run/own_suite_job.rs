//! The Job of a suite of a user's own. Pure.
//!
//! The suite runs as its image says, in a container without a token, beside the runner, which waits for its end and takes
//! what it wrote. They share a folder and nothing else.

use std::collections::BTreeMap;

use conform_crds::{ConformanceRun, names};
use conform_suite::{OwnQuantities, OwnSuite, SuiteAccess};
use k8s_openapi::{
    api::{
        batch::v1::Job,
        core::v1::{
            ConfigMapProjection, Container, DownwardAPIProjection, DownwardAPIVolumeFile, EnvVar,
            EnvVarSource, KeyToPath, ObjectFieldSelector, PodSpec, ProjectedVolumeSource,
            ResourceRequirements, SecurityContext, ServiceAccountTokenProjection, Volume, VolumeProjection,
        },
    },
    apimachinery::pkg::api::resource::Quantity,
};

use super::{
    children::{env, job_of, linux, mount, name, pod_security, requests, restricted, scratch, tolerations},
    decision::OwnSuiteStart,
    observed::Settings,
};

/// Where the suite puts its files.
const RESULTS: &str = "/tmp/results";
/// Where client libraries look for a token.
const TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Most that a suite may write.
const MAX_RESULTS: &str = "256Mi";
/// Time for the suite to end by itself, and for the runner to keep what is there.
const GRACE_SECONDS: i64 = 60;

/// The Job of one attempt at a user's own suite.
pub fn own_suite_job(
    run: &ConformanceRun,
    settings: &Settings,
    start: &OwnSuiteStart,
) -> Result<Job, serde_json::Error> {
    let plan = serde_json::to_string(&start.plan)?;
    let execution = &run.spec.execution;
    let pod = PodSpec {
        service_account_name: Some(names::service_account(name(run))),
        // Only who is to have the token mounts it.
        automount_service_account_token: Some(false),
        restart_policy: Some("Never".to_owned()),
        termination_grace_period_seconds: Some(GRACE_SECONDS),
        enable_service_links: Some(false),
        node_selector: Some(execution.node_selector.clone().unwrap_or_else(linux)),
        tolerations: Some(execution.tolerations.clone().unwrap_or_else(tolerations)),
        security_context: Some(pod_security()),
        containers: vec![suite(start), collector(run, settings, start, plan)],
        volumes: Some(vec![
            scratch("results", MAX_RESULTS),
            scratch("tmp", "2Gi"),
            scratch("collector", "64Mi"),
            token(),
        ]),
        ..PodSpec::default()
    };
    job_of(run, settings, &start.summary, start.deadline_seconds, pod)
}

fn suite(start: &OwnSuiteStart) -> Container {
    let OwnSuite {
        image,
        command,
        args,
        env: variables,
        resources,
        access,
        ..
    } = &start.suite;
    let some = |words: &Vec<String>| Some(words.clone()).filter(|words| !words.is_empty());
    let mut mounts = vec![mount("tmp", "/tmp", false), mount("results", RESULTS, false)];
    if *access == SuiteAccess::Cluster {
        mounts.push(mount("token", TOKEN, true));
    }
    let own = variables
        .iter()
        .map(|variable| env(&variable.name, &variable.value));
    let conforms = [
        env(names::ENV_RESULTS_DIR, RESULTS),
        env(names::ENV_SERVER_VERSION, &start.server_version),
        env(
            names::ENV_SUITE,
            start.summary.own_suite.as_deref().unwrap_or_default(),
        ),
    ];
    Container {
        name: names::SUITE_CONTAINER.to_owned(),
        image: Some(image.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        command: some(command),
        args: some(args),
        // A home that can be written to, unless the suite has one.
        env: Some(
            [env("HOME", "/tmp")]
                .into_iter()
                .chain(own)
                .chain(conforms)
                .chain(gateway(start))
                .collect(),
        ),
        volume_mounts: Some(mounts),
        resources: Some(resources.as_ref().map_or_else(
            || requests("100m", "128Mi"),
            |resources| ResourceRequirements {
                requests: quantities(&resources.requests),
                limits: quantities(&resources.limits),
                ..ResourceRequirements::default()
            },
        )),
        security_context: Some(restricted()),
        ..Container::default()
    }
}

/// What a Gateway API suite is told. Its arguments may have `$(CONFORM_SUPPORTED_FEATURES)` in them, as any container's.
fn gateway(start: &OwnSuiteStart) -> Vec<EnvVar> {
    let Some(gateway) = &start.suite.gateway else {
        return Vec::new();
    };
    let claimed = start.gateway.as_ref();
    let features = claimed.map(|claimed| claimed.supported_features.join(","));
    let who = [
        (names::ENV_GATEWAY_CLASS, &gateway.gateway_class),
        (names::ENV_MESH, &gateway.mesh),
    ];
    let who = who
        .into_iter()
        .filter_map(|(name, value)| Some(env(name, value.as_deref()?)));
    who.chain([
        env(names::ENV_GATEWAY_PROFILES, &gateway.profiles.join(",")),
        env(names::ENV_SUPPORTED_FEATURES, &features.unwrap_or_default()),
    ])
    .collect()
}

fn collector(run: &ConformanceRun, settings: &Settings, start: &OwnSuiteStart, plan: String) -> Container {
    let pod_name = EnvVar {
        name: names::ENV_POD.to_owned(),
        value_from: Some(EnvVarSource {
            field_ref: Some(field("metadata.name")),
            ..EnvVarSource::default()
        }),
        ..EnvVar::default()
    };
    let plan = EnvVar {
        name: names::ENV_OWN_PLAN.to_owned(),
        value: Some(plan),
        value_from: None,
    };
    Container {
        name: names::COLLECTOR_CONTAINER.to_owned(),
        image: Some(settings.runner_image.clone()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        args: Some(vec!["collect".to_owned()]),
        env: Some(vec![
            env(names::ENV_RUN, name(run)),
            env(names::ENV_ATTEMPT, &start.summary.name),
            env(names::ENV_NAMESPACE, &settings.namespace),
            env(names::ENV_RESULTS_DIR, RESULTS),
            plan,
            pod_name,
        ]),
        volume_mounts: Some(vec![
            mount("results", RESULTS, true),
            mount("collector", "/tmp", false),
            mount("token", TOKEN, true),
        ]),
        resources: Some(requests("10m", "32Mi")),
        security_context: Some(SecurityContext {
            read_only_root_filesystem: Some(true),
            ..restricted()
        }),
        ..Container::default()
    }
}

/// What the kubelet mounts into every container by itself, unless a pod says that it is not to.
fn token() -> Volume {
    let items = |key: &str| {
        vec![KeyToPath {
            key: key.to_owned(),
            path: key.to_owned(),
            ..KeyToPath::default()
        }]
    };
    let sources = vec![
        VolumeProjection {
            service_account_token: Some(ServiceAccountTokenProjection {
                expiration_seconds: Some(3607),
                path: "token".to_owned(),
                ..ServiceAccountTokenProjection::default()
            }),
            ..VolumeProjection::default()
        },
        VolumeProjection {
            config_map: Some(ConfigMapProjection {
                name: "kube-root-ca.crt".to_owned(),
                items: Some(items("ca.crt")),
                optional: None,
            }),
            ..VolumeProjection::default()
        },
        VolumeProjection {
            downward_api: Some(DownwardAPIProjection {
                items: Some(vec![DownwardAPIVolumeFile {
                    path: "namespace".to_owned(),
                    field_ref: Some(field("metadata.namespace")),
                    ..DownwardAPIVolumeFile::default()
                }]),
            }),
            ..VolumeProjection::default()
        },
    ];
    Volume {
        name: "token".to_owned(),
        projected: Some(ProjectedVolumeSource {
            sources: Some(sources),
            ..ProjectedVolumeSource::default()
        }),
        ..Volume::default()
    }
}

fn field(path: &str) -> ObjectFieldSelector {
    ObjectFieldSelector {
        api_version: Some("v1".to_owned()),
        field_path: path.to_owned(),
    }
}

fn quantities(of: &OwnQuantities) -> Option<BTreeMap<String, Quantity>> {
    let named = [("cpu", &of.cpu), ("memory", &of.memory)];
    let named = named
        .into_iter()
        .filter_map(|(name, quantity)| Some((name.to_owned(), Quantity(quantity.clone()?))));
    let found: BTreeMap<_, _> = named.collect();
    (!found.is_empty()).then_some(found)
}
