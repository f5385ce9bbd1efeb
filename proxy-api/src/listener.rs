//! A socket to serve at.

use std::io;

use tokio::net::TcpListener;

use crate::address::Address;

/// Why the state is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is not this machine's own business, and nothing protects what is sent.
    #[error(
        "{0} can be reached from other machines, and nothing would protect the connection: give a certificate, listen on \
         127.0.0.1 or unix:///PATH, or say --insecure"
    )]
    Exposed(String),
    /// Nothing can listen there.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate or its key is of no use, or the server broke down.
    #[error("cannot serve: {0}")]
    Transport(String),
}

/// A socket that clients can come to.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: Socket,
    address: Address,
}

#[derive(Debug)]
pub(crate) enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(unix::Socket),
}

impl Listener {
    /// Listens. Addresses that other machines can reach are refused unless they are `allowed`.
    pub async fn bind(address: &Address, allowed: bool) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Listen {
            address: address.to_string(),
            source,
        };
        match address {
            Address::Tcp(text) => {
                let found = tokio::net::lookup_host(text).await.map_err(failed)?;
                let found: Vec<_> = found.collect();
                if !allowed && !found.iter().all(|address| address.ip().is_loopback()) {
                    return Err(ServeError::Exposed(text.clone()));
                }
                let listener = TcpListener::bind(found.as_slice()).await.map_err(failed)?;
                let address = Address::Tcp(listener.local_addr().map_err(failed)?.to_string());
                Ok(Self {
                    socket: Socket::Tcp(listener),
                    address,
                })
            }
            #[cfg(unix)]
            Address::Unix(path) => Ok(Self {
                socket: Socket::Unix(unix::Socket::bind(path).await.map_err(failed)?),
                address: address.clone(),
            }),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(failed(io::ErrorKind::Unsupported.into())),
        }
    }

    /// Where it listens: with the port that the system chose if it was asked for port 0.
    pub const fn address(&self) -> &Address {
        &self.address
    }
}

#[cfg(unix)]
pub(crate) mod unix {
    //! A socket in the file system, which goes when the server does.

    use std::{
        fs, io,
        os::unix::fs::FileTypeExt,
        path::{Path, PathBuf},
    };

    use futures::Stream;
    use tokio::net::{UnixListener, UnixStream};
    use tokio_stream::wrappers::UnixListenerStream;

    #[derive(Debug)]
    pub(crate) struct Socket {
        listener: UnixListener,
        file: File,
    }

    /// Removes the socket's file when the server ends.
    #[derive(Debug)]
    struct File(PathBuf);

    impl Drop for File {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    impl Socket {
        /// Listens at a path, for this user alone. A socket that a dead server left there is replaced; anything else is not.
        pub(crate) async fn bind(path: &Path) -> io::Result<Self> {
            let is_socket = fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
            if is_socket && UnixStream::connect(path).await.is_err() {
                fs::remove_file(path)?;
            }
            let listener = UnixListener::bind(path)?;
            let file = File(path.to_owned());
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            Ok(Self { listener, file })
        }

        pub(crate) fn incoming(self) -> impl Stream<Item = io::Result<UnixStream>> {
            let Self { listener, file } = self;
            let mut stream = UnixListenerStream::new(listener);
            futures::stream::poll_fn(move |context| {
                let _ = &file;
                std::pin::Pin::new(&mut stream).poll_next(context)
            })
        }
    }
}
