//! A hub on a socket.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::Stream;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Response, Status,
    transport::{Certificate, Identity, Server, ServerTlsConfig},
};

use crate::{
    feed::Position,
    follower::Follower,
    hub::{Denied, Hub},
    listener::{Listener, ServeError, Socket},
    v1alpha1::{
        WatchRequest, WatchResponse,
        node_state_server::{NodeState, NodeStateServer},
    },
};

/// Steps that are ready to be sent to one client, besides the batch that they are of.
const QUEUE: usize = 16;
/// A request is a name and two numbers.
const MAX_REQUEST: usize = 4 << 10;
/// Streams of one connection.
const MAX_STREAMS: u32 = 64;
/// How often a silent connection is asked whether it is still there, and how long that may take.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How long streams have to end when the server does.
const GRACE: Duration = Duration::from_secs(3);

/// What proves who the server is, and perhaps who clients are. All of it is PEM.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The server's certificate, with those between it and its authority.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: Vec<u8>,
    /// The authority of clients; without it everybody is served.
    pub client_authority: Option<Vec<u8>>,
}

/// Serves until `end` is over; then every stream ends.
pub async fn serve(
    listener: Listener,
    tls: Option<&Tls>,
    hub: Arc<Hub>,
    end: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let broken = |error: tonic::transport::Error| ServeError::Transport(spoken(&error));
    let mut server = Server::builder()
        .http2_keepalive_interval(Some(KEEP_ALIVE))
        .http2_keepalive_timeout(Some(KEEP_ALIVE))
        .max_concurrent_streams(MAX_STREAMS)
        .tcp_nodelay(true);
    if let Some(tls) = tls {
        let mut config = ServerTlsConfig::new().identity(Identity::from_pem(&tls.certificate, &tls.key));
        if let Some(authority) = &tls.client_authority {
            config = config.client_ca_root(Certificate::from_pem(authority));
        }
        server = server.tls_config(config).map_err(broken)?;
    }
    let service = NodeStateServer::new(Service(Arc::clone(&hub))).max_decoding_message_size(MAX_REQUEST);
    let router = server.add_service(service);
    let (ended, last) = oneshot::channel();
    let closing = async {
        end.await;
        hub.close();
        let _ = ended.send(());
    };
    let limit = async {
        match last.await {
            Ok(()) => tokio::time::sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    let serving = async {
        match listener.socket {
            Socket::Tcp(listener) => {
                let incoming = TcpListenerStream::new(listener);
                router.serve_with_incoming_shutdown(incoming, closing).await
            }
            #[cfg(unix)]
            Socket::Unix(socket) => {
                let incoming = socket.incoming();
                router.serve_with_incoming_shutdown(incoming, closing).await
            }
        }
    };
    tokio::select! {
        done = serving => done.map_err(broken),
        // A client that does not let go is left behind.
        () = limit => Ok(()),
    }
}

/// What an error says, with its causes.
pub(crate) fn spoken(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

#[derive(Debug)]
struct Service(Arc<Hub>);

impl From<Denied> for Status {
    fn from(denied: Denied) -> Self {
        let text = denied.to_string();
        match denied {
            Denied::NoNode | Denied::BadNode(_) => Self::invalid_argument(text),
            Denied::OtherNode(_) => Self::failed_precondition(text),
            Denied::Full(_) => Self::resource_exhausted(text),
            Denied::Closing => Self::unavailable(text),
        }
    }
}

#[tonic::async_trait]
impl NodeState for Service {
    type WatchStream = Outgoing;

    async fn watch(&self, request: Request<WatchRequest>) -> Result<Response<Outgoing>, Status> {
        let WatchRequest {
            node,
            instance_id,
            revision,
        } = request.into_inner();
        let position = (instance_id != 0).then_some(Position {
            instance: instance_id,
            revision,
        });
        let mut follower = self.0.admit(&node, position)?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (last, end) = oneshot::channel();
        let outgoing = Outgoing {
            steps: receiver,
            end: Some(end),
            _place: follower.take_place(),
        };
        let patience = self.0.limits().patience;
        tokio::spawn(async move {
            if let Some(status) = pump(follower, &sender, patience).await {
                let _ = last.send(status);
            }
        });
        Ok(Response::new(outgoing))
    }
}

/// Sends a client what it needs, until it is gone or does not read any more.
async fn pump(
    mut follower: Follower,
    sender: &mpsc::Sender<WatchResponse>,
    patience: Duration,
) -> Option<Status> {
    loop {
        let batch = tokio::select! {
            batch = follower.next() => match batch {
                Ok(batch) => batch,
                Err(denied) => return Some(denied.into()),
            },
            () = sender.closed() => return None,
        };
        for step in &batch.steps {
            match tokio::time::timeout(patience, sender.reserve()).await {
                Ok(Ok(permit)) => permit.send(step.into()),
                Ok(Err(_)) => return None,
                Err(_) => {
                    let seconds = patience.as_secs();
                    return Some(Status::aborted(format!(
                        "nothing was read for {seconds}s: come back with the position of your last Sync"
                    )));
                }
            }
        }
    }
}

/// What one client is sent. It holds the client's place until the client is gone, whether it reads or not.
#[derive(Debug)]
pub struct Outgoing {
    steps: mpsc::Receiver<WatchResponse>,
    end: Option<oneshot::Receiver<Status>>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Stream for Outgoing {
    type Item = Result<WatchResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(step) = std::task::ready!(self.steps.poll_recv(context)) {
            return Poll::Ready(Some(Ok(step)));
        }
        let Some(end) = &mut self.end else {
            return Poll::Ready(None);
        };
        let status = std::task::ready!(Pin::new(end).poll(context));
        self.end = None;
        Poll::Ready(status.ok().map(Err))
    }
}

#[cfg(test)]
mod tests {
    use conform_service_proxy::object::{Kind, Object};
    use futures::StreamExt;

    use super::*;
    use crate::{Limits, Rules};

    fn cluster(port: u16) -> Vec<Object> {
        let services = (0..100).map(|at| {
            let value = serde_json::json!({
                "metadata": {"name": format!("web-{at}")},
                "spec": {"clusterIP": format!("172.30.0.{at}"), "ports": [{"port": port}]},
            });
            Object::read(Kind::Service, value).unwrap()
        });
        services.collect()
    }

    async fn follow(hub: &Arc<Hub>) -> Outgoing {
        let request = WatchRequest {
            node: "node-a".to_owned(),
            ..WatchRequest::default()
        };
        let service = Service(Arc::clone(hub));
        service.watch(Request::new(request)).await.unwrap().into_inner()
    }

    /// The clock stands still but for what is waited for, so that nothing here takes time.
    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_is_dropped() {
        let limits = Limits {
            clients: 1,
            ..Limits::default()
        };
        let hub = Hub::new(Rules::default(), None, limits);
        hub.replace(&cluster(80));
        let outgoing = follow(&hub).await;
        tokio::time::sleep(limits.patience / 2).await;
        assert_eq!(hub.followers(), 1);
        for port in 81..200 {
            hub.change(&cluster(port), &[]);
        }
        tokio::time::sleep(limits.patience).await;
        // The batch that it did not take is gone, and it is told of no change any more. Its place is not free: as long as it
        // holds the connection, it costs that.
        assert_eq!(hub.followers(), 0);
        assert!(hub.admit("node-a", None).is_err());
        let left: Vec<_> = outgoing.collect().await;
        assert_eq!(left.len(), QUEUE + 1);
        assert_eq!(
            left.last().unwrap().as_ref().unwrap_err().code(),
            tonic::Code::Aborted
        );
        assert!(hub.admit("node-a", None).is_ok());
    }

    /// Whoever reads slowly gets one batch for many changes.
    #[tokio::test(start_paused = true)]
    async fn who_reads_slowly_is_sent_what_is_left() {
        let hub = Hub::new(Rules::default(), None, Limits::default());
        hub.replace(&cluster(80));
        let mut outgoing = follow(&hub).await;
        let mut replica = crate::Replica::default();
        let mut revisions = Vec::new();
        for port in 81..=83 {
            let step = outgoing.next().await.unwrap().unwrap();
            assert_eq!(replica.take(step), Ok(None));
            hub.change(&cluster(port), &[]);
        }
        while revisions.last() != Some(&4) {
            let step = outgoing.next().await.unwrap().unwrap();
            if let Some(update) = replica.take(step).unwrap() {
                revisions.push(update.position.revision);
                assert!(update.changes.len() >= 100);
            }
        }
        assert_eq!(revisions, [1, 4]);
    }
}
