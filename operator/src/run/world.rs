//! What every reconciliation shares.

use kube::{Client, runtime::events::Recorder};

use super::observed::Settings;
use crate::metrics::ReconcileMetrics;

/// The operator's hands: its client, where it works, and where it reports.
#[derive(Clone)]
pub struct World {
    /// The metered client.
    pub client: Client,
    /// What the operator was started with.
    pub settings: Settings,
    /// Writes Events.
    pub recorder: Recorder,
    /// Counts reconciliations.
    pub metrics: ReconcileMetrics,
}
