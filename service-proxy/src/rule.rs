//! The rules that decide about a packet, by name. [`crate::Decision`] carries the one that decided.

use serde::{Serialize, Serializer};

/// A rule of what becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// Rule D4: the load balancer's address is for some clients only.
    LoadBalancerSourceRanges,
    /// Rule D1: no endpoint anywhere.
    NoEndpoints,
    /// Rule D2: internalTrafficPolicy Cluster.
    InternalCluster,
    /// Rule D2: internalTrafficPolicy Local.
    InternalLocal,
    /// Rule D2: internalTrafficPolicy Local, and no endpoint here.
    InternalLocalEmpty,
    /// Rule D3: externalTrafficPolicy Cluster.
    ExternalCluster,
    /// Rule D3: externalTrafficPolicy Local does not bind pods.
    ExternalLocalFromPod,
    /// Rule D3: externalTrafficPolicy Local does not bind the node itself.
    ExternalLocalFromNode,
    /// Rule D3: externalTrafficPolicy Local.
    ExternalLocal,
    /// Rule D3: externalTrafficPolicy Local, and no endpoint here.
    ExternalLocalEmpty,
    /// Rule F: IPVS uses the endpoints of policy Cluster where policy Local has none.
    IpvsLocalFallback,
    /// Rule E1: the port of health checks is open.
    HealthCheckNodePort,
    /// Rule D6: a Service's address, and no port of it.
    UnservedPort,
    /// Rule D6: in a range of Services, and no Service's address.
    UnallocatedClusterIp,
    /// Rule D5: a node port, and not an address that node ports are served on.
    NodePortAddress,
    /// No Service's address and port.
    NoService,
}

impl Rule {
    /// Its name: that of the function that decides it, and of its paragraph in the docs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LoadBalancerSourceRanges => "load_balancer_source_ranges",
            Self::NoEndpoints => "no_endpoints",
            Self::InternalCluster => "internal_cluster",
            Self::InternalLocal => "internal_local",
            Self::InternalLocalEmpty => "internal_local_empty",
            Self::ExternalCluster => "external_cluster",
            Self::ExternalLocalFromPod => "external_local_from_pod",
            Self::ExternalLocalFromNode => "external_local_from_node",
            Self::ExternalLocal => "external_local",
            Self::ExternalLocalEmpty => "external_local_empty",
            Self::IpvsLocalFallback => "ipvs_local_fallback",
            Self::HealthCheckNodePort => "health_check_node_port",
            Self::UnservedPort => "unserved_port",
            Self::UnallocatedClusterIp => "unallocated_cluster_ip",
            Self::NodePortAddress => "node_port_address",
            Self::NoService => "no_service",
        }
    }

    /// What it says, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::LoadBalancerSourceRanges => {
                "The load balancer's address is open to loadBalancerSourceRanges only."
            }
            Self::NoEndpoints => "No node has an endpoint that could be used, so the packet is rejected.",
            Self::InternalCluster => "internalTrafficPolicy is Cluster: endpoints of the whole cluster.",
            Self::InternalLocal => "internalTrafficPolicy is Local: endpoints on this node.",
            Self::InternalLocalEmpty => {
                "internalTrafficPolicy is Local and only other nodes have endpoints, so the packet is dropped."
            }
            Self::ExternalCluster => "externalTrafficPolicy is Cluster: endpoints of the whole cluster.",
            Self::ExternalLocalFromPod => {
                "externalTrafficPolicy is Local, which does not bind pods: endpoints of the whole cluster."
            }
            Self::ExternalLocalFromNode => {
                "externalTrafficPolicy is Local, which does not bind the node itself: endpoints of the whole cluster."
            }
            Self::ExternalLocal => "externalTrafficPolicy is Local: endpoints on this node.",
            Self::ExternalLocalEmpty => {
                "externalTrafficPolicy is Local and only other nodes have endpoints, so the packet is dropped."
            }
            Self::IpvsLocalFallback => {
                "The policy is Local and this node has no endpoint: IPVS then uses those of the whole cluster."
            }
            Self::HealthCheckNodePort => "Load balancers ask here whether the node has endpoints.",
            Self::UnservedPort => {
                "A Service has this address and does not serve this port, so the packet is rejected."
            }
            Self::UnallocatedClusterIp => {
                "The address is in a range of Services and no Service has it, so the packet is dropped."
            }
            Self::NodePortAddress => "Node ports are not served on this address.",
            Self::NoService => "No Service is served at this address and port.",
        }
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Why a packet's source address is replaced by the node's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masquerade {
    /// Rule D7: everything to a Service's own address is to be masqueraded.
    All,
    /// Rule D7: to a Service's own address, and not from a pod.
    NotFromPod,
    /// Rule D7: externalTrafficPolicy Cluster can send to another node, and the answer has to come back this way.
    ExternalCluster,
    /// Rule D7: the node's own packet to an external address.
    FromNode,
    /// Rule D7: an endpoint that reaches itself; only if it is the one chosen.
    Hairpin,
}

impl Masquerade {
    /// What it says, in a sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::All => "masqueradeAll is set.",
            Self::NotFromPod => "It goes to the Service's own address and does not come from a pod.",
            Self::ExternalCluster => "externalTrafficPolicy Cluster may send it to another node.",
            Self::FromNode => "It goes to an external address and comes from the node itself.",
            Self::Hairpin => "The source is one of the endpoints, and may reach itself.",
        }
    }
}
