//! SIGTERM and SIGINT: the pod is to end.

use std::{future::Future, io, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Tells whether the program was asked to stop. Clones tell the same.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Starts to listen. From here on neither signal ends the program by itself.
    pub fn listen() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => tracing::info!("SIGTERM: the suite is stopped"),
                _ = interrupt.recv() => tracing::info!("SIGINT: the suite is stopped"),
            }
            sender.send_replace(true);
        });
        Ok(Self(receiver))
    }

    /// True once a signal came.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits for a signal.
    pub async fn requested(&self) {
        if self.0.clone().wait_for(|stop| *stop).await.is_err() {
            // The listener is gone without a signal: none will ever be told.
            std::future::pending::<()>().await;
        }
    }

    /// Waits for `work`, but once a signal came not longer than `rest`.
    pub async fn within<T>(&self, rest: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = async { self.requested().await; tokio::time::sleep(rest).await } => None,
        }
    }
}
