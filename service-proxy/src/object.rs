//! The Kubernetes objects that a proxy looks at, with the fields that it looks at.
//!
//! They are read from the JSON of the API. Fields that are missing and fields that are null are the same, and other
//! fields are passed over. What the API server would never have stored is an error that names the object and the field.

mod node;
mod service;
mod slice;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

pub(crate) use node::primary;
pub use node::{Node, ServiceCidr};
pub use service::{Affinity, IngressAddress, Service, ServicePort};
pub use slice::{AddressType, EndpointSlice, SliceEndpoint, SlicePort};

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A Service.
    Service(Box<Service>),
    /// An EndpointSlice.
    EndpointSlice(Box<EndpointSlice>),
    /// A Node.
    Node(Box<Node>),
    /// A ServiceCIDR.
    ServiceCidr(Box<ServiceCidr>),
}

/// Which object: kind, namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// Its kind.
    pub kind: Kind,
    /// `namespace/name`, or the name of an object without namespace.
    pub name: String,
}

/// The kinds that a proxy looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// v1 Service.
    Service,
    /// discovery.k8s.io/v1 EndpointSlice.
    EndpointSlice,
    /// v1 Node.
    Node,
    /// networking.k8s.io/v1 ServiceCIDR.
    ServiceCidr,
}

impl Kind {
    /// The kind that an object says it is; nothing if a proxy has no use for it.
    pub fn of(api_version: &str, kind: &str) -> Option<Self> {
        match (api_version, kind) {
            ("v1", "Service") => Some(Self::Service),
            ("discovery.k8s.io/v1", "EndpointSlice") => Some(Self::EndpointSlice),
            ("v1", "Node") => Some(Self::Node),
            ("networking.k8s.io/v1", "ServiceCIDR") => Some(Self::ServiceCidr),
            _ => None,
        }
    }

    /// How the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Node => "Node",
            Self::ServiceCidr => "ServiceCIDR",
        }
    }
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.kind.word(), self.name)
    }
}

/// An object that no API server would have stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{object}: {field}: {problem}")]
pub struct InvalidObject {
    /// Kind and name of the object.
    pub object: String,
    /// The field, such as `spec.ports[0].port`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Object {
    /// Reads an object of a known kind.
    pub fn read(kind: Kind, value: Value) -> Result<Self, InvalidObject> {
        let name = name_in(kind, &value);
        if value
            .pointer("/metadata/name")
            .and_then(Value::as_str)
            .is_none_or(str::is_empty)
        {
            return Err(InvalidObject {
                object: name,
                field: "metadata.name".to_owned(),
                problem: "is missing".to_owned(),
            });
        }
        Ok(match kind {
            Kind::Service => Self::Service(Box::new(Service::read(fields(name, value)?)?)),
            Kind::EndpointSlice => Self::EndpointSlice(Box::new(EndpointSlice::read(fields(name, value)?)?)),
            Kind::Node => Self::Node(Box::new(Node::read(fields(name, value)?)?)),
            Kind::ServiceCidr => Self::ServiceCidr(Box::new(ServiceCidr::read(fields(name, value)?)?)),
        })
    }

    /// Kind and name.
    pub fn name(&self) -> ObjectName {
        let (kind, name) = match self {
            Self::Service(service) => (Kind::Service, &service.name),
            Self::EndpointSlice(slice) => (Kind::EndpointSlice, &slice.name),
            Self::Node(node) => (Kind::Node, &node.name),
            Self::ServiceCidr(cidr) => (Kind::ServiceCidr, &cidr.name),
        };
        ObjectName {
            kind,
            name: name.clone(),
        }
    }
}

/// Reads fields. A problem names the first that is not what it should be.
fn fields<T: serde::de::DeserializeOwned>(object: String, value: Value) -> Result<T, InvalidObject> {
    serde_path_to_error::deserialize(value).map_err(|error| InvalidObject {
        object,
        field: error.path().to_string(),
        problem: error.inner().to_string(),
    })
}

fn name_in(kind: Kind, value: &Value) -> String {
    let part = |pointer| {
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.map(|text| text.chars().take(253).collect::<String>())
    };
    let name = part("/metadata/name").unwrap_or_else(|| "without a name".to_owned());
    match (kind, part("/metadata/namespace")) {
        (Kind::Service | Kind::EndpointSlice, Some(namespace)) => {
            format!("{} {namespace}/{name}", kind.word())
        }
        (Kind::Service | Kind::EndpointSlice, None) => format!("{} default/{name}", kind.word()),
        _ => format!("{} {name}", kind.word()),
    }
}

/// What goes wrong in one object.
struct Faults(String);

impl Faults {
    fn at(&self, field: impl Into<String>, problem: impl Into<String>) -> InvalidObject {
        InvalidObject {
            object: self.0.clone(),
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// A port: from 1, or from 0 if 0 means none.
    fn port(&self, field: impl FnOnce() -> String, number: i64, lowest: u16) -> Result<u16, InvalidObject> {
        let port = u16::try_from(number).ok().filter(|&port| port >= lowest);
        port.ok_or_else(|| {
            self.at(
                field(),
                format!("{number} is no port: it must be from {lowest} to 65535"),
            )
        })
    }

    fn protocol(
        &self,
        field: impl FnOnce() -> String,
        word: Option<&str>,
    ) -> Result<Protocol, InvalidObject> {
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            return Ok(Protocol::Tcp);
        };
        Protocol::of(word).ok_or_else(|| {
            self.at(
                field(),
                format!("{word:?} is no protocol: it must be TCP, UDP or SCTP"),
            )
        })
    }
}

/// A protocol with ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub enum Protocol {
    /// TCP.
    #[serde(rename = "TCP")]
    Tcp,
    /// UDP.
    #[serde(rename = "UDP")]
    Udp,
    /// SCTP.
    #[serde(rename = "SCTP")]
    Sctp,
}

impl Protocol {
    /// Reads what the API writes.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "TCP" => Some(Self::Tcp),
            "UDP" => Some(Self::Udp),
            "SCTP" => Some(Self::Sctp),
            _ => None,
        }
    }

    /// How the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

/// A field that is null is a field that is missing.
fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    #[serde(deserialize_with = "nullable")]
    name: String,
    namespace: Option<String>,
    #[serde(deserialize_with = "nullable")]
    labels: std::collections::BTreeMap<String, String>,
    #[serde(deserialize_with = "nullable")]
    annotations: std::collections::BTreeMap<String, String>,
    deletion_timestamp: Option<String>,
}

impl Metadata {
    fn namespaced(&self) -> String {
        let namespace = self
            .namespace
            .as_deref()
            .filter(|namespace| !namespace.is_empty());
        format!("{}/{}", namespace.unwrap_or("default"), self.name)
    }
}
