//! The small files that say which versions took part.

use std::io::Read;

use serde::Deserialize;

use crate::text;

/// Longest file that is read for a version.
const BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
struct Server {
    #[serde(rename = "gitVersion")]
    version: Option<String>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(rename = "Version")]
    version: Option<String>,
}

/// The version of the API server, from what it answers itself.
pub(super) fn server(input: impl Read) -> Option<String> {
    parse(input, |server: Server| server.version)
}

/// The version of sonobuoy, from its configuration.
pub(super) fn tool(input: impl Read) -> Option<String> {
    parse(input, |config: Config| config.version)
}

fn parse<T: for<'de> Deserialize<'de>>(input: impl Read, version: fn(T) -> Option<String>) -> Option<String> {
    let mut bytes = Vec::new();
    input.take(BYTES).read_to_end(&mut bytes).ok()?;
    let version = version(serde_json::from_slice(&bytes).ok()?)?;
    let version = text::printable(text::truncated(&version, 128)).into_owned();
    (!version.is_empty()).then_some(version)
}
