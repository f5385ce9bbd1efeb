//! Pods that the checks make.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        Affinity, Capabilities, Container, HostPathVolumeSource, NodeAffinity, NodeSelector,
        NodeSelectorRequirement, NodeSelectorTerm, Pod, PodSecurityContext, PodSpec, ResourceRequirements,
        SeccompProfile, SecurityContext, Volume,
    },
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};

/// Name of the container that waits.
pub const WAITING: &str = "agnhost";
/// What containers that only have their image pulled are told to start. No image has it, so that nothing starts.
const NOTHING: &str = "/conform-starts-nothing";
/// The user of containers: nobody.
const NOBODY: i64 = 65_534;

/// A pod for the node of that name: a container that waits, and one for each image that is to be pulled.
pub fn for_node(node: &str, agnhost: &str, pull: &[&str]) -> Pod {
    let mut containers = vec![Container {
        args: Some(vec!["pause".to_owned()]),
        ..container(WAITING, agnhost)
    }];
    containers.extend(pulling(pull).map(|(name, image)| Container {
        command: Some(vec![NOTHING.to_owned()]),
        ..container(&name, image)
    }));
    let on_node = NodeSelectorRequirement {
        key: "metadata.name".to_owned(),
        operator: "In".to_owned(),
        values: Some(vec![node.to_owned()]),
    };
    Pod {
        metadata: ObjectMeta {
            generate_name: Some("node-".to_owned()),
            ..ObjectMeta::default()
        },
        spec: Some(PodSpec {
            // By the scheduler, which tests need too.
            affinity: Some(Affinity {
                node_affinity: Some(NodeAffinity {
                    required_during_scheduling_ignored_during_execution: Some(NodeSelector {
                        node_selector_terms: vec![NodeSelectorTerm {
                            match_fields: Some(vec![on_node]),
                            match_expressions: None,
                        }],
                    }),
                    ..NodeAffinity::default()
                }),
                ..Affinity::default()
            }),
            security_context: Some(PodSecurityContext {
                run_as_non_root: Some(true),
                run_as_user: Some(NOBODY),
                seccomp_profile: Some(SeccompProfile {
                    type_: "RuntimeDefault".to_owned(),
                    ..SeccompProfile::default()
                }),
                ..PodSecurityContext::default()
            }),
            ..spec(containers)
        }),
        status: None,
    }
}

/// The containers that only have their images pulled: their names, and the images.
pub fn pulling<'a>(images: &'a [&'a str]) -> impl Iterator<Item = (String, &'a str)> {
    let numbered = images.iter().enumerate();
    numbered.map(|(number, image)| (format!("image-{number}"), *image))
}

/// Pods as e2e tests make them, with what is special in each.
pub fn of_tests() -> Vec<(&'static str, Pod)> {
    let image = "registry.k8s.io/e2e-test-images/agnhost:2.63.0";
    let plain = || Container {
        security_context: None,
        resources: None,
        ..container(WAITING, image)
    };
    let pod = |spec| Pod {
        metadata: ObjectMeta {
            generate_name: Some("test-".to_owned()),
            ..ObjectMeta::default()
        },
        spec: Some(spec),
        status: None,
    };
    let privileged = Container {
        security_context: Some(SecurityContext {
            privileged: Some(true),
            ..SecurityContext::default()
        }),
        ..plain()
    };
    let host_path = Volume {
        name: "host".to_owned(),
        host_path: Some(HostPathVolumeSource {
            path: "/tmp".to_owned(),
            type_: None,
        }),
        ..Volume::default()
    };
    vec![
        ("plain pods", pod(spec(vec![plain()]))),
        (
            "pods in the host's network",
            pod(PodSpec {
                host_network: Some(true),
                ..spec(vec![plain()])
            }),
        ),
        ("privileged pods", pod(spec(vec![privileged]))),
        (
            "pods with a host path",
            pod(PodSpec {
                volumes: Some(vec![host_path]),
                ..spec(vec![plain()])
            }),
        ),
    ]
}

fn spec(containers: Vec<Container>) -> PodSpec {
    PodSpec {
        containers,
        restart_policy: Some("Never".to_owned()),
        termination_grace_period_seconds: Some(0),
        automount_service_account_token: Some(false),
        ..PodSpec::default()
    }
}

fn container(name: &str, image: &str) -> Container {
    let requests = [("cpu", "1m"), ("memory", "8Mi")];
    let requests = requests.map(|(name, quantity)| (name.to_owned(), Quantity(quantity.to_owned())));
    Container {
        name: name.to_owned(),
        image: Some(image.to_owned()),
        image_pull_policy: Some("IfNotPresent".to_owned()),
        resources: Some(ResourceRequirements {
            requests: Some(BTreeMap::from(requests)),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                add: None,
            }),
            ..SecurityContext::default()
        }),
        ..Container::default()
    }
}
