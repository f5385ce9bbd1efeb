//! The kinds of objects that tests make outside of their own namespaces, and those namespaces.

/// A kind, and what of an object of it shows who made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Name of the resource.
    pub plural: &'static str,
    /// Name of the kind.
    pub kind: &'static str,
    /// The one namespace that is looked into, of a kind that is namespaced.
    pub namespace: Option<&'static str>,
    /// Path of a field whose owner is who made the object; keys as in `managedFields`, without their `f:`.
    ///
    /// Every creation sets it.
    pub birth: &'static [&'static str],
    /// True if nobody can change that field later, so that its owner made the object whenever he wrote it last. Else its
    /// owner has to have written it when the object was made.
    pub fixed: bool,
}

const fn cluster(
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    birth: &'static [&'static str],
) -> Kind {
    Kind {
        group,
        plural,
        kind,
        namespace: None,
        birth,
        fixed: true,
    }
}

/// A kind whose objects can be changed in every field.
const fn changeable(
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    birth: &'static [&'static str],
) -> Kind {
    Kind {
        fixed: false,
        ..cluster(group, plural, kind, birth)
    }
}

const ADMISSION: &str = "admissionregistration.k8s.io";
const FLOWCONTROL: &str = "flowcontrol.apiserver.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const STORAGE: &str = "storage.k8s.io";

/// All kinds, in the order in which they go: first what can refuse the removal of the rest, namespaces last.
///
/// Nodes and CSINodes are not among them: tests change real ones (taints, resources), and no field of theirs tells a
/// change from a creation. Nor are CertificateSigningRequests, of which the API server records nothing but the name;
/// they expire by themselves.
pub const KINDS: [Kind; 28] = [
    cluster(
        ADMISSION,
        "validatingwebhookconfigurations",
        "ValidatingWebhookConfiguration",
        &["webhooks", "."],
    ),
    cluster(
        ADMISSION,
        "mutatingwebhookconfigurations",
        "MutatingWebhookConfiguration",
        &["webhooks", "."],
    ),
    changeable(
        ADMISSION,
        "validatingadmissionpolicybindings",
        "ValidatingAdmissionPolicyBinding",
        &["spec", "policyName"],
    ),
    changeable(
        ADMISSION,
        "validatingadmissionpolicies",
        "ValidatingAdmissionPolicy",
        &["spec", "failurePolicy"],
    ),
    changeable(
        ADMISSION,
        "mutatingadmissionpolicybindings",
        "MutatingAdmissionPolicyBinding",
        &["spec", "policyName"],
    ),
    changeable(
        ADMISSION,
        "mutatingadmissionpolicies",
        "MutatingAdmissionPolicy",
        &["spec", "failurePolicy"],
    ),
    cluster(
        "apiregistration.k8s.io",
        "apiservices",
        "APIService",
        &["spec", "group"],
    ),
    changeable(
        FLOWCONTROL,
        "flowschemas",
        "FlowSchema",
        &["spec", "matchingPrecedence"],
    ),
    changeable(
        FLOWCONTROL,
        "prioritylevelconfigurations",
        "PriorityLevelConfiguration",
        &["spec", "type"],
    ),
    cluster(RBAC, "clusterrolebindings", "ClusterRoleBinding", &["roleRef"]),
    // For an API server of their own, tests bind a role that is only there.
    Kind {
        group: RBAC,
        plural: "rolebindings",
        kind: "RoleBinding",
        namespace: Some("kube-system"),
        birth: &["roleRef"],
        fixed: true,
    },
    changeable(RBAC, "clusterroles", "ClusterRole", &["rules"]),
    cluster(
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        &["spec", "group"],
    ),
    cluster(
        "scheduling.k8s.io",
        "priorityclasses",
        "PriorityClass",
        &["value"],
    ),
    cluster("node.k8s.io", "runtimeclasses", "RuntimeClass", &["handler"]),
    cluster(
        NETWORKING,
        "ingressclasses",
        "IngressClass",
        &["spec", "controller"],
    ),
    changeable(NETWORKING, "servicecidrs", "ServiceCIDR", &["spec", "cidrs"]),
    cluster(
        NETWORKING,
        "ipaddresses",
        "IPAddress",
        &["spec", "parentRef", "."],
    ),
    changeable(
        "certificates.k8s.io",
        "clustertrustbundles",
        "ClusterTrustBundle",
        &["spec", "trustBundle"],
    ),
    changeable("resource.k8s.io", "deviceclasses", "DeviceClass", &["spec"]),
    cluster(
        "resource.k8s.io",
        "resourceslices",
        "ResourceSlice",
        &["spec", "driver"],
    ),
    changeable(
        "resource.k8s.io",
        "devicetaintrules",
        "DeviceTaintRule",
        &["spec", "taint", "."],
    ),
    cluster(
        STORAGE,
        "volumeattachments",
        "VolumeAttachment",
        &["spec", "attacher"],
    ),
    cluster(
        "",
        "persistentvolumes",
        "PersistentVolume",
        &["spec", "capacity", "."],
    ),
    cluster(
        STORAGE,
        "volumeattributesclasses",
        "VolumeAttributesClass",
        &["driverName"],
    ),
    cluster(STORAGE, "storageclasses", "StorageClass", &["provisioner"]),
    cluster(STORAGE, "csidrivers", "CSIDriver", &["spec", "attachRequired"]),
    cluster(
        "",
        "namespaces",
        "Namespace",
        &["metadata", "labels", "kubernetes.io/metadata.name"],
    ),
];
