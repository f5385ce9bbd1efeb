//! Asks the suite in the image for its version, its tests and its requirements.

use std::{io, path::Path, path::PathBuf, process::ExitStatus, process::Stdio, time::Duration};

use conform_suite::{Inventory, InventoryError};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
};

use crate::{suite_process, text};

/// Most bytes of an answer; the list of tests has about 1.5 MiB.
const MAX_ANSWER: u64 = 32 << 20;
/// Most bytes of what the suite says when it cannot answer.
const MAX_COMPLAINT: u64 = 64 << 10;

/// The suite does not say what it is. The same image gives the same answer, unless its node was only slow.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The program does not start.
    #[error("cannot run {program} {flag}: {source}", program = program.display())]
    Start {
        /// The suite's program.
        program: PathBuf,
        /// What was asked.
        flag: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// Its answer cannot be read.
    #[error("cannot read what the suite prints for {flag}: {source}")]
    Read {
        /// What was asked.
        flag: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// It did not answer in time.
    #[error("the suite did not answer within {seconds} s; a slow node may answer at another try")]
    Timeout {
        /// The time it had.
        seconds: u64,
    },
    /// It answered with an error.
    #[error("the suite ended {flag} with {status}: {complaint}")]
    Refused {
        /// What was asked.
        flag: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it said.
        complaint: String,
    },
    /// The answer is longer than any.
    #[error("the suite prints more than {MAX_ANSWER} bytes for {flag}")]
    TooLong {
        /// What was asked.
        flag: &'static str,
    },
    /// The answer is not what the flag promises.
    #[error("the suite's answer makes no sense: {0}")]
    Meaning(#[from] InventoryError),
}

/// What the suite `program` says of itself.
pub async fn inventory(program: &Path, patience: Duration) -> Result<Inventory, AskError> {
    // At once: each answer costs the suite a second or two of start-up.
    let answers = async {
        tokio::try_join!(
            ask(program, "--version"),
            ask(program, "--list-tests"),
            ask(program, "--list-conformance-tests"),
        )
    };
    let (version, tests, requirements) =
        tokio::time::timeout(patience, answers)
            .await
            .map_err(|_| AskError::Timeout {
                seconds: patience.as_secs(),
            })??;
    Ok(Inventory::read(&version, &tests, &requirements)?)
}

/// The names of the images that its tests use, as it lists them.
pub async fn images(program: &Path, patience: Duration) -> Result<Vec<String>, AskError> {
    let answer = tokio::time::timeout(patience, ask(program, "--list-images"))
        .await
        .map_err(|_| AskError::Timeout {
            seconds: patience.as_secs(),
        })??;
    Ok(answer.lines().map(|line| line.trim().to_owned()).collect())
}

async fn ask(program: &Path, flag: &'static str) -> Result<String, AskError> {
    let mut command = Command::new(program);
    command
        .arg(flag)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    suite_process::clean_environment(&mut command);
    let mut child = command.spawn().map_err(|source| AskError::Start {
        program: program.to_owned(),
        flag,
        source,
    })?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let read = async { tokio::try_join!(bounded(stdout, MAX_ANSWER), bounded(stderr, MAX_COMPLAINT)) };
    let (answer, complaint) = read.await.map_err(|source| AskError::Read { flag, source })?;
    if answer.len() as u64 > MAX_ANSWER {
        return Err(AskError::TooLong { flag });
    }
    let status = child
        .wait()
        .await
        .map_err(|source| AskError::Read { flag, source })?;
    if !status.success() {
        let complaint = String::from_utf8_lossy(&complaint);
        let complaint = text::bounded(
            text::tail(&complaint, text::MAX_MESSAGE / 2),
            text::MAX_MESSAGE / 2,
        );
        return Err(AskError::Refused {
            flag,
            status,
            complaint,
        });
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Reads to the end, but keeps only one byte more than `limit`: enough to see that there is too much.
async fn bounded(input: Option<impl AsyncRead + Unpin>, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut input) = input {
        (&mut input).take(limit + 1).read_to_end(&mut bytes).await?;
        if bytes.len() as u64 <= limit {
            return Ok(bytes);
        }
        // A full pipe would keep the program from ending; what comes now counts for nothing.
        tokio::io::copy(&mut input, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}
