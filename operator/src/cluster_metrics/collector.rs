//! Samples in Prometheus' words.

use std::{fmt, sync::Arc};

use conform_crds::{ConformanceRun, ConformanceSchedule};
use jiff::Timestamp;
use kube::runtime::reflector::Store;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Registry,
};
use tokio::sync::watch;

use super::sample::{Sample, samples};
use crate::run::LastDetails;

/// The caches that the controllers fill.
pub struct Caches {
    /// All runs.
    pub runs: Store<ConformanceRun>,
    /// All schedules.
    pub schedules: Store<ConformanceSchedule>,
    /// What is told of the last finished runs beside what the cache has of all.
    pub last: LastDetails,
}

/// What is told at a scrape: nothing unless there are caches. Only the operator that leads has some, so that nothing is
/// told twice.
#[derive(Clone)]
pub struct ClusterMetrics(Arc<watch::Sender<Option<Caches>>>);

impl ClusterMetrics {
    /// Registers the metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self(Arc::new(watch::Sender::new(None)));
        registry.register_collector(Box::new(metrics.clone()));
        metrics
    }

    /// Tells of what is in these caches until the guard is dropped.
    pub fn tell_of(&self, caches: Caches) -> impl Drop + use<> {
        self.0.send_replace(Some(caches));
        Telling(self.clone())
    }
}

struct Telling(ClusterMetrics);

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.0.send_replace(None);
    }
}

impl fmt::Debug for ClusterMetrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClusterMetrics")
    }
}

impl Collector for ClusterMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let caches = self.0.borrow();
        let Some(caches) = caches.as_ref() else {
            return Ok(());
        };
        let (runs, schedules) = (caches.runs.state(), caches.schedules.state());
        write(
            &samples(&runs, &schedules, &caches.last, Timestamp::now()),
            &mut encoder,
        )
    }
}

/// Writes samples that are sorted by metric.
pub fn write(samples: &[Sample], encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
    for family in samples.chunk_by(|one, other| one.family.0 == other.family.0) {
        let Some((name, help)) = family.first().map(|sample| sample.family) else {
            continue;
        };
        let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for sample in family {
            ConstGauge::new(sample.value).encode(metric.encode_family(&sample.labels)?)?;
        }
    }
    Ok(())
}
