//! The storage of files, tried with a real S3 server on this machine.

use std::{
    fs,
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    charts::tools,
    process::{cargo, run},
};

/// Where the server listens, on loopback alone.
const ADDRESS: &str = "127.0.0.1:17070";
/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(30);
/// Who we are there.
const KEY: &str = "conform";
const SECRET: &str = "the-secret";

/// Runs the tests that need the server: as somebody whom it knows, and as somebody else.
pub fn test() -> Result<()> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    // A folder is a bucket.
    fs::create_dir(folder.path().join("conform")).context("cannot make the bucket")?;
    let mut server = Command::new(tools::s3_server()?);
    server.args([
        "--port", ADDRESS, "--access", KEY, "--secret", SECRET, "--quiet", "posix",
    ]);
    let server = server.arg(folder.path()).stdout(Stdio::null()).spawn();
    let mut server = Server(server.context("cannot start the S3 server")?);
    server.listens()?;
    let tests = |test: &str, secret: &str| {
        let mut tests = cargo(&[
            "test",
            "--workspace",
            "--bin",
            "conform-operator",
            "--locked",
            test,
        ]);
        tests
            .args(["--", "--ignored", "--exact"])
            .env("CONFORM_TEST_S3", format!("http://{ADDRESS}"))
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", secret);
        run(&mut tests)
    };
    tests("files::tests::a_real_s3_server_keeps_gives_and_removes", SECRET)?;
    tests(
        "files::tests::a_real_s3_server_refuses_who_is_not_known",
        "not-the-secret",
    )
}

/// Ends with the value.
struct Server(Child);

impl Server {
    fn listens(&mut self) -> Result<()> {
        let since = Instant::now();
        while TcpStream::connect(ADDRESS).is_err() {
            ensure!(self.0.try_wait()?.is_none(), "the S3 server ended");
            ensure!(
                since.elapsed() < PATIENCE,
                "the S3 server does not listen on {ADDRESS}"
            );
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
