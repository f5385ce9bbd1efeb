//! What every reconciliation shares.

use kube::{Client, runtime::events::Recorder};

use super::observed::Settings;
use crate::{files::Storage, metrics::ReconcileMetrics, notify::Notifier};

/// The operator's hands: its client, where it works, and where it reports.
#[derive(Clone)]
pub struct World {
    /// The metered client.
    pub client: Client,
    /// What the operator was started with.
    pub settings: Settings,
    /// Writes Events.
    pub recorder: Recorder,
    /// Takes what others are to be told.
    pub notifier: Notifier,
    /// Where files of runs are kept, if not in the API server.
    pub storage: Option<Storage>,
    /// Counts reconciliations.
    pub metrics: ReconcileMetrics,
}
