//! What is installed, and the ways in and out.

mod apply;
mod manifests;
mod ready;
mod remove;

pub use apply::{Applier, foreign_namespace};
pub use manifests::{Object, Wanted, manifests};
pub use ready::{crds_established, is_rolled_out, operator_available, until};
pub use remove::{Remover, is_ours};

/// Field manager of everything that this plugin applies.
pub const FIELD_MANAGER: &str = "kubectl-conform";
/// Says on each installed object who made it.
pub const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", FIELD_MANAGER);
