//! Server and client over real sockets.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

#[path = "../../service-proxy/tests/world/mod.rs"]
mod world;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use conform_proxy_api::{
    Address, Change, Client, Event, Hub, Limits, Listener, Refused, Rules, ServeError, Server, Tls, Update,
    Value, serve,
};
use conform_service_proxy::object::Object;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::{JoinHandle, JoinSet},
};

/// Longer than anything here takes on a machine that is busy; so that a fault does not hang.
const LIMIT: Duration = Duration::from_mins(1);

/// A server that ends with the test.
struct Running {
    address: Address,
    hub: Arc<Hub>,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    async fn start(address: &str, tls: Option<Tls>, endpoints: &[&str]) -> Self {
        let listener = Listener::bind(&address.parse().unwrap(), false).await.unwrap();
        let hub = Hub::new(Rules::default(), None, Limits::default());
        hub.replace(&cluster(endpoints));
        let (end, ended) = oneshot::channel();
        let address = listener.address().clone();
        let served = Arc::clone(&hub);
        let task = tokio::spawn(async move {
            let end = async { drop(ended.await) };
            serve(listener, tls.as_ref(), served, end).await
        });
        Self {
            address,
            hub,
            end: Some(end),
            task,
        }
    }

    async fn stop(mut self) {
        self.end.take().unwrap().send(()).unwrap();
        timely(self.task).await.unwrap().unwrap();
    }

    fn port(&self) -> SocketAddr {
        self.address.to_string().parse().unwrap()
    }
}

async fn timely<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, future).await.expect("it hangs")
}

fn cluster(endpoints: &[&str]) -> Vec<Object> {
    let endpoints = endpoints.iter().map(|ip| world::endpoint(ip, "node-a"));
    [
        world::service(),
        world::slice(endpoints.collect()),
        world::node("node-a", "a", "192.168.0.2"),
    ]
    .map(world::read)
    .to_vec()
}

fn client(address: &Address, node: &str) -> Client {
    let server = Server {
        address: address.clone(),
        authority: None,
        identity: None,
    };
    Client::new(&server, node).unwrap()
}

/// The next update, over as many lost connections as it takes.
async fn update(client: &mut Client) -> Update {
    timely(async {
        loop {
            if let Event::Update(update) = client.next().await.unwrap() {
                return update;
            }
        }
    })
    .await
}

fn endpoints(client: &Client) -> Vec<String> {
    let items = client.replica().items().values();
    let ports = items.filter_map(|value| match value {
        Value::ServicePort(port) => Some(port),
        _ => None,
    });
    let endpoints = ports.flat_map(|port| &port.endpoints);
    endpoints
        .map(|endpoint| format!("{}:{}", endpoint.ip, endpoint.port))
        .collect()
}

#[tokio::test]
async fn the_state_and_each_change() {
    let server = Running::start("127.0.0.1:0", None, &["10.1.0.1"]).await;
    let mut client = client(&server.address, "node-a");
    let first = update(&mut client).await;
    assert!(first.reset);
    assert_eq!((first.position.revision, first.changes.len()), (1, 2));
    assert_eq!(endpoints(&client), ["10.1.0.1:8080"]);

    server.hub.change(&cluster(&["10.1.0.1", "10.1.0.2"])[1..2], &[]);
    let second = update(&mut client).await;
    assert!(!second.reset);
    assert!(matches!(
        second.changes.as_slice(),
        [(_, Change::Updated(Value::ServicePort(_)))]
    ));
    assert_eq!(endpoints(&client), ["10.1.0.1:8080", "10.1.0.2:8080"]);

    let service = cluster(&[])[0].name();
    server.hub.change(&[], &[service]);
    let third = update(&mut client).await;
    assert!(matches!(third.changes.as_slice(), [(_, Change::Deleted(_))]));
    server.stop().await;
}

/// Passes bytes on to a server until it is cut.
struct Wire {
    address: Address,
    listener: Arc<TcpListener>,
    pipes: JoinSet<()>,
}

impl Wire {
    async fn to(server: SocketAddr) -> Self {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let mut wire = Self {
            address: listener.local_addr().unwrap().to_string().parse().unwrap(),
            listener,
            pipes: JoinSet::new(),
        };
        wire.connect(server);
        wire
    }

    fn connect(&mut self, server: SocketAddr) {
        let listener = Arc::clone(&self.listener);
        self.pipes.spawn(async move {
            let mut pipes = JoinSet::new();
            while let Ok((mut from, _)) = listener.accept().await {
                pipes.spawn(async move {
                    if let Ok(mut to) = TcpStream::connect(server).await {
                        let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                    }
                });
            }
        });
    }

    async fn cut(&mut self) {
        self.pipes.shutdown().await;
    }
}

#[tokio::test]
async fn a_lost_connection_costs_what_was_missed() {
    let server = Running::start("127.0.0.1:0", None, &["10.1.0.1"]).await;
    let mut wire = Wire::to(server.port()).await;
    let mut client = client(&wire.address, "node-a");
    update(&mut client).await;
    wire.cut().await;
    let event = timely(client.next()).await.unwrap();
    assert!(matches!(event, Event::Lost { .. }), "{event:?}");
    server.hub.change(&cluster(&["10.1.0.9"])[1..2], &[]);
    wire.connect(server.port());
    let missed = update(&mut client).await;
    assert!(!missed.reset);
    assert_eq!(missed.changes.len(), 1);
    assert_eq!(endpoints(&client), ["10.1.0.9:8080"]);

    // Another server knows nothing of the position. It sends everything, and the client sees what differs.
    wire.cut().await;
    let other = Running::start("127.0.0.1:0", None, &["10.1.0.9", "10.1.0.7"]).await;
    wire.connect(other.port());
    let anew = update(&mut client).await;
    assert!(anew.reset);
    assert_eq!(anew.changes.len(), 1);
    assert_eq!(endpoints(&client), ["10.1.0.7:8080", "10.1.0.9:8080"]);
}

#[tokio::test]
async fn who_asks_for_nothing_that_is_served_is_told_so() {
    let server = Running::start("127.0.0.1:0", None, &[]).await;
    for (node, expected) in [("", "name a node"), ("No Node", "cannot be the name of a node")] {
        let refused = timely(client(&server.address, node).next()).await.unwrap_err();
        assert!(matches!(refused, Refused::Answer { .. }));
        assert!(refused.to_string().contains(expected), "{refused}");
    }
}

#[tokio::test]
async fn other_machines_are_not_served_by_accident() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let refused = Listener::bind(&address.parse().unwrap(), false)
            .await
            .unwrap_err();
        assert!(matches!(refused, ServeError::Exposed(_)), "{refused}");
    }
    assert!(Listener::bind(&"0.0.0.0:0".parse().unwrap(), true).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_in_the_file_system() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("proxy.sock");
    let address = format!("unix://{}", path.display());
    // What a dead server left behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let server = Running::start(&address, None, &["10.1.0.1"]).await;
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut client = client(&server.address, "node-a");
    update(&mut client).await;
    assert_eq!(endpoints(&client), ["10.1.0.1:8080"]);
    // One that lives is left alone.
    let taken = Listener::bind(&address.parse().unwrap(), false)
        .await
        .unwrap_err();
    assert!(matches!(taken, ServeError::Listen { .. }), "{taken}");
    server.stop().await;
    assert!(!path.exists());
}

/// A certificate for localhost, and its key.
fn certificate() -> (Vec<u8>, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = made.signing_key.serialize_pem();
    (made.cert.pem().into_bytes(), key.into_bytes())
}

#[tokio::test]
async fn over_tls() {
    let (certificate_of_server, key) = certificate();
    let mine = certificate();
    for client_authority in [None, Some(mine.0.clone())] {
        let asks = client_authority.is_some();
        let tls = Tls {
            certificate: certificate_of_server.clone(),
            key: key.clone(),
            client_authority,
        };
        let running = Running::start("127.0.0.1:0", Some(tls), &["10.1.0.1"]).await;
        let address: Address = format!("localhost:{}", running.port().port()).parse().unwrap();
        let server = |authority, identity| Server {
            address: address.clone(),
            authority,
            identity,
        };
        let known = Some(certificate_of_server.clone());
        let mut trusting = Client::new(&server(known.clone(), Some(mine.clone())), "node-a").unwrap();
        update(&mut trusting).await;
        assert_eq!(endpoints(&trusting), ["10.1.0.1:8080"]);
        let mut strangers = vec![
            server(None, None),
            server(Some(certificate().0), Some(mine.clone())),
        ];
        if asks {
            strangers.extend([server(known.clone(), None), server(known, Some(certificate()))]);
        }
        for stranger in strangers {
            let event = timely(Client::new(&stranger, "node-a").unwrap().next())
                .await
                .unwrap();
            assert!(matches!(event, Event::Lost { .. }), "{event:?}");
        }
    }
}
