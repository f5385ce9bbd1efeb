//! Whether a profile says anything of a cluster, by the nodes that it has.

use std::fmt;

use super::Profile;

/// The operating system of a node, as its label `kubernetes.io/os` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeOs {
    /// `linux`
    Linux,
    /// `windows`
    Windows,
}

/// Whether a profile says anything of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// It does.
    Applicable,
    /// It does not: its tests would all skip, and a skip decides nothing.
    NotApplicable {
        /// Why not.
        because: String,
    },
}

impl NodeOs {
    /// Reads the value of the label.
    pub fn of_label(value: &str) -> Option<Self> {
        [Self::Linux, Self::Windows]
            .into_iter()
            .find(|os| os.label() == value)
    }

    /// The value of the label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Windows => "windows",
        }
    }
}

impl fmt::Display for NodeOs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
        })
    }
}

impl Profile {
    /// Whether the profile says anything of a cluster whose schedulable nodes run these systems.
    pub fn applies_to(&self, nodes: &[NodeOs]) -> Applicability {
        match self.nodes {
            Some(os) if !nodes.contains(&os) => Applicability::NotApplicable {
                because: format!(
                    "profile {} is about {os} nodes, and this cluster has none that is schedulable",
                    self.name
                ),
            },
            _ => Applicability::Applicable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;

    #[test]
    fn windows_profiles_need_windows_nodes() {
        let windows = profile("windows").unwrap();
        let mixed = [NodeOs::Linux, NodeOs::of_label("windows").unwrap()];
        assert_eq!(windows.applies_to(&mixed), Applicability::Applicable);
        let because = "profile windows is about Windows nodes, and this cluster has none that is schedulable";
        assert_eq!(
            windows.applies_to(&[NodeOs::Linux]),
            Applicability::NotApplicable {
                because: because.to_owned()
            }
        );
        assert_eq!(profile("dns").unwrap().applies_to(&[]), Applicability::Applicable);
        assert_eq!(NodeOs::of_label("plan9"), None);
    }
}
