//! The built-in profiles.

use super::{Choice, Profile, quick, windows};
use crate::Area;

pub(super) const PROFILES: &[Profile] = &[
    both(
        "kubernetes",
        "Everything that the release requires, and everything that is expected to be required",
        Choice::Every,
        Choice::Every,
    ),
    both(
        "quick",
        "A few short tests of each part: whether the cluster works at all, in minutes",
        Choice::Tests(quick::PRESENT),
        Choice::Tests(quick::FUTURE),
    ),
    sig(
        "networking",
        "What SIG Network's tests require: pod network, Services, DNS and their APIs",
        "network",
    ),
    areas(
        "service-proxy",
        "What carries traffic from Services to pods: kube-proxy or what replaces it",
        &[Area::ServiceProxy],
    ),
    areas(
        "pod-network",
        "Addresses and routes of pods: the CNI plugin",
        &[Area::PodNetwork],
    ),
    areas(
        "dns",
        "Names of Services and pods: CoreDNS or what replaces it",
        &[Area::Dns],
    ),
    sig(
        "node",
        "What SIG Node's tests require: kubelet and container runtime",
        "node",
    ),
    sig(
        "storage",
        "What SIG Storage's tests require: volumes of every kind",
        "storage",
    ),
    areas(
        "workloads",
        "Deployments, StatefulSets, Jobs and the scheduler",
        &[Area::Workloads, Area::Scheduling],
    ),
    areas(
        "control-plane",
        "API server, controllers, identity and permissions",
        &[Area::ControlPlane, Area::Auth],
    ),
    windows::CORE,
    windows::HOST_PROCESS,
    windows::ACTIVE_DIRECTORY,
    windows::NETWORK_POLICY,
    windows::SERVICE_PROXY,
];

const fn both(name: &'static str, summary: &'static str, present: Choice, future: Choice) -> Profile {
    Profile {
        name,
        summary,
        present,
        future,
        own: Choice::Nothing,
        nodes: None,
    }
}

const fn sig(name: &'static str, summary: &'static str, sig: &'static str) -> Profile {
    both(name, summary, Choice::Sig(sig), Choice::Sig(sig))
}

const fn areas(name: &'static str, summary: &'static str, areas: &'static [Area]) -> Profile {
    both(name, summary, Choice::Areas(areas), Choice::Areas(areas))
}
