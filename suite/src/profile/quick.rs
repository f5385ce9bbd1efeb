//! The tests of the profile `quick`.
//!
//! Each is a conformance test that takes seconds, runs beside any other, needs one node and no image but agnhost and
//! busybox, and does not depend on how fast the cluster is. Names are written without their stage tag.

pub(super) const PRESENT: &[&str] = &[
    // API machinery and identity: no pod.
    "[sig-api-machinery] Discovery should validate PreferredVersion for each APIGroup",
    "[sig-api-machinery] ResourceQuota should manage the lifecycle of a ResourceQuota",
    "[sig-api-machinery] Servers with support for Table transformation should return a 406 for a backend which does \
     not implement metadata",
    "[sig-api-machinery] server version should find the server version",
    "[sig-auth] ServiceAccounts should create a serviceAccountToken and ensure a successful TokenReview",
    "[sig-auth] SubjectReview should support SubjectReview API operations",
    // Workloads, kubelet and volumes: one or two pods.
    "[sig-apps] ReplicationController should serve a basic image on each replica with a public image",
    "[sig-node] ConfigMap should be consumable via environment variable [NodeConformance]",
    "[sig-node] ConfigMap should run through a ConfigMap lifecycle",
    "[sig-node] Containers should use the image defaults if command and args are blank [NodeConformance]",
    "[sig-node] Secrets should be consumable from pods in env vars [NodeConformance]",
    "[sig-storage] Projected configMap should be consumable from pods in volume [NodeConformance]",
    "[sig-storage] Projected downwardAPI should provide podname only [NodeConformance]",
    "[sig-storage] Secrets should be consumable from pods in volume [NodeConformance]",
    // Network: APIs, a pod's resolver, traffic through a Service. The other DNS tests need an image of their own.
    "[sig-network] API Server should provide secure master service",
    "[sig-network] DNS should support configurable pod DNS nameservers",
    "[sig-network] EndpointSlice should support creating EndpointSlice API operations",
    "[sig-network] Services should serve a basic endpoint from pods",
];

pub(super) const FUTURE: &[&str] = &[
    "[sig-network] Services should support named targetPorts that resolve to different ports on different endpoints",
];
