//! What an agent is told to do, and what came of it.

use std::{collections::BTreeMap, net::SocketAddr};

use serde::{Deserialize, Serialize};

/// Most connections of one order.
pub const MAX_COUNT: u32 = 256;
/// Longest line of either side, in bytes.
pub const MAX_LINE: usize = 64 << 10;
/// Longest answer of a peer that is looked at, in bytes.
pub const MAX_ANSWER: usize = 8192;
/// Most different answers and errors that are told.
pub const MAX_KINDS: usize = 64;

/// The answer to a lookup of a name that has no address.
pub const NO_ADDRESS: &str = "no address";

/// What to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Comes back with the answer.
    pub id: u64,
    /// Address and port.
    pub to: SocketAddr,
    /// How.
    pub transport: Transport,
    /// How often, each time anew.
    pub count: u32,
    /// How long each may take.
    pub timeout_milliseconds: u32,
    /// The path to ask for over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The name to look up, such as `shop.market.svc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// How to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Transport {
    /// HTTP over TCP.
    Tcp,
    /// A datagram there and one back.
    Udp,
    /// HTTP over SCTP.
    Sctp,
    /// No connection: the order's name is looked up with the pod's own resolver, for addresses of the family of `to`.
    Lookup,
}

/// What came of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    /// The order's.
    pub id: u64,
    /// What answered, as `ip:port` of the agent that did, and how often; of a lookup the addresses, or [`NO_ADDRESS`].
    #[serde(default)]
    pub answered: BTreeMap<String, u32>,
    /// From which addresses the answering agents saw the connections come.
    #[serde(default)]
    pub seen_from: BTreeMap<String, u32>,
    /// Status codes of answers over HTTP that are not an agent's.
    #[serde(default)]
    pub codes: BTreeMap<u16, u32>,
    /// The last such answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How often the connection was refused.
    #[serde(default)]
    pub refused: u32,
    /// How often nothing came back in time.
    #[serde(default)]
    pub silent: u32,
    /// Everything else that went wrong, in words, and how often.
    #[serde(default)]
    pub failed: BTreeMap<String, u32>,
}

/// The line that an agent answers with: who it is, and whom it sees.
pub fn answer(own: &str, peer: SocketAddr) -> String {
    format!("conform-agent {own} {}", peer.ip())
}

/// Reads such a line: the agent's `ip:port`, and the address that it saw.
pub fn read_answer(line: &str) -> Option<(&str, &str)> {
    let mut words = line.trim().strip_prefix("conform-agent ")?.split(' ');
    Some((words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_is_read_as_it_is_written() {
        let line = answer("10.0.0.1:8080", "10.0.0.2:4000".parse().unwrap());
        assert_eq!(read_answer(&line), Some(("10.0.0.1:8080", "10.0.0.2")));
        assert_eq!(read_answer("404 page not found"), None);
    }

    proptest! {
        #[test]
        fn no_line_breaks_the_reader(line in ".{0,100}") {
            let _ = read_answer(&line);
            let _ = serde_json::from_str::<Made>(&line);
        }
    }
}
