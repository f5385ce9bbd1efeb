//! Pod networks; many of them are service proxies or enforce NetworkPolicies too.

use conform_suite::Area::{Gateway, Ingress, LoadBalancer, NetworkPolicy, PodNetwork, ServiceProxy};

use super::{Project, Role, Sight, says_yes};

const fn project(
    name: &'static str,
    images: &'static [&'static str],
    configs: &'static [&'static str],
    roles: fn(&Sight<'_>) -> Vec<Role>,
) -> Project {
    Project {
        name,
        images,
        workloads: &[],
        configs,
        roles,
    }
}

pub const PROJECTS: [Project; 15] = [
    project(
        "Cilium",
        &["cilium/cilium", "cilium", "cilium/cilium-ci"],
        &["cilium-config"],
        cilium,
    ),
    project(
        "Calico",
        &[
            "calico/node",
            "tigera/cnx-node",
            "mirrored-calico-node",
            "hardened-calico",
        ],
        &[],
        calico,
    ),
    Project {
        workloads: &[("openshift-ovn-kubernetes", "ovnkube-node")],
        ..project(
            "OVN-Kubernetes",
            &["ovn-kube-fedora", "ovn-kube-ubuntu", "ovn-kube-u"],
            &[],
            |_| {
                vec![
                    Role::plain(PodNetwork),
                    Role::plain(ServiceProxy).mode("OVN load balancers"),
                    Role::plain(NetworkPolicy),
                ]
            },
        )
    },
    project(
        "kube-router",
        &["cloudnativelabs/kube-router", "kube-router"],
        &["kube-router-cfg"],
        kube_router,
    ),
    project(
        "Antrea",
        &[
            "antrea/antrea-agent-ubuntu",
            "antrea/antrea-agent-ubi",
            "antrea/antrea-ubuntu",
        ],
        &["antrea-config"],
        antrea,
    ),
    project("Kube-OVN", &["kubeovn/kube-ovn"], &[], kube_ovn),
    project(
        "Flannel",
        &[
            "flannel-io/flannel",
            "flannel/flannel",
            "flannelcni/flannel",
            "mirrored-flannel-cni-flannel",
        ],
        &["kube-flannel-cfg"],
        flannel,
    ),
    // Since kind 0.24 its agent enforces NetworkPolicies; older ones accept and ignore them.
    project("kindnet", &["kindest/kindnetd"], &[], |_| {
        vec![Role::plain(PodNetwork), Role::plain(NetworkPolicy)]
    }),
    project("Weave Net", &["weaveworks/weave-kube", "weave-kube"], &[], |_| {
        vec![Role::plain(PodNetwork), Role::plain(NetworkPolicy)]
    }),
    project("AWS VPC CNI", &["amazon-k8s-cni"], &["amazon-vpc-cni"], |_| {
        vec![Role::plain(PodNetwork)]
    }),
    project("Azure CNI", &["containernetworking/azure-cns"], &[], |_| {
        vec![Role::plain(PodNetwork)]
    }),
    project("Azure NPM", &["containernetworking/azure-npm"], &[], |_| {
        vec![Role::plain(NetworkPolicy)]
    }),
    project("GKE netd", &["netd-amd64", "gke-release/netd"], &[], |_| {
        vec![Role::plain(PodNetwork)]
    }),
    project("Terway", &["acs/terway"], &[], |_| vec![Role::plain(PodNetwork)]),
    project(
        "kube-network-policies",
        &["networking/kube-network-policies", "kube-network-policies"],
        &[],
        |_| vec![Role::plain(NetworkPolicy)],
    ),
];

fn cilium(sight: &Sight<'_>) -> Vec<Role> {
    let config = |key: &str| sight.workload.config(key);
    let on = |key: &str| config(key).is_some_and(says_yes);
    let mut roles = vec![Role::plain(NetworkPolicy)];
    // Where it is chained to another plugin, that one gives addresses and routes.
    if config("cni-chaining-mode").is_none_or(|mode| matches!(mode, "" | "none")) {
        let routing = config("routing-mode").or_else(|| config("tunnel"));
        let tunnel = config("tunnel-protocol").unwrap_or("vxlan");
        let role = Role::plain(PodNetwork);
        roles.push(match routing {
            Some("native" | "disabled") => role.mode("native routing"),
            Some("tunnel") => role.mode(tunnel),
            _ => role,
        });
    }
    // `strict` and `partial` are what releases before 1.14 said.
    match config("kube-proxy-replacement") {
        Some(value) if says_yes(value) || value == "strict" => roles.push(
            Role::plain(ServiceProxy)
                .mode("kube-proxy replacement")
                .because(format!("cilium-config says kube-proxy-replacement: {value}")),
        ),
        Some(value @ ("partial" | "probe")) => roles.push(
            Role::plain(ServiceProxy)
                .mode("partial kube-proxy replacement")
                .because(format!("cilium-config says kube-proxy-replacement: {value}")),
        ),
        _ => {}
    }
    for (key, area) in [
        ("enable-gateway-api", Gateway),
        ("enable-ingress-controller", Ingress),
    ] {
        if on(key) {
            roles.push(Role::plain(area).because(format!("cilium-config says {key}: true")));
        }
    }
    for (key, mode) in [
        ("enable-l2-announcements", "L2 announcements"),
        ("enable-bgp-control-plane", "BGP"),
    ] {
        if on(key) {
            roles.push(
                Role::plain(LoadBalancer)
                    .mode(mode)
                    .because(format!("cilium-config says {key}: true")),
            );
        }
    }
    roles
}

fn calico(sight: &Sight<'_>) -> Vec<Role> {
    let mut roles = vec![Role::plain(NetworkPolicy)];
    let backend = sight.workload.env("CALICO_NETWORKING_BACKEND");
    // Beside another pod network Calico enforces policies alone.
    if backend != Some("none") {
        let role = Role::plain(PodNetwork);
        roles.push(match backend {
            Some("bird") => role.mode("BGP"),
            Some("vxlan") => role.mode("vxlan"),
            _ => role,
        });
    }
    let variable = sight.workload.env("FELIX_BPFENABLED").map(says_yes);
    if variable.or(sight.facts.calico_bpf) == Some(true) {
        let place = if variable.is_some() {
            "FELIX_BPFENABLED"
        } else {
            "FelixConfiguration bpfEnabled"
        };
        roles.push(
            Role::plain(ServiceProxy)
                .mode("eBPF")
                .because(format!("{place} is true")),
        );
    }
    roles
}

/// All three parts are on unless a flag turns one off.
fn kube_router(sight: &Sight<'_>) -> Vec<Role> {
    let parts = [
        ("run-router", PodNetwork),
        ("run-service-proxy", ServiceProxy),
        ("run-firewall", NetworkPolicy),
    ];
    let on = parts
        .into_iter()
        .filter(|(flag, _)| sight.workload.flag(flag).is_none_or(says_yes));
    on.map(|(flag, area)| match sight.workload.flag(flag) {
        Some(value) => Role::plain(area).because(format!("--{flag} is {value}")),
        None => Role::plain(area).because(format!("--{flag} is on by default")),
    })
    .map(|role| match role.area {
        ServiceProxy => role.mode("ipvs"),
        _ => role,
    })
    .collect()
}

fn antrea(sight: &Sight<'_>) -> Vec<Role> {
    let agent = sight.workload.config("antrea-agent.conf").unwrap_or_default();
    // A line that sets the key. What is commented out is the default.
    let set = |key: &str| {
        let lines = agent.lines().map(str::trim);
        let mut values = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        values
            .next()
            .map(|value| value.trim().trim_matches('"').to_owned())
    };
    let mut roles = vec![Role::plain(PodNetwork), Role::plain(NetworkPolicy)];
    if let Some(mode) = set("trafficEncapMode")
        && let Some(role) = roles.first_mut()
    {
        role.mode = Some(mode);
    }
    if set("proxyAll").is_some_and(|value| says_yes(&value)) {
        roles.push(
            Role::plain(ServiceProxy)
                .mode("AntreaProxy, all traffic")
                .because("antrea-config says proxyAll: true"),
        );
    } else {
        roles.push(Role::plain(ServiceProxy).mode("AntreaProxy, cluster IPs from pods"));
    }
    roles
}

fn kube_ovn(sight: &Sight<'_>) -> Vec<Role> {
    let mut roles = vec![Role::plain(PodNetwork), Role::plain(NetworkPolicy)];
    if sight.workload.flag("enable-lb").is_none_or(says_yes) {
        roles.push(Role::plain(ServiceProxy).mode("OVN load balancers, cluster IPs from pods"));
    }
    roles
}

fn flannel(sight: &Sight<'_>) -> Vec<Role> {
    let net = sight.workload.config("net-conf.json").unwrap_or_default();
    let net: serde_json::Value = serde_json::from_str(net).unwrap_or_default();
    let backend = net.pointer("/Backend/Type").and_then(serde_json::Value::as_str);
    let role = Role::plain(PodNetwork);
    vec![match backend {
        Some(backend) => role
            .mode(backend)
            .because(format!("kube-flannel-cfg says backend {backend}")),
        None => role,
    }]
}
