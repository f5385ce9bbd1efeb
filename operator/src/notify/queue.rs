//! What waits to be told. Whoever reconciles never waits for a receiver.

use tokio::sync::mpsc;

use super::event::Event;
use crate::metrics::NotificationMetrics;

/// How many events may wait. A receiver that is away for long misses the rest.
const QUEUE: usize = 256;

/// Takes events.
#[derive(Clone, Debug)]
pub struct Notifier {
    queue: Option<mpsc::Sender<Event>>,
    metrics: NotificationMetrics,
}

/// A notifier, and what it was given. Without a receiver it takes nothing, and the queue ends at once.
pub fn notifier(metrics: NotificationMetrics, has_receiver: bool) -> (Notifier, mpsc::Receiver<Event>) {
    let (sender, events) = mpsc::channel(QUEUE);
    let queue = has_receiver.then_some(sender);
    (Notifier { queue, metrics }, events)
}

impl Notifier {
    /// Puts events into the queue; those that find no place are counted and dropped.
    pub fn tell(&self, events: Vec<Event>) {
        let Some(queue) = &self.queue else { return };
        for event in events {
            if let Err(error) = queue.try_send(event) {
                tracing::warn!(%error, "an event is not delivered");
                self.metrics.count("dropped");
            }
        }
    }
}
