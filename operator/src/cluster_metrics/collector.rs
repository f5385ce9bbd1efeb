//! Samples in Prometheus' words.

use std::{fmt, sync::Arc, sync::OnceLock};

use conform_crds::{ConformanceRun, ConformanceSchedule};
use kube::runtime::reflector::Store;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Registry,
};

use super::sample::{Sample, samples};

/// The caches that the controllers fill.
pub struct Caches {
    /// All runs.
    pub runs: Store<ConformanceRun>,
    /// All schedules.
    pub schedules: Store<ConformanceSchedule>,
}

/// What is told at a scrape: nothing until the caches are given.
#[derive(Clone, Default)]
pub struct ClusterMetrics(Arc<OnceLock<Caches>>);

impl ClusterMetrics {
    /// Registers the metrics.
    pub fn register(registry: &mut Registry) -> Self {
        let metrics = Self::default();
        registry.register_collector(Box::new(metrics.clone()));
        metrics
    }

    /// From now on tells of what is in these caches.
    pub fn tell_of(&self, caches: Caches) {
        // Whoever came first stays: there is one controller of each kind.
        let _ = self.0.set(caches);
    }
}

impl fmt::Debug for ClusterMetrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClusterMetrics")
    }
}

impl Collector for ClusterMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let Some(caches) = self.0.get() else {
            return Ok(());
        };
        write(
            &samples(&caches.runs.state(), &caches.schedules.state()),
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
