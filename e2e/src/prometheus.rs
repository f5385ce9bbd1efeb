//! A real Prometheus with the chart's alerts.

use std::{
    fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The file that says what is scraped, in the folder of the configuration.
const TARGETS: &str = "targets.json";

/// One that scrapes until it is dropped.
#[derive(Debug)]
pub struct Prometheus {
    child: Child,
    /// Where it answers, as in `127.0.0.1:9090`.
    address: String,
    folder: TempDir,
}

impl Prometheus {
    /// Starts one that scrapes these targets (`HOST:PORT`), by the program that `CONFORM_E2E_PROMETHEUS` names.
    ///
    /// # Errors
    ///
    /// Its files cannot be written, or it cannot be started.
    pub fn start(targets: &[String]) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let alerts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../charts/conform/files/alerts.yaml");
        // The rules as they are, but at once: that they wait is shown by their own tests.
        let rules = fs::read_to_string(alerts)?;
        let rules: Vec<&str> = rules
            .lines()
            .filter(|line| !line.trim_start().starts_with("for: "))
            .collect();
        fs::write(at("alerts.yaml"), rules.join("\n"))?;
        let config = json!({
            "global": { "scrape_interval": "2s", "evaluation_interval": "2s" },
            "rule_files": ["alerts.yaml"],
            "scrape_configs": [{ "job_name": "conform", "file_sd_configs": [{ "files": [TARGETS] }] }],
        });
        fs::write(at("prometheus.yaml"), config.to_string())?;
        scraped(folder.path(), targets)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let program = std::env::var_os("CONFORM_E2E_PROMETHEUS").unwrap_or_else(|| "prometheus".into());
        let child = Command::new(program)
            .arg(format!("--config.file={}", at("prometheus.yaml").display()))
            .arg(format!("--storage.tsdb.path={}", at("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self {
            child,
            address,
            folder,
        })
    }

    /// Scrapes these targets from now on, and no others: Debian's Prometheus cannot ask Kubernetes where pods are.
    ///
    /// # Errors
    ///
    /// The file that says so cannot be written.
    pub fn scrape(&self, targets: &[String]) -> io::Result<()> {
        scraped(self.folder.path(), targets)
    }

    /// The value of the first series that a query finds; nothing if it finds none or there is no answer.
    pub fn value(&self, query: &str) -> Option<String> {
        let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
        let found = self.asked(&format!("/api/v1/query?query={query}"))?;
        let value = found.pointer("/data/result/0/value/1")?.as_str()?;
        Some(value.to_owned())
    }

    /// Whether that alert fires for a schedule; nothing if there is no answer.
    pub fn fires(&self, alert: &str, schedule: &str) -> Option<bool> {
        let alerts = self.asked("/api/v1/alerts")?;
        let mut alerts = alerts.pointer("/data/alerts")?.as_array()?.iter();
        Some(alerts.any(|one| {
            one.pointer("/labels/alertname") == Some(&json!(alert))
                && one.pointer("/labels/schedule") == Some(&json!(schedule))
                && one.pointer("/state") == Some(&json!("firing"))
        }))
    }

    fn asked(&self, path: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }
}

/// Says in a Prometheus' folder what it scrapes. The file is replaced: it may be read at any time.
fn scraped(folder: &Path, targets: &[String]) -> io::Result<()> {
    let next = folder.join("targets.next");
    fs::write(&next, json!([{ "targets": targets }]).to_string())?;
    fs::rename(next, folder.join(TARGETS))
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
