//! Where the state is served: a port, or a socket in the file system.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr};

/// Where the state is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `HOST:PORT`, IPv6 addresses in brackets.
    Tcp(String),
    /// An absolute path.
    Unix(PathBuf),
}

/// A text that names no place to serve at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be HOST:PORT, such as 127.0.0.1:12090, or unix:///PATH")]
pub struct BadAddress;

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        if let Some(path) = text.strip_prefix("unix://") {
            let path = PathBuf::from(path);
            return if path.is_absolute() && path.file_name().is_some() {
                Ok(Self::Unix(path))
            } else {
                Err(BadAddress)
            };
        }
        let text = text.strip_prefix("tcp://").unwrap_or(text);
        if text.parse::<SocketAddr>().is_ok() {
            return Ok(Self::Tcp(text.to_owned()));
        }
        let (host, port) = text.rsplit_once(':').ok_or(BadAddress)?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        if host.is_empty() || !host.bytes().all(is_name) || port.parse::<u16>().is_err() {
            return Err(BadAddress);
        }
        Ok(Self::Tcp(text.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(text) => formatter.write_str(text),
            Self::Unix(path) => write!(formatter, "unix://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for text in [
            "127.0.0.1:12090",
            "[::1]:0",
            "localhost:80",
            "unix:///run/proxy.sock",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        assert_eq!(
            "tcp://10.0.0.1:1".parse(),
            Ok(Address::Tcp("10.0.0.1:1".to_owned()))
        );
        for text in [
            "",
            ":80",
            "host",
            "host:70000",
            "::1:80",
            "unix://",
            "unix:///",
            "unix://a",
            "a/b:1",
            "a b:1",
        ] {
            assert_eq!(text.parse::<Address>(), Err(BadAddress), "{text}");
        }
    }
}
