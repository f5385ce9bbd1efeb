//! What a service proxy has to do on a node: the node-local model that KEP-2104 asks for.
//!
//! The crate is pure: objects in, answers out. It opens no file and no socket, so that a test of a cluster, a test of a
//! proxy without a cluster and an explanation for people cannot come to different answers.
//!
//! [`object`] reads Services, EndpointSlices and Nodes. [`State`] keeps them, one change at a time, and gives each node its
//! [`PortView`]s. [`NodeProxy`] adds the settings of a proxy ([`Settings`]) and says what becomes of a packet. The rules are
//! those of kube-proxy; each is a function, and `docs/service-proxy.md` names them all.

mod address;
mod answer;
mod backend;
mod category;
mod diff;
mod flow;
mod frontend;
mod gates;
mod health;
mod names;
mod proxy;
mod rule;
mod settings;
mod state;

pub mod object;

pub use address::{Cidr, Family, endpoint_text, parse_ip};
pub use answer::PortAnswer;
pub use backend::{Backend, Backends};
pub use category::{Categories, Choice, Topology};
pub use diff::{Diff, DiffStore, NodeFollower, PortKey};
pub use flow::{Decision, Flow, Source, Step, Verdict};
pub use frontend::{
    Frontend, FrontendPort, Uses, cluster_ip_of_family, external_ips_of_family, external_policy_local,
    follows_hints, health_check_node_port, is_skipped, load_balancer_vips, source_ranges,
};
pub use gates::{Gates, NEWEST_MINOR, OLDEST_MINOR};
pub use health::{HealthCheck, Healthz, TO_BE_DELETED};
pub use proxy::NodeProxy;
pub use rule::{Masquerade, Rule};
pub use settings::{DetectLocal, InvalidSettings, Mode, NodePortAddresses, Settings};
pub use state::{Effect, NodeView, PortView, State};
