//! S3, spoken to through the same stack as the API server: one TLS, one crypto provider.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use async_trait::async_trait;
use http::Uri;
use http_body_util::{BodyExt, Full, Limited};
use kube::{Client, Config, client::Body};
use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
        HttpService,
    },
};

use super::storage::Settings;
use crate::authorities::certificates;

/// How long a connection may take, and how long a server may be silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of an answer.
const MOST: usize = 18 << 20;

/// A bucket. Who the operator is there is said by the usual variables: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or those of a
/// web identity; on a machine of AWS's by the machine.
pub fn open(bucket: &str, settings: &Settings) -> anyhow::Result<AmazonS3> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_http_connector(Stack {
            authorities: settings.authorities.as_deref().map(certificates).transpose()?,
        })
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 2,
            retry_timeout: Duration::from_secs(15),
        });
    if let Some(region) = &settings.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &settings.endpoint {
        builder = builder
            .with_endpoint(endpoint.trim_end_matches('/'))
            .with_allow_http(endpoint.starts_with("http://"));
    }
    builder.build().context("cannot use the bucket")
}

#[derive(Debug)]
struct Stack {
    authorities: Option<Vec<Vec<u8>>>,
}

impl HttpConnector for Stack {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Hosts {
            authorities: self.authorities.clone(),
            clients: Arc::default(),
        }))
    }
}

/// A client for each host that was spoken to: the bucket's, and perhaps one that gives credentials.
struct Hosts {
    authorities: Option<Vec<Vec<u8>>>,
    clients: Arc<Mutex<BTreeMap<String, Client>>>,
}

impl std::fmt::Debug for Hosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hosts")
    }
}

impl Hosts {
    fn client(&self, uri: &Uri) -> Result<Client, Box<dyn Error + Send + Sync>> {
        let host = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or("https"),
            uri.authority().map_or("", |authority| authority.as_str())
        );
        // What a thread that broke left behind is whole: clients are only added.
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&host) {
            return Ok(client.clone());
        }
        let mut config = Config::new(format!("{host}/").parse()?);
        config.connect_timeout = Some(PATIENCE);
        config.read_timeout = Some(PATIENCE);
        config.write_timeout = Some(PATIENCE);
        // Who asks tries again himself.
        config.default_retry = false;
        config.root_cert.clone_from(&self.authorities);
        if uri.scheme_str() == Some("http") {
            // Else the system's certificates are asked for, and an image may have none.
            config.root_cert = Some(Vec::new());
        }
        let client = Client::try_from(config)?;
        clients.insert(host, client.clone());
        Ok(client)
    }
}

#[async_trait]
impl HttpService for Hosts {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let client = self
            .client(request.uri())
            .map_err(|error| HttpError::new_boxed(HttpErrorKind::Unknown, error))?;
        let (parts, body) = request.into_parts();
        let request = http::Request::from_parts(parts, Body::from(body.collect().await?.to_bytes()));
        let response = client
            .send(request)
            .await
            .map_err(|error| HttpError::new(HttpErrorKind::Connect, error))?;
        let (parts, body) = response.into_parts();
        let bytes = Limited::new(body, MOST)
            .collect()
            .await
            .map_err(|error| HttpError::new_boxed(HttpErrorKind::Interrupted, error))?
            .to_bytes();
        let body = Full::new(bytes).map_err(|never| match never {});
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
    }
}
