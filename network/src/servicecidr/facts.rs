//! What is seen, before anything is concluded.

use std::net::IpAddr;

/// What is seen. What could not be read is an error in words. Every list and text is bounded by whoever reads it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Whether `servicecidrs` and `ipaddresses` of `networking.k8s.io/v1` are served.
    pub served: bool,
    /// The ServiceCIDRs.
    pub objects: Result<Vec<Object>, String>,
    /// The IPAddresses.
    pub addresses: Result<Vec<Owned>, String>,
    /// Addresses of Services that were there before and after the IPAddresses were read.
    pub services: Result<Vec<Owned>, String>,
    /// Names and addresses of nodes.
    pub nodes: Vec<(String, Vec<IpAddr>)>,
    /// Names of nodes and the ranges of their pods.
    pub pod_ranges: Vec<(String, Vec<String>)>,
    /// What the API server said to a further range.
    pub trial: Option<Trial>,
    /// Texts that could have a range written down.
    pub texts: Vec<Text>,
    /// Whether the accounts of components may read ServiceCIDRs.
    pub accounts: Vec<Account>,
    /// What could not be read, and why.
    pub unseen: Vec<String>,
}

/// A ServiceCIDR.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// Its ranges.
    pub ranges: Vec<String>,
    /// What its condition Ready says, and the message; none if it has none.
    pub ready: Option<(bool, String)>,
    /// Whether it is being deleted.
    pub leaving: bool,
}

/// An address and the Service that has it, as `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owned {
    /// The address.
    pub address: IpAddr,
    /// The Service; empty if it is something else's.
    pub service: String,
}

/// A further range that the API server was asked about, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The range.
    pub range: String,
    /// What it said.
    pub said: DryRun,
}

/// What the API server says to a dry run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DryRun {
    /// It would take it.
    Accepted,
    /// Admission refuses it: an administrator has opted out.
    Denied {
        /// The policy or webhook, as the message names it.
        by: String,
        /// The whole message.
        message: String,
    },
    /// Whoever asks may not create ServiceCIDRs, or something else is wrong.
    Failed(String),
}

/// A text that could have a range written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The component that it configures, or the workload or ConfigMap.
    pub owner: String,
    /// Where it is.
    pub place: String,
    /// The text.
    pub text: String,
}

/// The account of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The component, in words.
    pub component: String,
    /// The project's name and mode, by which it is known whether it needs to read them.
    pub project: (String, Option<String>),
    /// The account's user name.
    pub user: String,
    /// Whether it may list ServiceCIDRs.
    pub may_list: Result<bool, String>,
}

impl Facts {
    /// What is known of a cluster that was not looked at.
    pub fn unread() -> Self {
        let not_read = || "not read".to_owned();
        Self {
            served: false,
            objects: Err(not_read()),
            addresses: Err(not_read()),
            services: Err(not_read()),
            nodes: Vec::new(),
            pod_ranges: Vec::new(),
            trial: None,
            texts: Vec::new(),
            accounts: Vec::new(),
            unseen: Vec::new(),
        }
    }
}

impl DryRun {
    /// Reads a refusal. Policies and webhooks name themselves in their messages, which are part of no API.
    pub fn refused(code: u16, message: &str) -> Self {
        let between = |before: &str, after: &str| {
            let (_, rest) = message.split_once(before)?;
            rest.split_once(after).map(|(name, _)| name.to_owned())
        };
        let policy = between("ValidatingAdmissionPolicy '", "'")
            .map(|name| format!("ValidatingAdmissionPolicy {name}"));
        let webhook =
            || between("admission webhook \"", "\" denied").map(|name| format!("admission webhook {name}"));
        match policy.or_else(webhook) {
            Some(by) => Self::Denied {
                by,
                message: message.to_owned(),
            },
            None => Self::Failed(format!("{message} ({code})")),
        }
    }
}
