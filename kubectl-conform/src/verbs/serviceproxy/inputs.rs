//! What all verbs about a service proxy are given: the state of a cluster, a node, and a proxy's settings.

use std::{
    fs,
    io::Read,
    net::IpAddr,
    path::{Path, PathBuf},
};

use conform_service_proxy::{Gates, NEWEST_MINOR, OLDEST_MINOR, Settings, State, parse_ip};
use conform_suite::Release;
use serde_json::Value;

use super::state_file;
use crate::{error::Error, printer::Printer};

/// No state of a cluster that a node can bear comes near this.
const MAX_BYTES: u64 = 512 << 20;

/// Options of the verbs that answer from files.
#[derive(clap::Args, Debug)]
pub struct Inputs {
    /// Files with Services, EndpointSlices, Nodes and ServiceCIDRs as kubectl prints them, YAML or JSON; - is stdin
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub state: Vec<PathBuf>,
    /// The node whose proxy is asked
    #[arg(long, value_name = "NAME")]
    pub node: String,
    #[command(flatten)]
    pub proxy: ProxyOptions,
}

/// Options that say what proxies are like.
#[derive(clap::Args, Debug)]
pub struct ProxyOptions {
    /// kube-proxy's own configuration file; without it kube-proxy's defaults hold
    #[arg(long, value_name = "FILE")]
    pub proxy_config: Option<PathBuf>,
    /// Addresses that the node itself answers for; without them those of its Node object
    #[arg(long, value_delimiter = ',', value_name = "IP,...", value_parser = address)]
    pub local_ips: Option<Vec<IpAddr>>,
    /// Release of kube-proxy whose rules hold; without it the newest whose rules are known
    #[arg(long, value_name = "1.N")]
    pub kubernetes_version: Option<Release>,
}

fn address(text: &str) -> Result<IpAddr, String> {
    parse_ip(text).ok_or_else(|| "it is no IP address".to_owned())
}

/// What was read.
pub struct Loaded {
    /// The objects.
    pub state: State,
    /// The proxy's settings.
    pub settings: Settings,
}

impl Inputs {
    /// Reads the files.
    pub fn load(&self, printer: &Printer) -> Result<Loaded, Error> {
        let (settings, gates) = self.proxy.load(printer)?;
        let objects = state_file::objects(&self.state, printer)?;
        let mut state = State::new(gates);
        state.apply(&objects);
        if state.node(&self.node).is_none() && state.node_objects().len() > 0 {
            printer.note(&format!(
                "node {:?} is not among the {} Nodes of the state: it is taken to have no zone and no address",
                self.node,
                state.node_objects().len()
            ));
        }
        Ok(Loaded { state, settings })
    }
}

impl ProxyOptions {
    /// The settings, and the rules of the release under them.
    pub fn load(&self, printer: &Printer) -> Result<(Settings, Gates), Error> {
        let minor = self.minor(printer)?;
        let settings = match &self.proxy_config {
            Some(path) => settings(path, minor, printer)?,
            None => Settings::default(),
        };
        let gates = settings.gates(minor);
        Ok((settings, gates))
    }

    fn minor(&self, printer: &Printer) -> Result<u16, Error> {
        let newest = Release::new(1, NEWEST_MINOR);
        let release = self.kubernetes_version.unwrap_or(newest);
        let oldest = Release::new(1, OLDEST_MINOR);
        if release < oldest {
            return Err(Error::Usage(format!(
                "the rules of kube-proxy {release} are not known: the oldest are those of {oldest}"
            )));
        }
        if release > newest {
            printer.note(&format!(
                "the rules of kube-proxy {release} are not known: those of {newest} are used"
            ));
        }
        Ok(release.min(newest).minor())
    }
}

/// Reads a KubeProxyConfiguration, and notes what of it does nothing. Other documents beside it are passed over.
fn settings(path: &Path, minor: u16, printer: &Printer) -> Result<Settings, Error> {
    let mut documents = state_file::documents(path)?;
    if documents.is_empty() {
        return Err(unusable(path, "it is empty".to_owned()));
    }
    let is_meant =
        |value: &Value| value.get("kind").and_then(Value::as_str) == Some("KubeProxyConfiguration");
    let at = documents.iter().position(is_meant).unwrap_or(0);
    let meant = documents.swap_remove(at);
    let settings = Settings::read(meant.clone()).map_err(|error| unusable(path, error.to_string()))?;
    for remark in settings.remarks(&meant, minor) {
        printer.note(&remark);
    }
    Ok(settings)
}

/// An input that cannot be used.
pub fn unusable(path: &Path, problem: String) -> Error {
    Error::State {
        path: path.to_path_buf(),
        problem,
    }
}

/// Reads a file, or stdin for `-`.
pub fn text(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::File {
        action: "read",
        path: path.to_path_buf(),
        source,
    };
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
    };
    let length = read.map_err(failed)?;
    if u64::try_from(length).is_ok_and(|length| length > MAX_BYTES) {
        return Err(unusable(
            path,
            format!("it is larger than {} MiB", MAX_BYTES >> 20),
        ));
    }
    String::from_utf8(bytes).map_err(|_| unusable(path, "it is not UTF-8 text".to_owned()))
}
