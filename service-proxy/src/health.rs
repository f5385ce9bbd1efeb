//! Rules E: what a proxy answers when it is asked for its health.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{address::Family, backend::Backend, frontend::Frontend, state::State};

/// The taint of a node that the cluster autoscaler is about to remove.
pub const TO_BE_DELETED: &str = "ToBeDeletedByClusterAutoscaler";

/// What a load balancer is told on a Service's health check port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// `namespace/name` of the Service.
    pub service: String,
    /// The family that the port is served in.
    pub family: Family,
    /// The port.
    pub port: u16,
    /// How many ready endpoints the node has; the header `X-Load-Balancing-Endpoint-Weight`.
    pub local_endpoints: usize,
    /// The HTTP status: 200 or 503.
    pub status: u16,
}

/// What `/healthz` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Healthz {
    /// The HTTP status: 200 or 503.
    pub status: u16,
    /// The node is to get new connections.
    pub node_eligible: bool,
}

impl State {
    /// Rule E1: every health check port of a node, by Service and family. `proxy_healthy`: the proxy keeps up with changes.
    ///
    /// Endpoints are counted by their addresses, over all ports of the Service. Those that terminate do not count, although
    /// traffic may still reach them: so a load balancer stops sending before they are gone.
    pub fn health_checks(&self, node: &str, proxy_healthy: bool) -> Vec<HealthCheck> {
        let frontends = self.frontends();
        frontends
            .filter_map(|(service, frontend)| self.health_check(node, service, frontend, proxy_healthy))
            .collect()
    }

    /// The same for one Service, as `namespace/name`.
    pub fn health_checks_of(&self, node: &str, service: &str, proxy_healthy: bool) -> Vec<HealthCheck> {
        let frontends = self.frontends_of(service);
        frontends
            .filter_map(|(service, frontend)| self.health_check(node, service, frontend, proxy_healthy))
            .collect()
    }

    fn health_check(
        &self,
        node: &str,
        service: &str,
        frontend: &Frontend,
        proxy_healthy: bool,
    ) -> Option<HealthCheck> {
        if frontend.health_check_node_port == 0 {
            return None;
        }
        let place = self.place(node);
        let backends = frontend.ports.iter().flat_map(|port| port.backends.list());
        let here = backends
            .filter(|backend| !place.node.is_none() && backend.node == place.node && backend.is_ready());
        let local_endpoints = here.map(Backend::ip).collect::<BTreeSet<_>>().len();
        Some(HealthCheck {
            service: service.to_owned(),
            family: frontend.family,
            port: frontend.health_check_node_port,
            local_endpoints,
            status: status(local_endpoints > 0 && proxy_healthy),
        })
    }

    /// Rule E2: `/healthz` of the proxy on a node. `/livez` is the same without the node: `proxy_healthy` alone.
    pub fn healthz(&self, node: &str, proxy_healthy: bool) -> Healthz {
        let node_eligible = !self.gates().draining_health || self.is_eligible(node);
        Healthz {
            status: status(proxy_healthy && node_eligible),
            node_eligible,
        }
    }

    /// The node is there, and nobody is about to remove it.
    fn is_eligible(&self, node: &str) -> bool {
        let node = self.node(node);
        node.is_some_and(|node| !node.is_deleted && !node.taints.iter().any(|key| key == TO_BE_DELETED))
    }
}

const fn status(healthy: bool) -> u16 {
    if healthy { 200 } else { 503 }
}
