//! SCTP, where the kernel has it: sockets that are used like those of TCP.

use std::{
    io,
    net::{SocketAddr, TcpListener as StdListener, TcpStream as StdStream},
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

/// SCTP's number among the protocols over IP.
const SCTP: i32 = 132;
/// Connections that may wait to be taken.
const BACKLOG: i32 = 128;
/// What is said where the kernel knows nothing of it.
pub const MISSING: &str = "the kernel has no SCTP";

fn socket(address: SocketAddr) -> io::Result<Socket> {
    let made = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::from(SCTP)),
    );
    let socket = made.map_err(in_words)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// A kernel without the protocol, or without its module, says that it does not support it: EPROTONOSUPPORT, or
/// ESOCKTNOSUPPORT. Anything else that goes wrong stays what it is.
fn in_words(error: io::Error) -> io::Error {
    const EPROTONOSUPPORT: i32 = 93;
    const ESOCKTNOSUPPORT: i32 = 94;
    match error.raw_os_error() {
        Some(EPROTONOSUPPORT | ESOCKTNOSUPPORT) => io::Error::new(io::ErrorKind::Unsupported, MISSING),
        _ => error,
    }
}

/// Listens. An error of kind Unsupported if the kernel has no SCTP.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address)?;
    if address.is_ipv6() {
        // So that one of IPv4 may have the same port.
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(StdListener::from(socket))
}

/// Connects. An error of kind Unsupported if the kernel has no SCTP.
pub async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    const EINPROGRESS: i32 = 115;
    let socket = socket(address)?;
    if let Err(error) = socket.connect(&address.into())
        && error.raw_os_error() != Some(EINPROGRESS)
    {
        return Err(error);
    }
    let stream = TcpStream::from_std(StdStream::from(socket))?;
    stream.writable().await?;
    match stream.take_error()? {
        None => Ok(stream),
        Some(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::no_protocol(93, io::ErrorKind::Unsupported, MISSING)]
    #[case::no_module(94, io::ErrorKind::Unsupported, MISSING)]
    #[case::not_allowed(13, io::ErrorKind::PermissionDenied, "Permission denied (os error 13)")]
    fn a_kernel_without_it_is_told_from_other_trouble(
        #[case] code: i32,
        #[case] kind: io::ErrorKind,
        #[case] words: &str,
    ) {
        let error = in_words(io::Error::from_raw_os_error(code));
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, words));
    }

    /// Whatever this kernel has: either both sides work, or both say that it has none.
    #[tokio::test]
    async fn both_sides_agree_on_the_kernel() {
        let any = "127.0.0.1:0".parse().unwrap();
        match listen(any) {
            Ok(listener) => {
                connect(listener.local_addr().unwrap()).await.unwrap();
            }
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::Unsupported, "{error}");
                let refused = connect("127.0.0.1:9".parse().unwrap()).await.unwrap_err();
                assert_eq!(refused.to_string(), MISSING);
            }
        }
    }
}
