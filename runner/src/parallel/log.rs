//! The suite's log of a parallel run, to its file and to this program's stdout.

use std::{
    fs::File,
    io::{self, Write},
};

use crate::redact::Redactor;
use tokio::sync::{mpsc, oneshot};

/// Pieces that wait to be written. Who writes waits while it is full.
const QUEUE: usize = 64;

/// Writes to the log. Clones write to the same one.
#[derive(Clone, Debug)]
pub struct Log(mpsc::Sender<Vec<u8>>);

impl Log {
    /// Starts to write into `file`. The other value comes when every clone is gone and all is written: with the first
    /// error of writing, if there was one.
    pub fn start(file: File) -> io::Result<(Self, oneshot::Receiver<io::Result<()>>)> {
        let (sender, mut pieces) = mpsc::channel::<Vec<u8>>(QUEUE);
        let (end_sender, end) = oneshot::channel();
        // On a thread of its own: a disk or a stdout that nobody reads may block.
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                let (mut file, mut stdout, mut result) = (file, io::stdout(), Ok(()));
                let mut redactor = Redactor::default();
                let mut write = |clean: &[u8]| {
                    // A full disk costs the file but not the suite.
                    if result.is_ok() {
                        result = file.write_all(clean);
                    }
                    let _ = stdout.write_all(clean).and_then(|()| stdout.flush());
                };
                while let Some(piece) = pieces.blocking_recv() {
                    write(&redactor.take(&piece));
                }
                write(&redactor.finish());
                // Nobody waits if the run was given up.
                let _ = end_sender.send(result);
            })?;
        Ok((Self(sender), end))
    }

    /// Writes a piece, which is best whole lines: other processes write as well.
    pub async fn write(&self, piece: impl Into<Vec<u8>>) {
        // Its thread ends only after every sender.
        let _ = self.0.send(piece.into()).await;
    }
}
