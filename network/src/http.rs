//! The least of HTTP that asking a node or a pod needs: one GET to one address, with a bound on time and size.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub code: u16,
    /// The body, as far as it was read.
    pub body: String,
}

/// Asks `address` for `path` and reads at most `limit` bytes of the answer.
pub async fn get(address: SocketAddr, path: &str, patience: Duration, limit: usize) -> io::Result<Answer> {
    get_over(TcpStream::connect(address), address, path, patience, limit).await
}

/// The same over a connection that is made somehow; making it counts against `patience` too.
pub async fn get_over<S: AsyncRead + AsyncWrite + Unpin>(
    connected: impl Future<Output = io::Result<S>>,
    address: SocketAddr,
    path: &str,
    patience: Duration,
    limit: usize,
) -> io::Result<Answer> {
    let talk = async {
        let mut stream = connected.await?;
        // HTTP/1.0: the body ends with the connection, and is not sent in chunks.
        let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        stream.take(limit).read_to_end(&mut answer).await?;
        parse(&answer)
    };
    timeout(patience, talk)
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

fn parse(answer: &[u8]) -> io::Result<Answer> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(no_http)?;
    let mut words = head.split(' ');
    let is_http = words.next().is_some_and(|word| word.starts_with("HTTP/1."));
    let code = words
        .next()
        .and_then(|code| code.get(..3))
        .and_then(|code| code.parse().ok());
    match code {
        Some(code) if is_http => Ok(Answer {
            code,
            body: body.to_owned(),
        }),
        _ => Err(no_http()),
    }
}

fn no_http() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_an_answer() {
        let answer = parse(b"HTTP/1.0 503 Service Unavailable\r\nA: b\r\n\r\n{}").unwrap();
        assert_eq!((answer.code, answer.body.as_str()), (503, "{}"));
        assert!(parse(b"SSH-2.0\r\n\r\n").is_err());
        assert!(parse(b"HTTP/1.1 200").is_err());
    }

    proptest! {
        #[test]
        fn nothing_that_answers_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
