//! Sends events to a receiver, one after the other.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, ensure};
use http::{Method, Request, StatusCode, Uri, header};
use jiff::Timestamp;
use kube::{Client, Config, client::Body};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

use super::{
    event::{CONTENT_TYPE, Event},
    sign::signature,
    trust::{self, System},
};
use crate::metrics::NotificationMetrics;

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often an event is tried.
const TRIES: u32 = 6;
/// The header of the signature.
const SIGNATURE: &str = "x-conform-signature";

/// Somebody who wants to be told.
pub struct Receiver {
    /// None if its certificate can be checked by nobody.
    client: Option<Client>,
    path: Uri,
    secret: Option<PathBuf>,
    metrics: NotificationMetrics,
    /// How long to wait before the second try; twice as long before each further one.
    pub(super) pause: Duration,
}

/// Why an event was not taken.
enum Refusal {
    /// Another try may help.
    Now(String),
    /// The receiver does not want it.
    Forever(StatusCode),
}

impl Receiver {
    /// A receiver at an `http` or `https` address. `authorities` is a file of certificates, in PEM, that are trusted
    /// instead of those of the system; if there are none of either, an `https` address is told nothing. What is sent is signed
    /// with what is in the file `secret`, which is read each time.
    pub fn new(
        address: &str,
        authorities: Option<PathBuf>,
        secret: Option<PathBuf>,
        metrics: NotificationMetrics,
    ) -> anyhow::Result<Self> {
        Self::trusting(address, authorities, secret, metrics, |config| {
            Client::try_from(config)
        })
    }

    /// The same in a system of which it is said whom it trusts.
    pub(super) fn trusting(
        address: &str,
        authorities: Option<PathBuf>,
        secret: Option<PathBuf>,
        metrics: NotificationMetrics,
        system: System,
    ) -> anyhow::Result<Self> {
        let uri: Uri = address
            .parse()
            .with_context(|| format!("{address:?} is no address"))?;
        ensure!(
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some(),
            "{address:?} is no address of a webhook: write it like https://hooks.example.com/conform"
        );
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
        let mut base = uri.into_parts();
        base.path_and_query = Some("/".parse()?);
        let mut config = Config::new(Uri::from_parts(base)?);
        config.connect_timeout = Some(PATIENCE);
        config.read_timeout = Some(PATIENCE);
        config.write_timeout = Some(PATIENCE);
        Ok(Self {
            client: trust::client(config, authorities, system)?,
            path,
            secret,
            metrics,
            pause: Duration::from_secs(1),
        })
    }

    /// Delivers what comes until nobody sends any more.
    pub async fn deliver(self, mut events: mpsc::Receiver<Event>) {
        while let Some(event) = events.recv().await {
            let result = self.with_patience(&event).await;
            self.metrics.count(result);
        }
    }

    async fn with_patience(&self, event: &Event) -> &'static str {
        let Some(client) = &self.client else {
            return "dropped";
        };
        for attempt in 0..TRIES {
            if attempt > 0 {
                sleep(self.pause * 2_u32.pow(attempt - 1)).await;
            }
            match self.send(client, event).await {
                Ok(()) => return "delivered",
                Err(Refusal::Forever(status)) => {
                    tracing::warn!(id = event.id, %status, "the receiver refuses an event");
                    return "refused";
                }
                Err(Refusal::Now(why)) => {
                    tracing::warn!(id = event.id, why, "an event was not delivered yet");
                }
            }
        }
        tracing::warn!(id = event.id, "an event is given up");
        "dropped"
    }

    async fn send(&self, client: &Client, event: &Event) -> Result<(), Refusal> {
        let request = self
            .request(event)
            .map_err(|error| Refusal::Now(format!("{error:#}")))?;
        let sent = timeout(PATIENCE, client.send(request)).await;
        let response = sent
            .map_err(|_| Refusal::Now("there is no answer".to_owned()))?
            .map_err(|error| Refusal::Now(error.to_string()))?;
        let status = response.status();
        if status.is_success() {
            Ok(())
        } else if status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
            )
        {
            Err(Refusal::Now(status.to_string()))
        } else {
            Err(Refusal::Forever(status))
        }
    }

    fn request(&self, event: &Event) -> anyhow::Result<Request<Body>> {
        let body = serde_json::to_vec(event)?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.path.clone())
            .header(header::CONTENT_TYPE, CONTENT_TYPE);
        if let Some(file) = &self.secret {
            // What is to be signed is not sent without a signature.
            let secret =
                std::fs::read(file).with_context(|| format!("cannot read the secret {}", file.display()))?;
            let secret = secret.trim_ascii();
            ensure!(!secret.is_empty(), "the secret {} is empty", file.display());
            let now = Timestamp::now().as_second();
            request = request.header(SIGNATURE, signature(secret, now, &body));
        }
        Ok(request.body(Body::from(body))?)
    }
}
