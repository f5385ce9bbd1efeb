//! etcd, the API server, the controller manager and the scheduler.

use std::path::Path;

use super::layout::{self, CONTROL_PLANE, Layout, SERVICE_RANGE};
use super::network;
use super::pki::Authority;
use super::process::Daemon;
use super::{kubeconfig, registry, wait};
use crate::build::target::REGISTRY;
use crate::command::Task;
use crate::{Result, files};

/// All that there can be, in the order of their start.
const COMPONENTS: [&str; 5] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    REGISTRY,
];

/// Those of the cluster, in the order of their start.
pub(crate) fn components(layout: &Layout) -> impl Iterator<Item = &'static str> {
    let registry = layout.options.registry;
    let of_cluster = move |name: &&str| registry || *name != REGISTRY;
    COMPONENTS.into_iter().filter(of_cluster)
}

pub(crate) fn daemon(layout: &Layout, component: &str) -> Daemon {
    Daemon::new(
        component,
        layout.log(CONTROL_PLANE, component),
        &layout.path("pids"),
    )
}

/// Starts one of them; what it is told depends on the layout alone, and `more` comes last.
pub(crate) fn start(layout: &Layout, component: &str, more: &[String]) -> Result<Daemon> {
    let flags = match component {
        "etcd" => etcd_flags(layout),
        "kube-apiserver" => api_flags(layout),
        "kube-controller-manager" => controller_flags(layout),
        REGISTRY => registry::flags(layout),
        _ => scheduler_flags(layout),
    };
    let daemon = daemon(layout, component);
    let mut command = network::inside(&layout::netns(layout.name()));
    command.arg(layout.program(component)).args(flags).args(more);
    daemon.start(&command)?;
    Ok(daemon)
}

/// Waits until the API server answers, which it does only if etcd does.
pub(crate) fn ready(layout: &Layout) -> Result<()> {
    let needed = ["etcd", "kube-apiserver"].map(|component| daemon(layout, component));
    wait::until("the API server", 120, &needed.iter().collect::<Vec<_>>(), || {
        kubectl(layout, &["get", "--raw=/readyz"]).map_err(|error| error.to_string())
    })
    .map(drop)
}

/// Starts the control plane and returns when the API server is ready.
pub(crate) fn up(layout: &Layout, authority: &Authority) -> Result<()> {
    let save = |file: &str, user: &str, group: Option<&str>| {
        let pair = authority.client(user, group)?;
        kubeconfig::write(
            &layout.path(file),
            layout.name(),
            &layout.server(),
            authority,
            &pair,
        )
    };
    save("kubeconfig", "conform-testbed-admin", Some("system:masters"))?;
    save(
        "controller-manager.kubeconfig",
        "system:kube-controller-manager",
        None,
    )?;
    save("scheduler.kubeconfig", "system:kube-scheduler", None)?;
    files::write(&layout.path("resolv.conf"), "")?;

    start(layout, "etcd", &[])?;
    start(layout, "kube-apiserver", &[])?;
    ready(layout)?;
    // Before the API server has made its default roles, these two are refused and end.
    start(layout, "kube-controller-manager", &[])?;
    start(layout, "kube-scheduler", &[])?;
    Ok(())
}

/// Asks the API server with the kubectl of its version.
pub(crate) fn kubectl(layout: &Layout, arguments: &[&str]) -> Result<String> {
    kubectl_task(layout, arguments).run()
}

pub(crate) fn kubectl_task(layout: &Layout, arguments: &[&str]) -> Task {
    let mut command = std::process::Command::new(layout.program("kubectl"));
    command
        .arg("--kubeconfig")
        .arg(layout.path("kubeconfig"))
        .arg("--request-timeout=10s")
        .args(arguments);
    // Its cache of the API's description belongs to the cluster, not to the user's home.
    command.env("KUBECACHEDIR", layout.path("kubectl-cache"));
    Task::new("ask the API server", command)
}

fn etcd_flags(layout: &Layout) -> Vec<String> {
    let data = layout.path("etcd");
    // Only the control plane's own network namespace has this loopback. Nothing in it outlives the cluster, so no write
    // has to reach the disk.
    [
        &format!("--data-dir={}", data.display()),
        "--unsafe-no-fsync",
        "--listen-client-urls=http://127.0.0.1:2379",
        "--advertise-client-urls=http://127.0.0.1:2379",
        "--listen-peer-urls=http://127.0.0.1:2380",
        "--log-level=warn",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn flag(name: &str, value: &Path) -> String {
    format!("--{name}={}", value.display())
}

fn api_flags(layout: &Layout) -> Vec<String> {
    let pki = |name: &str| layout.path(&format!("pki/{name}"));
    let mut flags = vec![
        format!("--advertise-address={}", layout.gateway()),
        format!("--service-cluster-ip-range={SERVICE_RANGE}"),
    ];
    flags.extend(
        [
            ("client-ca-file", "ca.crt"),
            ("tls-cert-file", "apiserver.crt"),
            ("tls-private-key-file", "apiserver.key"),
            ("kubelet-certificate-authority", "ca.crt"),
            ("kubelet-client-certificate", "apiserver-kubelet-client.crt"),
            ("kubelet-client-key", "apiserver-kubelet-client.key"),
            ("proxy-client-cert-file", "front-proxy-client.crt"),
            ("proxy-client-key-file", "front-proxy-client.key"),
            ("requestheader-client-ca-file", "front-proxy-ca.crt"),
            ("service-account-key-file", "sa.pub"),
            ("service-account-signing-key-file", "sa.key"),
        ]
        .map(|(name, file)| flag(name, &pki(file))),
    );
    flags.extend(
        [
            "--secure-port=6443",
            "--etcd-servers=http://127.0.0.1:2379",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-username-headers=X-Remote-User",
            // It runs where there is no kube-proxy: it reaches webhooks and aggregated servers by their pods' addresses.
            "--enable-aggregator-routing=true",
            // It does not know nodes by name.
            "--kubelet-preferred-address-types=InternalIP",
        ]
        .map(str::to_owned),
    );
    flags
}

fn client_flags(layout: &Layout, file: &str) -> Vec<String> {
    let file = layout.path(file);
    [
        "kubeconfig",
        "authentication-kubeconfig",
        "authorization-kubeconfig",
    ]
    .map(|name| flag(name, &file))
    .into_iter()
    // There is one of each, so none has to be elected.
    .chain(["--leader-elect=false", "--bind-address=127.0.0.1"].map(str::to_owned))
    .collect()
}

fn controller_flags(layout: &Layout) -> Vec<String> {
    let pki = |name: &str| layout.path(&format!("pki/{name}"));
    let mut flags = client_flags(layout, "controller-manager.kubeconfig");
    flags.extend([
        flag("root-ca-file", &pki("ca.crt")),
        flag("cluster-signing-cert-file", &pki("ca.crt")),
        flag("cluster-signing-key-file", &pki("ca.key")),
        flag("service-account-private-key-file", &pki("sa.key")),
        "--use-service-account-credentials=true".into(),
        "--allocate-node-cidrs=true".into(),
        format!("--cluster-cidr={}", layout.pod_range()),
        format!("--service-cluster-ip-range={SERVICE_RANGE}"),
    ]);
    flags
}

fn scheduler_flags(layout: &Layout) -> Vec<String> {
    client_flags(layout, "scheduler.kubeconfig")
}

#[cfg(test)]
mod tests {
    use super::super::layout::example;
    use super::*;

    #[test]
    fn the_api_server_reaches_kubelets_by_address_and_pods_without_a_proxy() {
        let flags = api_flags(&example());
        for wanted in [
            "--advertise-address=10.200.0.1",
            "--kubelet-preferred-address-types=InternalIP",
            "--enable-aggregator-routing=true",
            "--requestheader-client-ca-file=/var/lib/conform-testbed/conform/pki/front-proxy-ca.crt",
        ] {
            assert!(flags.iter().any(|flag| flag == wanted), "{wanted}");
        }
    }

    #[test]
    fn pods_get_addresses_of_the_clusters_range() {
        assert!(controller_flags(&example()).contains(&"--cluster-cidr=10.200.128.0/17".to_owned()));
    }
}
