//! A client that follows a node's state over lost connections.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tonic::{
    Code, Status, Streaming,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity},
};

use crate::{
    address::Address,
    feed::Position,
    replica::{Replica, Update},
    server::spoken,
    v1alpha1::{WatchRequest, WatchResponse, node_state_client::NodeStateClient},
};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);
/// How often a silent server is asked whether it is still there, and how long that may take.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// The largest step: a service port with some millions of endpoints.
const MAX_STEP: usize = 64 << 20;
/// How long to wait before the first new attempt, and before each of many.
const DELAYS: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(10)];

/// Where the server is.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its address.
    pub address: Address,
    /// The authority of its certificate, as PEM; without it the connection is not encrypted.
    pub authority: Option<Vec<u8>>,
    /// The client's certificate and its key, as PEM, if the server asks who it is.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

/// Why a client gives up: trying again would not help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The address or the authority cannot be used.
    #[error("cannot connect to {address}: {cause}")]
    Unusable {
        /// The address.
        address: String,
        /// What is wrong.
        cause: String,
    },
    /// The server does not serve this.
    #[error("the server at {address} refuses: {cause}")]
    Answer {
        /// The address.
        address: String,
        /// What it said.
        cause: String,
    },
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The state has changed, or is there for the first time.
    Update(Update),
    /// The connection was lost, or did not come about. It is tried again by itself.
    Lost {
        /// Why.
        cause: String,
        /// When it is tried again.
        again_in: Duration,
    },
}

/// Follows one node's state.
#[derive(Debug)]
pub struct Client {
    address: String,
    endpoint: Endpoint,
    node: String,
    replica: Replica,
    stream: Option<Streaming<WatchResponse>>,
    delays: ExponentialBackoff,
    wait: Option<Duration>,
}

impl Client {
    /// A client for `node`, or for the one node that the server serves if it is empty. Nothing is connected yet.
    pub fn new(server: &Server, node: &str) -> Result<Self, Refused> {
        let address = server.address.to_string();
        let endpoint = endpoint(server).map_err(|error| Refused::Unusable {
            address: address.clone(),
            cause: spoken(&error),
        })?;
        Ok(Self {
            address,
            endpoint,
            node: node.to_owned(),
            replica: Replica::default(),
            stream: None,
            delays: delays(),
            wait: None,
        })
    }

    /// The state as of the last update.
    pub const fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Waits for the next event. What was told is in the [`Replica`] already.
    pub async fn next(&mut self) -> Result<Event, Refused> {
        if let Some(wait) = self.wait.take() {
            tokio::time::sleep(wait).await;
        }
        loop {
            match self.step().await {
                Ok(None) => {}
                Ok(Some(update)) => {
                    self.delays = delays();
                    return Ok(Event::Update(update));
                }
                Err(status) => return self.lost(&status),
            }
        }
    }

    async fn step(&mut self) -> Result<Option<Update>, Status> {
        let stream = if let Some(stream) = &mut self.stream {
            stream
        } else {
            let stream = follow(&self.endpoint, &self.node, self.replica.position()).await?;
            self.stream.insert(stream)
        };
        let response = stream.message().await?;
        let response = response.ok_or_else(|| Status::unavailable("the server ended the stream"))?;
        let taken = self.replica.take(response);
        taken.map_err(|violation| Status::data_loss(violation.to_string()))
    }

    fn lost(&mut self, status: &Status) -> Result<Event, Refused> {
        self.stream = None;
        self.replica.lost();
        let cause = match status.message() {
            "" => status.code().description().to_owned(),
            message => message.to_owned(),
        };
        let is_final = matches!(
            status.code(),
            Code::InvalidArgument
                | Code::FailedPrecondition
                | Code::Unimplemented
                | Code::Unauthenticated
                | Code::PermissionDenied
        );
        if is_final {
            return Err(Refused::Answer {
                address: self.address.clone(),
                cause: status.message().to_owned(),
            });
        }
        let [_, longest] = DELAYS;
        let again_in = self.delays.next().unwrap_or(longest);
        self.wait = Some(again_in);
        Ok(Event::Lost { cause, again_in })
    }
}

/// Opens one stream.
async fn follow(
    endpoint: &Endpoint,
    node: &str,
    position: Option<Position>,
) -> Result<Streaming<WatchResponse>, Status> {
    let channel: Channel = endpoint
        .connect()
        .await
        .map_err(|error| Status::unavailable(spoken(&error)))?;
    let mut client = NodeStateClient::new(channel).max_decoding_message_size(MAX_STEP);
    let request = WatchRequest {
        node: node.to_owned(),
        instance_id: position.map_or(0, |position| position.instance),
        revision: position.map_or(0, |position| position.revision),
    };
    Ok(client.watch(request).await?.into_inner())
}

fn delays() -> ExponentialBackoff {
    let [first, longest] = DELAYS;
    ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(longest)
        .without_max_times()
        .with_jitter()
        .build()
}

fn endpoint(server: &Server) -> Result<Endpoint, tonic::transport::Error> {
    let scheme = if server.authority.is_some() {
        "https"
    } else {
        "http"
    };
    let uri = match &server.address {
        Address::Tcp(text) => format!("{scheme}://{text}"),
        Address::Unix(path) => format!("unix://{}", path.display()),
    };
    let mut endpoint = Endpoint::from_shared(uri)?
        .connect_timeout(CONNECT)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    if let Some(authority) = &server.authority {
        let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
        if let Some((certificate, key)) = &server.identity {
            config = config.identity(Identity::from_pem(certificate, key));
        }
        endpoint = endpoint.tls_config(config)?;
    }
    Ok(endpoint)
}
