//! One process of a parallel run.

use std::{io, process::ExitStatus, process::Stdio};

use conform_crds::Maker;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::unix::pipe,
    process::{Child, Command},
    sync::mpsc,
};

use super::{args, log::Log};
use crate::{cli::RunArgs, suite_process};

/// Longest line that is kept together, in bytes.
const MAX_LINE: u64 = 64 << 10;
/// Ginkgo's plain protocol: HTTP and JSON instead of Go's own.
const PROTOCOL: (&str, &str) = ("GINKGO_PARALLEL_PROTOCOL", "HTTP");

/// A started process.
#[derive(Debug)]
pub struct Process {
    /// Its number, from 1.
    pub number: u16,
    child: Child,
    group: Option<Pid>,
}

/// Signals the processes of a group.
pub fn signal(group: Pid, signal: Signal) {
    match kill_process_group(group, signal) {
        // The group is gone, which is what was wanted.
        Ok(()) | Err(rustix::io::Errno::SRCH) => {}
        Err(error) => tracing::warn!("cannot send {signal:?} to the suite: {error}"),
    }
}

/// Starts process `number` under the name of `maker`. Its output outside of tests goes to `log`, and the id of its part of the run to `run_ids`.
pub fn start(
    args: &RunArgs,
    number: u16,
    arguments: Vec<std::ffi::OsString>,
    maker: Option<&Maker>,
    log: Log,
    run_ids: mpsc::Sender<String>,
) -> io::Result<Process> {
    // One pipe for both streams, so that the log has them in the order in which they were written.
    let (reader, writer) = io::pipe()?;
    let mut command = Command::new(&args.e2e_test);
    command
        .args(arguments)
        .current_dir(args::folder(args))
        .env(PROTOCOL.0, PROTOCOL.1)
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        // A group of its own, with the programs that its tests start.
        .process_group(0)
        .kill_on_drop(true);
    if let Some(maker) = maker {
        // The API server records it with every object that the process makes.
        command.arg0(maker.to_string());
    }
    suite_process::clean_environment(&mut command);
    let child = command.spawn()?;
    // The command holds the writing end; the output ends only when nobody does.
    drop(command);
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let output = pipe::Receiver::from_owned_fd(reader.into())?;
    tokio::spawn(copy(output, log, run_ids));
    Ok(Process { number, child, group })
}

impl Process {
    /// Its process group.
    pub const fn group(&self) -> Option<Pid> {
        self.group
    }

    /// Waits for its end, and ends whatever it left behind.
    pub async fn wait(mut self) -> (u16, io::Result<ExitStatus>) {
        let status = self.child.wait().await;
        if let Some(group) = self.group {
            signal(group, Signal::KILL);
        }
        (self.number, status)
    }
}

async fn copy(output: pipe::Receiver, log: Log, run_ids: mpsc::Sender<String>) {
    let mut reader = BufReader::new(output);
    let mut told = false;
    loop {
        let mut line = Vec::new();
        match (&mut reader).take(MAX_LINE).read_until(b'\n', &mut line).await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!("cannot read the suite's output: {error}");
                return;
            }
        }
        if !told && let Some(id) = conform_suite::log::read_tail(&String::from_utf8_lossy(&line)).run_id {
            told = true;
            // Nobody listens any more once the run was given up.
            let _ = run_ids.send(id).await;
        }
        log.write(line).await;
    }
}
