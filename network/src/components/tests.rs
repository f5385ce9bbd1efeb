//! Clusters as they are found, and the components they show.

use conform_crds::{Basis, Component};
use conform_suite::Area;
use rstest::rstest;

use super::{
    UNKNOWN, blame, detect,
    facts::{Class, Container, Facts, NodeFacts, PodFacts, ProxyHealth, Running, Workload},
};

/// Two nodes of v1.36.3.
fn cluster() -> Facts {
    let node = |name: &str| NodeFacts {
        name: name.to_owned(),
        kubelet: "v1.36.3".to_owned(),
        runtime: "containerd://2.4.2".to_owned(),
        proxy_health: None,
    };
    Facts {
        server_version: "v1.36.3".to_owned(),
        nodes: vec![node("a"), node("b")],
        ..Facts::default()
    }
}

/// A DaemonSet whose pods run on both nodes.
fn daemon_set(namespace: &str, name: &str, image: &str) -> Workload {
    let pod = |node: &str| PodFacts {
        node: node.to_owned(),
        running: vec![Running {
            container: name.to_owned(),
            image: image.to_owned(),
            digest: "x@sha256:1".to_owned(),
        }],
    };
    Workload {
        kind: "DaemonSet".to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        containers: vec![Container {
            name: name.to_owned(),
            image: image.to_owned(),
            ..Container::default()
        }],
        pods: vec![pod("a"), pod("b")],
        ..Workload::default()
    }
}

fn with(workload: Workload) -> Facts {
    Facts {
        workloads: vec![workload],
        ..cluster()
    }
}

fn config(mut workload: Workload, pairs: &[(&str, &str)]) -> Workload {
    let pairs = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    workload.config.extend(pairs);
    workload
}

fn flags(mut workload: Workload, args: &[&str]) -> Workload {
    workload.containers[0].args = args.iter().map(|arg| (*arg).to_owned()).collect();
    workload
}

fn env(mut workload: Workload, name: &str, value: &str) -> Workload {
    workload.containers[0]
        .env
        .insert(name.to_owned(), value.to_owned());
    workload
}

fn kube_proxy() -> Workload {
    daemon_set("kube-system", "kube-proxy", "registry.k8s.io/kube-proxy:v1.36.3")
}

fn cilium() -> Workload {
    daemon_set("kube-system", "cilium-agent", "quay.io/cilium/cilium:v1.18.2")
}

fn calico() -> Workload {
    daemon_set("calico-system", "calico-node", "quay.io/calico/node:v3.31.0")
}

/// Areas and modes, without what nodes and the API server always tell.
fn roles(facts: &Facts) -> Vec<String> {
    let found = detect(facts);
    let found = found
        .iter()
        .filter(|component| !matches!(component.area, Area::Node | Area::ControlPlane));
    found
        .map(|component| {
            let mode = component.mode.as_deref().map(|mode| format!(" ({mode})"));
            format!(
                "{} {}{}",
                component.area.word(),
                component.name,
                mode.unwrap_or_default()
            )
        })
        .collect()
}

#[rstest]
#[case::kubeadm(
    config(kube_proxy(), &[("config.conf", "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n")]),
    &["service-proxy kube-proxy (nftables)"]
)]
#[case::default_mode(
    config(kube_proxy(), &[("config", "kind: KubeProxyConfiguration\nmode: \"\"\n")]),
    &["service-proxy kube-proxy (iptables)"]
)]
#[case::by_flag(flags(kube_proxy(), &["kube-proxy", "--proxy-mode=ipvs"]), &["service-proxy kube-proxy (ipvs)"])]
#[case::mode_untold(kube_proxy(), &["service-proxy kube-proxy"])]
#[case::broken_configuration(config(kube_proxy(), &[("config", "KubeProxyConfiguration: [")]), &["service-proxy kube-proxy"])]
#[case::cilium_beside_kube_proxy(
    config(cilium(), &[("kube-proxy-replacement", "false"), ("routing-mode", "tunnel")]),
    &["pod-network Cilium (vxlan)", "network-policy Cilium"]
)]
#[case::cilium_instead(
    config(cilium(), &[("kube-proxy-replacement", "true"), ("enable-gateway-api", "true"), ("routing-mode", "native")]),
    &["service-proxy Cilium (kube-proxy replacement)", "pod-network Cilium (native routing)", "network-policy Cilium", "gateway Cilium"]
)]
#[case::cilium_chained(config(cilium(), &[("cni-chaining-mode", "aws-cni")]), &["network-policy Cilium"])]
#[case::calico(env(calico(), "CALICO_NETWORKING_BACKEND", "bird"), &["pod-network Calico (BGP)", "network-policy Calico"])]
#[case::canal(env(calico(), "CALICO_NETWORKING_BACKEND", "none"), &["network-policy Calico"])]
#[case::calico_ebpf(
    env(calico(), "FELIX_BPFENABLED", "true"),
    &["service-proxy Calico (eBPF)", "pod-network Calico", "network-policy Calico"]
)]
#[case::kube_router(
    flags(daemon_set("kube-system", "kube-router", "docker.io/cloudnativelabs/kube-router:v2.6.0"), &["--run-service-proxy=false"]),
    &["pod-network kube-router", "network-policy kube-router"]
)]
#[case::ovn_by_its_place(
    daemon_set("openshift-ovn-kubernetes", "ovnkube-node", "quay.io/openshift-release-dev/ocp-v4.0-art-dev@sha256:2"),
    &["service-proxy OVN-Kubernetes (OVN load balancers)", "pod-network OVN-Kubernetes", "network-policy OVN-Kubernetes"]
)]
#[case::antrea(
    config(daemon_set("kube-system", "antrea-agent", "docker.io/antrea/antrea-agent-ubuntu:v2.4.0"),
        &[("antrea-agent.conf", "#trafficEncapMode: encap\nantreaProxy:\n  proxyAll: true\n")]),
    &["service-proxy Antrea (AntreaProxy, all traffic)", "pod-network Antrea", "network-policy Antrea"]
)]
#[case::flannel(
    config(daemon_set("kube-flannel", "kube-flannel", "ghcr.io/flannel-io/flannel:v0.27.4"),
        &[("net-conf.json", r#"{"Network": "10.244.0.0/16", "Backend": {"Type": "vxlan"}}"#)]),
    &["pod-network Flannel (vxlan)"]
)]
#[case::somebody_else(daemon_set("kube-system", "x", "example.com/mykube-proxy:v1"), &[])]
fn a_workload_shows_its_roles(#[case] workload: Workload, #[case] expected: &[&str]) {
    assert_eq!(roles(&with(workload)), expected);
}

#[test]
fn calico_says_ebpf_in_its_own_configuration_too() {
    let facts = Facts {
        calico_bpf: Some(true),
        ..with(calico())
    };
    assert!(roles(&facts).contains(&"service-proxy Calico (eBPF)".to_owned()));
}

#[test]
fn nodes_that_differ_have_entries_of_their_own() {
    let mut workload = kube_proxy();
    workload.pods[1].running[0].image = "registry.k8s.io/kube-proxy:v1.35.4".to_owned();
    let found = detect(&with(workload));
    let proxies: Vec<&Component> = found
        .iter()
        .filter(|component| component.area == Area::ServiceProxy)
        .collect();
    let told: Vec<_> = proxies
        .iter()
        .map(|proxy| {
            (
                proxy.version.as_deref().unwrap(),
                proxy.nodes,
                proxy.node_names.clone(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("v1.35.4", 1, vec!["b".to_owned()]),
            ("v1.36.3", 1, vec!["a".to_owned()])
        ]
    );
    assert_eq!(
        blame(Area::ServiceProxy, &found),
        "kube-proxy v1.35.4 or kube-proxy v1.36.3"
    );
}

#[test]
fn a_workload_without_pods_is_only_declared() {
    let mut workload = kube_proxy();
    workload.pods.clear();
    let found = detect(&with(workload));
    let proxy = found
        .iter()
        .find(|component| component.area == Area::ServiceProxy)
        .unwrap();
    assert_eq!((proxy.basis, proxy.nodes), (Basis::Declared, 0));
}

#[test]
fn a_proxy_that_is_no_pod_is_inferred_from_its_answer() {
    let mut facts = cluster();
    facts.nodes[0].proxy_health = Some(ProxyHealth {
        tells_eligibility: true,
    });
    let found = detect(&facts);
    let proxy = found
        .iter()
        .find(|component| component.area == Area::ServiceProxy)
        .unwrap();
    assert_eq!(
        (
            proxy.name.as_str(),
            proxy.basis,
            proxy.nodes,
            proxy.node_names.as_slice()
        ),
        ("kube-proxy", Basis::Inferred, 1, ["a".to_owned()].as_slice())
    );
}

#[test]
fn a_known_proxy_is_not_told_twice() {
    let mut facts = with(config(cilium(), &[("kube-proxy-replacement", "true")]));
    for node in &mut facts.nodes {
        node.proxy_health = Some(ProxyHealth {
            tells_eligibility: false,
        });
    }
    let proxies = detect(&facts)
        .into_iter()
        .filter(|found| found.area == Area::ServiceProxy);
    assert_eq!(proxies.count(), 1);
}

#[test]
fn classes_name_controllers_known_or_not() {
    let class = |name: &str, controller: &str, accepted| Class {
        name: name.to_owned(),
        controller: controller.to_owned(),
        accepted,
        features: Vec::new(),
    };
    let facts = Facts {
        ingress_classes: vec![
            class("nginx", "k8s.io/ingress-nginx", None),
            class("own", "example.com/own", None),
        ],
        gateway_classes: vec![class(
            "eg",
            "gateway.envoyproxy.io/gatewayclass-controller",
            Some(true),
        )],
        ..with(daemon_set(
            "ingress-nginx",
            "controller",
            "registry.k8s.io/ingress-nginx/controller:v1.13.0",
        ))
    };
    assert_eq!(
        roles(&facts),
        [
            "ingress example.com/own",
            "ingress ingress-nginx",
            "gateway Envoy Gateway"
        ]
    );
    let found = detect(&facts);
    let nginx = found
        .iter()
        .find(|component| component.name == "ingress-nginx")
        .unwrap();
    assert_eq!(nginx.version.as_deref(), Some("v1.13.0"));
}

#[test]
fn an_area_of_nobody_is_unknown() {
    assert_eq!(blame(Area::Gateway, &detect(&cluster())), UNKNOWN);
}

#[test]
fn hostile_texts_are_cut() {
    let mut facts = cluster();
    facts.nodes[0].kubelet = "\u{1b}[2J".to_owned() + &"v".repeat(10_000);
    for component in detect(&facts) {
        let version = component.version.unwrap();
        assert!(version.len() <= 256 && !version.contains('\u{1b}'), "{version}");
    }
}
