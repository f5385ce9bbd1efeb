//! What implements an area of a cluster.

use conform_suite::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most components that a run's status names.
pub const MAX_COMPONENTS: usize = 64;
/// Most nodes that a component names one by one.
pub const MAX_COMPONENT_NODES: usize = 16;
/// Longest text of a component, in bytes.
pub const MAX_COMPONENT_TEXT: usize = 256;

/// What implements one area of the cluster, on some of its nodes or on all. Nodes that differ in image or version have an
/// entry each.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// The area.
    pub area: Area,
    /// What people call it: `kube-proxy`, `Cilium`, `CoreDNS`.
    #[schemars(length(min = 1, max = 256))]
    pub name: String,
    /// How it works here, such as `nftables` or `kube-proxy replacement`. Not set if it has one way only or does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub mode: Option<String>,
    /// Its version, as its image's tag, its labels or its node tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub version: Option<String>,
    /// Digest of the image that runs, such as `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub image_digest: Option<String>,
    /// On how many nodes it was seen; 0 if it is not a matter of nodes.
    #[serde(default)]
    pub nodes: i32,
    /// Names of these nodes, if they are not all nodes; at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub node_names: Vec<String>,
    /// How this is known.
    pub basis: Basis,
    /// What was seen, in words.
    #[schemars(length(max = 256))]
    pub evidence: String,
}

/// How something is known, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Basis {
    /// Seen at work: its pods run, or it answered.
    Measured,
    /// It, or its configuration, says so.
    Declared,
    /// Concluded from something else, such as a version.
    Inferred,
}

impl Basis {
    /// The word for table cells.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Declared => "declared",
            Self::Inferred => "inferred",
        }
    }
}
