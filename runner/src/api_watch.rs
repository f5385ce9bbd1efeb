//! Whether the API server answers.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::cluster::Cluster;

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(3);
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// True while the API server answers; one small request every three seconds, for as long as somebody listens.
pub fn start(cluster: Cluster) -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(true);
    tokio::spawn(async move {
        let mut ticks = interval(PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = sender.closed() => return,
            }
            let answers = matches!(timeout(ANSWER, cluster.answers()).await, Ok(true));
            sender.send_if_modified(|known| std::mem::replace(known, answers) != answers);
        }
    });
    receiver
}
