//! A packet, and what becomes of it.

use std::net::IpAddr;

use serde::Serialize;

use crate::{
    object::{Affinity, Protocol},
    rule::{Masquerade, Rule},
};

/// The first packet of a connection, as it arrives at the node or leaves a process of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where it comes from.
    pub source: IpAddr,
    /// Where it goes to, before anything is translated.
    pub destination: IpAddr,
    /// The port that it goes to.
    pub port: u16,
    /// Its protocol.
    pub protocol: Protocol,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Verdict {
    /// It goes to one of some endpoints.
    Endpoints,
    /// It is refused, and the sender is told so.
    Reject,
    /// It disappears.
    Drop,
    /// The node itself takes it.
    Accept,
    /// The proxy does nothing to it.
    Untouched,
}

impl Verdict {
    /// How it is written.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Endpoints => "Endpoints",
            Self::Reject => "Reject",
            Self::Drop => "Drop",
            Self::Accept => "Accept",
            Self::Untouched => "Untouched",
        }
    }
}

/// Where a packet comes from, as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A process of the node, over loopback.
    Loopback,
    /// A process of the node.
    Node,
    /// A pod of this node.
    LocalPod,
    /// A pod of another node.
    OtherPod,
    /// A pod, by the range of all pods; nothing tells of which node.
    Pod,
    /// Anything else.
    Outside,
}

impl Source {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Loopback => "this node, over loopback",
            Self::Node => "this node",
            Self::LocalPod => "a pod of this node",
            Self::OtherPod => "a pod of another node",
            Self::Pod => "a pod",
            Self::Outside => "outside the cluster",
        }
    }
}

/// What becomes of a packet, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of it.
    pub verdict: Verdict,
    /// With verdict Endpoints: where it can go, as `ip:port`, sorted.
    pub endpoints: Vec<String>,
    /// Why its source address is replaced by the node's; nothing if it is kept.
    pub masquerade: Option<Masquerade>,
    /// The rule that decided.
    pub rule: Rule,
    /// With verdict Endpoints: whether a client stays with its endpoint.
    pub affinity: Option<Affinity>,
    /// The service port that the packet goes to: `namespace/name:port`.
    pub service: Option<String>,
}

impl Decision {
    pub(crate) const fn without_endpoints(verdict: Verdict, rule: Rule, service: Option<String>) -> Self {
        Self {
            verdict,
            endpoints: Vec::new(),
            masquerade: None,
            rule,
            affinity: None,
            service,
        }
    }
}

/// A rule that was looked at on the way to a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule.
    pub rule: Rule,
    /// It decided. The others did not apply.
    pub decided: bool,
    /// What was found.
    pub found: String,
}

/// Writes down what was looked at, if somebody wants to know.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<Vec<Step>>);

impl Trace {
    pub(crate) const fn on() -> Self {
        Self(Some(Vec::new()))
    }

    pub(crate) fn passed(&mut self, rule: Rule, found: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.0 {
            steps.push(Step {
                rule,
                decided: false,
                found: found(),
            });
        }
    }

    pub(crate) fn decided(&mut self, rule: Rule, found: impl FnOnce() -> String) {
        if let Some(steps) = &mut self.0 {
            steps.push(Step {
                rule,
                decided: true,
                found: found(),
            });
        }
    }

    pub(crate) fn steps(self) -> Vec<Step> {
        self.0.unwrap_or_default()
    }
}
