//! What the operator serves, on a real cluster: files that a real S3 server keeps behind a private authority, and reports behind
//! real tokens.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use conform_e2e::{
    apply,
    charts::{self, done},
    json, kubectl, plugin, printer,
    run::{NAMESPACE, condition, ended},
    stored, until,
};
use conform_testbed::Testbed;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json as object};
use tempfile::TempDir;

const RUN: &str = "e2e-files";
const PORT: u16 = 17071;
const SOON: Duration = Duration::from_mins(2);

/// A program that ends with the value, and its output: one whose output nobody takes ends when it says something.
struct Running {
    child: Child,
    _said: Option<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An authority of our own, which nobody trusts by itself, and the server's certificate of it.
struct Authority {
    folder: TempDir,
}

impl Authority {
    fn of(host: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut own = CertificateParams::default();
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let own_key = KeyPair::generate().unwrap();
        let ca = own.self_signed(&own_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let server = params.signed_by(&key, &Issuer::new(own, own_key)).unwrap();
        for (name, text) in [
            ("ca.crt", ca.pem()),
            ("tls.crt", server.pem()),
            ("tls.key", key.serialize_pem()),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

/// An S3 server on the host, where pods reach it. A folder in its folder is a bucket, and its files are the objects.
fn s3(host: &str, folder: &Path, authority: &Authority) -> Running {
    let program = std::env::var_os("CONFORM_E2E_S3").expect("CONFORM_E2E_S3 names the S3 server's program");
    let address = format!("{host}:{PORT}");
    let child = Command::new(program)
        .args([
            "--port",
            &address,
            "--access",
            "conform",
            "--secret",
            "the-secret",
            "--quiet",
            "--cert",
            &authority.file("tls.crt"),
            "--key",
            &authority.file("tls.key"),
            "posix",
        ])
        .arg(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until(SOON, || TcpStream::connect(&address).ok()).expect("the S3 server listens");
    Running { child, _said: None }
}

/// The charts, with reports and a bucket on the host.
fn installed(host: &str, authority: &Authority) {
    charts::fresh_namespace();
    done(&[
        "label",
        "namespace",
        NAMESPACE,
        "pod-security.kubernetes.io/enforce=restricted",
    ]);
    done(&[
        "-n",
        NAMESPACE,
        "create",
        "secret",
        "generic",
        "s3",
        "--from-literal=AWS_ACCESS_KEY_ID=conform",
        "--from-literal=AWS_SECRET_ACCESS_KEY=the-secret",
    ]);
    let ca = format!("--from-file=ca.crt={}", authority.file("ca.crt"));
    done(&["-n", NAMESPACE, "create", "configmap", "s3-ca", &ca]);
    charts::install(&[
        "--set=reports.enabled=true,artifacts.storage=s3,artifacts.s3.bucket=conform,artifacts.s3.prefix=here",
        "--set=artifacts.s3.region=us-east-1,artifacts.s3.secretName=s3,artifacts.s3.caConfigMapName=s3-ca",
        &format!("--set=artifacts.s3.endpoint=https://{host}:{PORT}"),
    ]);
}

/// Every object in the bucket.
fn objects(folder: &Path) -> Vec<PathBuf> {
    stored::files(&folder.join("conform")).unwrap()
}

fn chunks() -> usize {
    let maps = json(&[
        "configmaps",
        "-n",
        NAMESPACE,
        "-l",
        &format!("conform.dev/run={RUN}"),
    ]);
    maps.pointer("/items")
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

/// A way to what is served, as `127.0.0.1:PORT`.
fn forwarded() -> (Running, String) {
    let program = std::env::var_os("CONFORM_E2E_KUBECTL").unwrap_or_else(|| "kubectl".into());
    let mut child = Command::new(program)
        .args([
            "port-forward",
            "-n",
            NAMESPACE,
            "service/conform-operator-web",
            ":80",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let address = line.split_whitespace().nth(2).map(str::to_owned);
    let running = Running {
        child,
        _said: Some(said),
    };
    (running, address.expect("kubectl says which port it forwards"))
}

/// The code and the text of an answer.
fn asked(address: &str, path: &str, token: Option<&str>) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let who = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n{who}\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let code = answer
        .split_whitespace()
        .nth(1)
        .and_then(|code| code.parse().ok());
    (code.unwrap_or_default(), answer)
}

/// A real account's token. `viewer` may view runs and results.
fn token(name: &str, viewer: bool) -> String {
    done(&["-n", "default", "create", "serviceaccount", name]);
    if viewer {
        let account = format!("--serviceaccount=default:{name}");
        done(&[
            "create",
            "clusterrolebinding",
            name,
            "--clusterrole=conform-view",
            &account,
        ]);
    }
    let answer = kubectl(&["-n", "default", "create", "token", name]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    answer.stdout.trim().to_owned()
}

#[test]
#[ignore = "needs the testbed: cargo xtask test"]
fn files_live_in_a_bucket_and_reports_behind_tokens() {
    let name = std::env::var("CONFORM_E2E_TESTBED").expect("CONFORM_E2E_TESTBED names the testbed");
    let host = Testbed::find(&name).unwrap().host_address().to_string();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("conform")).unwrap();
    let authority = Authority::of(&host);
    let server = s3(&host, folder.path(), &authority);
    installed(&host, &authority);

    let made = apply(&object!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": RUN },
        "spec": { "profiles": ["quick"], "stages": "Present", "focus": "EndpointSlice should support creating" },
    }));
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(condition(&ended(RUN), "Succeeded").0, "True");
    let stored = || {
        json(&["conformanceresult", RUN])
            .pointer("/status/stored")
            .cloned()
    };
    let stored = until(SOON, || stored().filter(|_| chunks() == 0))
        .expect("the files are in the bucket, and nowhere else");
    assert_eq!(stored["place"], "s3://conform/here");
    let kept = objects(folder.path());
    assert_eq!(kept.len(), 2, "{kept:?}");

    let out = tempfile::tempdir().unwrap();
    let to = |name: &str| out.path().join(name).display().to_string();
    let got = plugin(&["retrieve", RUN, "--out", &to("first")]);
    assert_eq!(got.code, 0, "{}", got.stderr);
    assert!(
        fs::read_to_string(out.path().join("first/junit_01.xml"))
            .unwrap()
            .contains("EndpointSlice")
    );
    assert!(out.path().join("first/e2e.log").exists());
    printer::line(&format!("retrieved from {}: {}", stored["place"], got.stdout));

    reports();

    // Somebody changes a file.
    let junit = kept
        .iter()
        .find(|path| path.ends_with("junit_01.xml.gz"))
        .unwrap();
    let log = kept.iter().find(|path| path.ends_with("e2e.log.gz")).unwrap();
    let right = fs::read(junit).unwrap();
    fs::write(junit, fs::read(log).unwrap()).unwrap();
    let changed = stored::refused(RUN, &to("second"));
    printer::line(&format!("changed: {}", changed.stderr));
    fs::write(junit, right).unwrap();

    // The server goes away, and so does the run.
    drop(server);
    let away = plugin(&["retrieve", RUN, "--out", &to("third")]);
    assert_eq!(away.code, 2, "{}", away.stdout);
    assert!(away.stderr.contains("s3://conform/here"), "{}", away.stderr);
    printer::line(&format!("away: {}", away.stderr));
    let deleted = plugin(&["delete", RUN]);
    assert_eq!(deleted.code, 0, "{}", deleted.stderr);
    until(SOON, || json(&["conformancerun", RUN]).is_null().then_some(())).expect("the run is let go");
    assert_eq!(objects(folder.path()).len(), 2, "nobody could remove them");

    // What stayed is removed when the server is back: whoever starts to lead looks.
    let _server = s3(&host, folder.path(), &authority);
    done(&[
        "-n",
        NAMESPACE,
        "rollout",
        "restart",
        "deployment/conform-operator",
    ]);
    until(SOON, || objects(folder.path()).is_empty().then_some(())).expect("files of a run that is gone go");

    charts::remove();
}

/// 401, 403, 200: as the API server says who a token is and what they may.
fn reports() {
    let (_forward, address) = forwarded();
    let (viewer, stranger) = (token("e2e-viewer", true), token("e2e-stranger", false));
    let page = format!("/reports/{RUN}/");
    for path in ["/reports/", page.as_str()] {
        let codes = [
            None,
            Some("nonsense"),
            Some(stranger.as_str()),
            Some(viewer.as_str()),
        ]
        .map(|token| asked(&address, path, token).0);
        assert_eq!(codes, [401, 401, 403, 200], "{path}");
        printer::line(&format!("{path}: {codes:?}"));
    }
    let (_, text) = asked(&address, &page, Some(&viewer));
    assert!(
        text.contains("content-security-policy: default-src 'none'"),
        "{text}"
    );
    assert!(text.contains("EndpointSlice"), "the page of the run");
    let logs = kubectl(&["-n", NAMESPACE, "logs", "deployment/conform-operator"]).stdout;
    assert!(
        !logs.contains(&viewer) && !logs.contains("the-secret"),
        "no secret is in the log"
    );
    for account in ["e2e-viewer", "e2e-stranger"] {
        done(&["-n", "default", "delete", "serviceaccount", account]);
    }
    done(&["delete", "clusterrolebinding", "e2e-viewer"]);
}
