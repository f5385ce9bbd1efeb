//! The wish that the process stops: SIGTERM, or SIGINT.

use std::time::Duration;

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::sleep,
};

/// How long work that is under way may go on. Kubernetes waits 30 seconds, and the Lease is given back after this.
const GRACE: Duration = Duration::from_secs(20);

/// Whether the process is asked to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens for signals from now on. The first process of a container has no other way to end at SIGTERM.
    pub fn at_signals() -> std::io::Result<Self> {
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (sender, told) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("is asked to stop");
            sender.send_replace(true);
            // Who asks later is to find the answer too.
            sender.closed().await;
        });
        Ok(Self(told))
    }

    /// One that the sender's word stops.
    #[cfg(test)]
    pub fn when(told: watch::Receiver<bool>) -> Self {
        Self(told)
    }

    /// Waits until the process is asked to stop.
    pub async fn asked(&self) {
        if self.0.clone().wait_for(|asked| *asked).await.is_err() {
            // Nobody is left who could ask.
            std::future::pending::<()>().await;
        }
    }

    /// Waits until it is asked to stop, and then for as long as work may go on.
    pub async fn overdue(&self) {
        self.asked().await;
        sleep(GRACE).await;
    }
}
