//! The SIGs of Kubernetes.

use serde::{Deserialize, Serialize};

use crate::TestName;

/// The special interest group that owns a test, from the `[sig-NAME]` tag that its name begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Sig {
    /// SIG API Machinery.
    ApiMachinery,
    /// SIG Apps.
    Apps,
    /// SIG Architecture.
    Architecture,
    /// SIG Auth.
    Auth,
    /// SIG Autoscaling.
    Autoscaling,
    /// SIG CLI.
    Cli,
    /// SIG Cloud Provider.
    CloudProvider,
    /// SIG Cluster Lifecycle.
    ClusterLifecycle,
    /// SIG etcd.
    Etcd,
    /// SIG Instrumentation.
    Instrumentation,
    /// SIG Multicluster.
    Multicluster,
    /// SIG Network.
    Network,
    /// SIG Node.
    Node,
    /// SIG Scalability.
    Scalability,
    /// SIG Scheduling.
    Scheduling,
    /// SIG Storage.
    Storage,
    /// SIG Windows.
    Windows,
    /// None of the others.
    Other,
}

impl Sig {
    /// Every SIG that owns tests, and `Other`.
    pub const ALL: [Self; 18] = [
        Self::ApiMachinery,
        Self::Apps,
        Self::Architecture,
        Self::Auth,
        Self::Autoscaling,
        Self::Cli,
        Self::CloudProvider,
        Self::ClusterLifecycle,
        Self::Etcd,
        Self::Instrumentation,
        Self::Multicluster,
        Self::Network,
        Self::Node,
        Self::Scalability,
        Self::Scheduling,
        Self::Storage,
        Self::Windows,
        Self::Other,
    ];

    /// The word of names, labels and data: `api-machinery`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ApiMachinery => "api-machinery",
            Self::Apps => "apps",
            Self::Architecture => "architecture",
            Self::Auth => "auth",
            Self::Autoscaling => "autoscaling",
            Self::Cli => "cli",
            Self::CloudProvider => "cloud-provider",
            Self::ClusterLifecycle => "cluster-lifecycle",
            Self::Etcd => "etcd",
            Self::Instrumentation => "instrumentation",
            Self::Multicluster => "multicluster",
            Self::Network => "network",
            Self::Node => "node",
            Self::Scalability => "scalability",
            Self::Scheduling => "scheduling",
            Self::Storage => "storage",
            Self::Windows => "windows",
            Self::Other => "other",
        }
    }

    /// The SIG of a test; `Other` if its name has no tag, or one that is not known.
    pub fn of(name: &TestName) -> Self {
        let tag = name.sig().unwrap_or_default();
        let known = Self::ALL.into_iter().find(|sig| sig.word() == tag);
        known.unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_sig_by_the_word_of_the_data() {
        for sig in Sig::ALL {
            assert_eq!(serde_json::to_value(sig).unwrap(), sig.word());
            let name = TestName::new(&format!("[sig-{}] a test", sig.word())).unwrap();
            assert_eq!(Sig::of(&name), sig);
        }
        for other in ["no tag", "[sig-nobody] a test"] {
            assert_eq!(Sig::of(&TestName::new(other).unwrap()), Sig::Other);
        }
    }
}
