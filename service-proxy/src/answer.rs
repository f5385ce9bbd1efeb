//! What a node uses of a service port, in words that leave the crate.

use serde::Serialize;

use crate::{
    Choice,
    address::Family,
    backend::{Backend, Backends},
    object::Protocol,
    state::PortView,
};

/// One service port as a node sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PortAnswer {
    /// `namespace/name` of the Service.
    pub service: String,
    /// The port on the Service's addresses.
    pub port: u16,
    /// Its protocol.
    pub protocol: Protocol,
    /// The family.
    pub family: Family,
    /// Endpoints of policy Cluster, as sorted `ip:port`.
    pub cluster: Vec<String>,
    /// Endpoints of policy Local.
    pub local: Vec<String>,
    /// Every endpoint that a packet can be sent to from the node.
    pub reachable: Vec<String>,
    /// Some node has an endpoint that could be used.
    pub has_any: bool,
}

impl From<&PortView<'_>> for PortAnswer {
    fn from(view: &PortView<'_>) -> Self {
        let backends = &view.port.backends;
        Self {
            service: view.service.to_owned(),
            port: view.port.port,
            protocol: view.port.protocol,
            family: view.frontend.family,
            cluster: texts(&view.categories.cluster, backends),
            local: texts(&view.categories.local, backends),
            reachable: texts(&view.categories.reachable(), backends),
            has_any: view.categories.has_any,
        }
    }
}

fn texts(choice: &Choice, backends: &Backends) -> Vec<String> {
    choice.iter(backends).map(Backend::text).collect()
}
