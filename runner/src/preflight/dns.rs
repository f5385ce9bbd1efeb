//! `Dns`: cluster DNS answers in the suite's pod.
//!
//! The servers and search domains of `/etc/resolv.conf` are asked directly. The C library's resolver is not used: the
//! program is static, and may not find that library's parts in a suite's image.

use std::{io, net::IpAddr, path::Path, time::Duration};

use tokio::{net::UdpSocket, time::timeout};

use super::{
    Finding,
    dns_message::{A, AAAA, Answer, answer, question},
    failed, passed,
};

/// What every cluster's DNS knows (Kubernetes DNS-Based Service Discovery).
const NAME: &str = "kubernetes.default.svc";
/// Where the kubelet tells a pod its DNS servers.
const RESOLV_CONF: &str = "/etc/resolv.conf";
/// How long one answer may take, and how often it is asked for: together less than the C library's.
const PATIENCE: Duration = Duration::from_secs(2);
const TRIES: u16 = 3;
/// More is not read of the file, and not asked of what it names.
const MAX_FILE: u64 = 64 << 10;
const MAX_SERVERS: usize = 3;
const MAX_DOMAINS: usize = 32;

/// Asks for the API server's name.
pub async fn look() -> Finding {
    look_by(Path::new(RESOLV_CONF), 53).await
}

async fn look_by(file: &Path, port: u16) -> Finding {
    let text = match read(file) {
        Ok(text) => text,
        Err(error) => return failed(format!("Cannot read {}: {error}.", file.display())),
    };
    let (servers, domains) = parse(&text);
    if servers.is_empty() {
        return failed(format!("{} names no DNS server.", file.display()));
    }
    let mut silence = Vec::new();
    for server in &servers {
        match ask(*server, port, &domains).await {
            Ok(Some(name)) => return passed(format!("{server} answers for {name}.")),
            // A server that answers is the one that tests would hear.
            Ok(None) => {
                return failed(format!(
                    "DNS server {server} does not know {NAME} in any of the pod's search domains."
                ));
            }
            Err(error) => silence.push(format!("{server}: {error}")),
        }
    }
    failed(format!(
        "No DNS server of the pod answers: {}.",
        silence.join(", ")
    ))
}

fn read(file: &Path) -> io::Result<String> {
    use io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(file)?
        .take(MAX_FILE)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Servers and search domains, by resolv.conf(5).
fn parse(text: &str) -> (Vec<IpAddr>, Vec<String>) {
    let (mut servers, mut domains) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("nameserver") => servers.extend(words.next().and_then(|word| word.parse::<IpAddr>().ok())),
            // The last line counts.
            Some("search") => domains = words.take(MAX_DOMAINS).map(str::to_owned).collect(),
            _ => {}
        }
    }
    servers.truncate(MAX_SERVERS);
    (servers, domains)
}

/// The name that the server knows, if it knows one; the error is why it says nothing of use.
async fn ask(server: IpAddr, port: u16, domains: &[String]) -> Result<Option<String>, String> {
    for domain in domains {
        let name = format!("{NAME}.{}", domain.trim_matches('.'));
        for kind in [A, AAAA] {
            match exchange(server, port, &name, kind).await? {
                Answer::Records(0) | Answer::NoName => {}
                Answer::Records(_) => return Ok(Some(name)),
                Answer::Error(code) => return Err(format!("error code {code} for {name}")),
            }
        }
    }
    Ok(None)
}

async fn exchange(server: IpAddr, port: u16, name: &str, kind: u16) -> Result<Answer, String> {
    let local: IpAddr = match server {
        IpAddr::V4(_) => std::net::Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    let words = |error: io::Error| error.to_string();
    let socket = UdpSocket::bind((local, 0)).await.map_err(words)?;
    socket.connect((server, port)).await.map_err(words)?;
    let mut buffer = [0_u8; 4096];
    for id in 1..=TRIES {
        let Some(question) = question(id, name, kind) else {
            return Ok(Answer::NoName);
        };
        socket.send(&question).await.map_err(words)?;
        match timeout(PATIENCE, socket.recv(&mut buffer)).await {
            Err(_) => {}
            Ok(Err(error)) => return Err(error.to_string()),
            Ok(Ok(length)) => {
                if let Some(answer) = answer(id, buffer.get(..length).unwrap_or_default()) {
                    return Ok(answer);
                }
            }
        }
    }
    Err(format!(
        "no answer in {} s",
        PATIENCE.as_secs() * u64::from(TRIES)
    ))
}

#[cfg(test)]
mod tests {
    use std::{io::Write, net::Ipv4Addr};

    use conform_crds::CheckState;
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_file_is_read_as_the_manual_says() {
        let (servers, domains) = parse(
            "# kubelet\nnameserver 10.96.0.10\nnameserver nonsense\nsearch old\nsearch ns.svc.cluster.local svc.cluster.local\noptions ndots:5\n",
        );
        assert_eq!(servers, [IpAddr::from([10, 96, 0, 10])]);
        assert_eq!(domains, ["ns.svc.cluster.local", "svc.cluster.local"]);
    }

    /// A server that gives each question `codes`, its count of records last.
    async fn server(codes: u8, records: u8) -> u16 {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = socket.local_addr().unwrap().port();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
                let answer = [buffer[0], buffer[1], 0x81, codes, 0, 1, 0, records, 0, 0, 0, 0];
                assert!(length > 12);
                let _ = socket.send_to(&answer, from).await;
            }
        });
        port
    }

    #[rstest]
    #[case::known(0, 1, CheckState::Passed, "kubernetes.default.svc.cluster.local")]
    #[case::unknown(3, 0, CheckState::Failed, "does not know kubernetes.default.svc")]
    #[case::empty(0, 0, CheckState::Failed, "does not know")]
    #[case::broken(2, 0, CheckState::Failed, "error code 2")]
    #[tokio::test]
    async fn answers(#[case] codes: u8, #[case] records: u8, #[case] state: CheckState, #[case] words: &str) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"nameserver 127.0.0.1\nsearch cluster.local\n")
            .unwrap();
        let (found, message) = look_by(file.path(), server(codes, records).await).await;
        assert_eq!(found, state, "{message}");
        assert!(message.contains(words), "{message}");
    }

    #[tokio::test]
    async fn a_file_without_servers_fails() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(look_by(file.path(), 53).await.0, CheckState::Failed);
        assert_eq!(look_by(Path::new("/nonexistent"), 53).await.0, CheckState::Failed);
    }
}
