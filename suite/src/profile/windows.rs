//! What KEP-2578 asks of clusters with Windows nodes: a core and four parts that depend on more than Kubernetes.
//!
//! The KEP describes behaviours and picks tests by their tags; upstream has marked none of them for Windows, so whatever
//! is not a conformance test counts as advisory. For some of its behaviours there is no test: fifty reschedulings in a
//! row, three containers that share a volume, and a reboot of every node while pods run.

use super::{Choice, NodeOs, Pattern, Profile};

/// What no Windows node can pass.
const LINUX: &str = "[LinuxOnly]";

/// What belongs to a part of its own, or needs hardware that few nodes have.
const APART: &[&str] = &[
    LINUX,
    "HostProcess",
    "GMSA",
    "[Feature:WindowsHyperVContainers]",
    "[Feature:GPUDevicePlugin]",
];

pub(super) const CORE: Profile = Profile {
    name: "windows",
    summary: "Windows nodes (KEP-2578): what conformance requires of any node, and the core tests for Windows",
    present: Choice::Names(&[Pattern {
        about: "required, and not for Linux alone",
        any: &[""],
        none: &[LINUX],
    }]),
    future: Choice::Names(&[Pattern {
        about: "expected, and not for Linux alone",
        any: &[""],
        none: &[LINUX, "[Feature:"],
    }]),
    own: Choice::Names(&[
        Pattern {
            about: "KEP-2578, basic networking",
            any: &[
                "[sig-windows] Hybrid cluster network",
                "[sig-windows] Services",
                "[sig-windows] [Feature:Windows] DNS",
            ],
            none: &[LINUX, "Internet connection"],
        },
        Pattern {
            about: "KEP-2578, service accounts and local storage",
            any: &["[sig-windows] [Feature:Windows] Windows volume mounts"],
            none: APART,
        },
        Pattern {
            about: "KEP-2578, basic scheduling",
            any: &[
                "[sig-windows] [Feature:Windows] Cpu Resources",
                "[sig-windows] [Feature:Windows] Memory Limits",
            ],
            none: APART,
        },
        Pattern {
            about: "KEP-2578, basic performance",
            any: &[
                "[sig-windows] [Feature:Windows] Density",
                "[sig-windows] [Feature:Windows] Kubelet-Stats",
            ],
            none: APART,
        },
        Pattern {
            about: "KEP-2578, by its tags",
            any: &["[NodeConformance]", "[sig-windows]", "[sig-apps] CronJob"],
            none: &[
                LINUX,
                "HostProcess",
                "GMSA",
                "[Feature:WindowsHyperVContainers]",
                "[Feature:GPUDevicePlugin]",
                "[Disruptive]",
                "[Alpha]",
                "Internet connection",
            ],
        },
    ]),
    nodes: Some(NodeOs::Windows),
};

pub(super) const HOST_PROCESS: Profile = part(
    "windows-host-process",
    "Windows nodes (KEP-2578): containers that run as processes of their node",
    &[Pattern {
        about: "KEP-2578, host process",
        any: &["[Feature:WindowsHostProcessContainers]"],
        none: &[LINUX],
    }],
);

pub(super) const ACTIVE_DIRECTORY: Profile = part(
    "windows-active-directory",
    "Windows nodes (KEP-2578): pods with an identity of Active Directory",
    &[Pattern {
        about: "KEP-2578, Active Directory",
        any: &["[sig-windows] [Feature:Windows] GMSA"],
        none: &[LINUX],
    }],
);

pub(super) const NETWORK_POLICY: Profile = part(
    "windows-network-policy",
    "Windows nodes (KEP-2578): NetworkPolicy for TCP over IPv4",
    &[Pattern {
        about: "KEP-2578, network policy",
        any: &["[sig-network] Netpol NetworkPolicy between server and client"],
        none: &[LINUX, "UDP", "SCTP", "IPv6"],
    }],
);

pub(super) const SERVICE_PROXY: Profile = part(
    "windows-service-proxy",
    "Windows nodes (KEP-2578): Services between Windows and Linux pods",
    &[Pattern {
        about: "KEP-2578, service proxy",
        any: &[
            "[sig-windows] Services",
            "[sig-windows] Hybrid cluster network for all supported CNIs should have stable networking",
        ],
        none: &[LINUX],
    }],
);

const fn part(name: &'static str, summary: &'static str, own: &'static [Pattern]) -> Profile {
    Profile {
        name,
        summary,
        present: Choice::Nothing,
        future: Choice::Nothing,
        own: Choice::Names(own),
        nodes: Some(NodeOs::Windows),
    }
}
