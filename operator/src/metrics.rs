//! The operator's metrics. Label values come from bounded sets: never an object's name, never an error's text.

use std::{sync::atomic::AtomicU64, time::Instant};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

/// Counts reconciliations of runs.
#[derive(Clone, Debug)]
pub struct ReconcileMetrics {
    duration: Histogram,
    failures: Family<Failure, Counter>,
    active: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failure {
    category: &'static str,
}

/// Whether this operator leads.
#[derive(Clone, Debug, Default)]
pub struct LeaderMetrics {
    leads: Gauge,
}

/// Counts events for others.
#[derive(Clone, Debug, Default)]
pub struct NotificationMetrics {
    told: Family<Told, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Told {
    result: &'static str,
}

/// Counts the requests that the operator's client makes.
#[derive(Clone, Debug, Default)]
pub struct ApiMetrics {
    requests: Family<Request, Counter>,
    sent_bytes: Counter<u64, AtomicU64>,
}

/// What one request is counted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// The first digit of the response's status followed by `xx`, or `error` if there was no response.
    pub code: &'static str,
}

impl ReconcileMetrics {
    /// Registers the metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self {
            duration: Histogram::new([0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0]),
            failures: Family::default(),
            active: Gauge::default(),
        };
        registry.register(
            "reconcile_duration_seconds",
            "Time of one reconciliation",
            metrics.duration.clone(),
        );
        registry.register(
            "reconcile_failures",
            "Reconciliations that failed",
            metrics.failures.clone(),
        );
        registry.register(
            "reconcile_active",
            "Reconciliations under way",
            metrics.active.clone(),
        );
        metrics
    }

    /// Starts the clock of one reconciliation; it stops when the guard is dropped.
    pub fn begin(&self) -> impl Drop + use<> {
        self.active.inc();
        Timer {
            metrics: self.clone(),
            since: Instant::now(),
        }
    }

    /// Counts a reconciliation that failed.
    pub fn failed(&self, category: &'static str) {
        self.failures.get_or_create(&Failure { category }).inc();
    }
}

struct Timer {
    metrics: ReconcileMetrics,
    since: Instant,
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.metrics.active.dec();
        self.metrics.duration.observe(self.since.elapsed().as_secs_f64());
    }
}

impl NotificationMetrics {
    /// Registers the metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "notifications",
            "Events for the webhook, by what became of them",
            metrics.told.clone(),
        );
        metrics
    }

    /// Counts one event that was `delivered`, `refused` or `dropped`.
    pub fn count(&self, result: &'static str) {
        self.told.get_or_create(&Told { result }).inc();
    }
}

impl LeaderMetrics {
    /// Registers the metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "leader",
            "1 if this operator leads, 0 if it stands by",
            metrics.leads.clone(),
        );
        metrics
    }

    /// Tells whether it leads.
    pub fn set(&self, leads: bool) {
        self.leads.set(i64::from(leads));
    }
}

impl ApiMetrics {
    /// Registers the metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register(
            "api_requests",
            "Requests to the API server",
            metrics.requests.clone(),
        );
        registry.register(
            "api_request_bytes",
            "Bytes of request bodies sent to the API server",
            metrics.sent_bytes.clone(),
        );
        metrics
    }

    /// Counts one request.
    pub fn count(&self, request: &Request, bytes: u64) {
        self.requests.get_or_create(request).inc();
        self.sent_bytes.inc_by(bytes);
    }
}

/// A registry whose metrics are all called `conform_…`.
pub fn registry() -> Registry {
    Registry::with_prefix("conform")
}
