//! What a cluster must have before a test can measure it.

use std::fmt;

use serde::Serialize;

/// What a cluster must have before a feature's tests can measure it. Without it they skip, and a skip is no pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Needs {
    /// Schedulable nodes.
    pub nodes: u8,
    /// Zones.
    pub zones: u8,
    /// Only Linux nodes will do.
    pub linux: bool,
    /// Something that serves Services of type LoadBalancer.
    pub load_balancer: bool,
    /// Anything else, in words; empty if nothing.
    pub other: &'static str,
}

impl Needs {
    /// A node, and nothing else.
    pub(super) const NODE: Self = Self {
        nodes: 1,
        zones: 0,
        linux: false,
        load_balancer: false,
        other: "",
    };
}

impl fmt::Display for Needs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes = if self.nodes == 1 { "node" } else { "nodes" };
        write!(formatter, "{} {nodes}", self.nodes)?;
        if self.zones > 1 {
            write!(formatter, " in {} zones", self.zones)?;
        }
        if self.linux {
            formatter.write_str(", Linux")?;
        }
        if self.load_balancer {
            formatter.write_str(", load balancer")?;
        }
        if self.other.is_empty() {
            Ok(())
        } else {
            write!(formatter, ", {}", self.other)
        }
    }
}
