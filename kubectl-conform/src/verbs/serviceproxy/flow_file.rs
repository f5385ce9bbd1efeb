//! Flows: packets that somebody asks about.

use std::{net::IpAddr, path::Path};

use conform_service_proxy::{Family, Flow, object::Protocol, parse_ip};
use serde_json::Value;

use super::{inputs::unusable, state_file};
use crate::error::Error;

/// A flow and its name.
#[derive(Debug)]
pub struct NamedFlow {
    /// Its name, for the answer.
    pub name: String,
    /// The packet.
    pub flow: Flow,
}

/// The flows of a file: a list of `{name, sourceIP, destinationIP, port, protocol}`, or an object with the list `flows`.
pub fn read(path: &Path) -> Result<Vec<NamedFlow>, Error> {
    let mut flows = Vec::new();
    for mut value in state_file::documents(path)? {
        let list = match value.get_mut("flows") {
            Some(list) => list.take(),
            None => value,
        };
        let Value::Array(list) = list else {
            return Err(unusable(path, "it is no list of flows".to_owned()));
        };
        for item in &list {
            let at = flows.len();
            let flow = named(at, item).map_err(|problem| unusable(path, problem))?;
            flows.push(flow);
        }
    }
    Ok(flows)
}

fn named(at: usize, item: &Value) -> Result<NamedFlow, String> {
    let text = |key| item.get(key).and_then(Value::as_str);
    let name = match item.get("name") {
        None | Some(Value::Null) => at.to_string(),
        Some(Value::String(name)) => name.clone(),
        Some(other) => other.to_string(),
    };
    let spoken = format!("flow {at} ({name:?})");
    let port = item.get("port").unwrap_or(&Value::Null);
    let port = port
        .as_i64()
        .or_else(|| port.as_str()?.parse().ok())
        .ok_or_else(|| format!("{spoken}: port: {port} is no number"))?;
    let flow = flow(
        text("sourceIP").unwrap_or_default(),
        text("destinationIP").unwrap_or_default(),
        port,
        text("protocol"),
    )
    .map_err(|problem| format!("{spoken}: {problem}"))?;
    Ok(NamedFlow { name, flow })
}

/// Puts a flow together. The problem names the field.
pub fn flow(source: &str, destination: &str, port: i64, protocol: Option<&str>) -> Result<Flow, String> {
    let source = address("sourceIP", source)?;
    let destination = address("destinationIP", destination)?;
    if Family::of(source) != Family::of(destination) {
        return Err(format!(
            "sourceIP: {source} is {} and destinationIP {destination} is {}: a packet is of one family",
            Family::of(source),
            Family::of(destination)
        ));
    }
    let word = protocol.unwrap_or("TCP").to_ascii_uppercase();
    Ok(Flow {
        source,
        destination,
        port: u16::try_from(port)
            .ok()
            .filter(|&port| port > 0)
            .ok_or_else(|| format!("port: {port} is no port: it must be from 1 to 65535"))?,
        protocol: Protocol::of(&word)
            .ok_or_else(|| format!("protocol: {word:?} is no protocol: it must be TCP, UDP or SCTP"))?,
    })
}

fn address(field: &str, text: &str) -> Result<IpAddr, String> {
    parse_ip(text).ok_or_else(|| format!("{field}: {text:?} is no IP address"))
}
