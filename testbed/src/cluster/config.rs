//! The configuration files of a node's programs.

use std::path::Path;

use serde_json::{Value, json};

use super::cgroup;
use super::layout::{Layout, Node, SERVICE_DNS};
use crate::host;

/// What depends on the machine.
pub(crate) struct Host {
    /// Only cgroup version 2 is there.
    pub(crate) unified: bool,
    /// Limits may be raised and scores for the out-of-memory killer lowered.
    pub(crate) may_raise: bool,
    /// `overlayfs`, or `native` where the state folder is itself on an overlay.
    pub(crate) snapshotter: &'static str,
}

impl Host {
    pub(crate) fn look(layout: &Layout) -> Self {
        let overlay = host::overlay_works_on(&layout.path(""));
        Self {
            unified: cgroup::is_unified(),
            may_raise: host::has_sys_resource(),
            snapshotter: if overlay { "overlayfs" } else { "native" },
        }
    }
}

/// containerd's, for the mount namespace of a node, where the usual folders are the node's own.
pub(crate) fn containerd(host: &Host, sandbox: &str, registries: Option<&Path>) -> String {
    let registries = registries.map_or_else(String::new, |folder| {
        format!(
            "[plugins.\"io.containerd.cri.v1.images\".registry]\nconfig_path = \"{}\"\n",
            folder.display()
        )
    });
    let restrict = !host.may_raise;
    let snapshotter = host.snapshotter;
    format!(
        r#"version = 3
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
address = "/run/containerd/containerd.sock"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "{snapshotter}"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "{sandbox}"
{registries}
[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = {restrict}
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "/etc/cni/net.d"
[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "runc"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[[plugins."io.containerd.transfer.v1.local".unpack_config]]
platform = "linux"
snapshotter = "{snapshotter}"
"#
    )
}

/// The kubelet's.
pub(crate) fn kubelet(layout: &Layout, node: &Node, host: &Host) -> Value {
    let mut config = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": node.address,
        "authentication": {
            "anonymous": { "enabled": false },
            "webhook": { "enabled": true },
            "x509": { "clientCAFile": layout.path("pki/ca.crt") },
        },
        "authorization": { "mode": "Webhook" },
        "tlsCertFile": node.path("kubelet.crt"),
        "tlsPrivateKeyFile": node.path("kubelet.key"),
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": format!("/{}", node.cgroup(layout.name())),
        "clusterDNS": [SERVICE_DNS],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "failSwapOn": false,
        // A machine for development is often rather full; a testbed evicts nothing for that.
        "evictionHard": {
            "imagefs.available": "0%",
            "imagefs.inodesFree": "0%",
            "memory.available": "50Mi",
            "nodefs.available": "0%",
            "nodefs.inodesFree": "0%",
        },
        // There is no registry to get an image back from.
        "imageGCHighThresholdPercent": 100,
        "maxPods": 110,
        // Whatever the host's resolver says must not be what pods see.
        "resolvConf": layout.path("resolv.conf"),
        "rotateCertificates": false,
        "serializeImagePulls": false,
        "healthzPort": 10248,
        "nodeStatusUpdateFrequency": "5s",
    });
    if let Some(config) = config.as_object_mut() {
        if !host.unified {
            config.insert("failCgroupV1".into(), json!(false));
        }
        if !host.may_raise {
            config.insert("oomScoreAdj".into(), json!(0));
        }
    }
    config
}

/// The network plugins': point-to-point links, so that a packet from pod to pod of one node passes the node's Service
/// rules both ways, which on a bridge would take a kernel module.
pub(crate) fn cni(layout: &Layout, pod_range: &str) -> Value {
    json!({
        "cniVersion": "1.0.0",
        "name": format!("conform-{}", layout.name()),
        "plugins": [
            {
                "type": "ptp",
                "ipMasq": false,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{ "subnet": pod_range }]],
                    "routes": [{ "dst": "0.0.0.0/0" }],
                },
            },
            { "type": "portmap", "capabilities": { "portMappings": true } },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::super::layout::example;
    use super::*;

    fn sandboxed() -> Host {
        Host {
            unified: false,
            may_raise: false,
            snapshotter: "native",
        }
    }

    #[test]
    fn the_kubelet_is_told_what_kind_of_host_it_is_on() {
        let layout = example();
        let node = layout.nodes().next().unwrap();
        let config = kubelet(&layout, &node, &sandboxed());
        assert_eq!(config["failCgroupV1"], json!(false));
        assert_eq!(config["oomScoreAdj"], json!(0));
        assert_eq!(config["cgroupRoot"], json!("/conform-testbed/conform/conform-1"));
        assert_eq!(config["clusterDNS"], json!(["10.96.0.10"]));
        let free = Host {
            unified: true,
            may_raise: true,
            snapshotter: "overlayfs",
        };
        let config = kubelet(&layout, &node, &free);
        assert!(config.get("failCgroupV1").is_none() && config.get("oomScoreAdj").is_none());
    }

    #[test]
    fn containerd_pins_the_sandbox_image() {
        let text = containerd(&sandboxed(), "registry.k8s.io/pause:3", None);
        assert!(text.contains("sandbox = \"registry.k8s.io/pause:3\"\n"));
        assert!(text.contains("restrict_oom_score_adj = true\n"));
        assert!(text.contains("snapshotter = \"native\"\n"));
        assert!(!text.contains("config_path"));
        let text = containerd(&sandboxed(), "pause", Some(Path::new("/certs.d")));
        assert!(text.contains("images\".registry]\nconfig_path = \"/certs.d\"\n\n[plugins."));
    }

    #[test]
    fn the_pod_range_is_the_nodes() {
        let config = cni(&example(), "10.200.128.0/24");
        assert_eq!(
            config["plugins"][0]["ipam"]["ranges"][0][0]["subnet"],
            json!("10.200.128.0/24")
        );
    }
}
