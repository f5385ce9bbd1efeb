//! Copies the suite's output to two places, in its order and without tokens, and reads it on the way: the run's id, and
//! what happens to the tests.

use std::{
    fs::File,
    io::{self, PipeReader, Read, Write},
};

use tokio::sync::{mpsc, oneshot};

use crate::{live::Live, redact::Redactor, seen::Seen};

/// The id is on the first line; this is generous.
const HEAD: usize = 64 << 10;

/// The other ends of a running copy.
#[derive(Debug)]
pub struct Tee {
    /// The id that the suite labels its namespaces with, as soon as it is seen.
    pub run_id: mpsc::Receiver<String>,
    /// The end of the output, with the first error of writing it to the file.
    pub end: oneshot::Receiver<io::Result<()>>,
}

/// Starts to copy `output` to `file` and to this program's stdout; what `live` sees goes to `outcomes`.
///
/// On a thread of its own: blocking is right here, since a suite whose output nobody takes has to wait.
pub fn start(output: PipeReader, file: File, live: Live, outcomes: mpsc::Sender<Seen>) -> io::Result<Tee> {
    let (id_sender, run_id) = mpsc::channel(1);
    let (end_sender, end) = oneshot::channel();
    std::thread::Builder::new()
        .name("tee".to_owned())
        .spawn(move || {
            let result = copy(
                output,
                file,
                io::stdout(),
                Told {
                    id: Some(id_sender),
                    live,
                    outcomes,
                },
            );
            // Nobody waits if the run was given up.
            let _ = end_sender.send(result);
        })?;
    Ok(Tee { run_id, end })
}

fn copy(
    mut output: impl Read,
    mut file: impl Write,
    mut stdout: impl Write,
    mut told: Told,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 << 10];
    let mut head = Vec::new();
    let mut redactor = Redactor::default();
    let mut result = Ok(());
    let mut write = |clean: &[u8]| {
        // A full disk costs the file but not the suite: its output goes on to stdout, and its pipe does not fill up.
        if result.is_ok() {
            result = file.write_all(clean);
        }
        let _ = stdout.write_all(clean).and_then(|()| stdout.flush());
    };
    loop {
        let count = match output.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let piece = buffer.get(..count).unwrap_or_default();
        write(&redactor.take(piece));
        told.take(piece, &mut head);
    }
    write(&redactor.finish());
    result
}

/// Who is told what is seen in the output.
struct Told {
    id: Option<mpsc::Sender<String>>,
    live: Live,
    outcomes: mpsc::Sender<Seen>,
}

impl Told {
    fn take(&mut self, piece: &[u8], head: &mut Vec<u8>) {
        for seen in self.live.take(piece) {
            // Nobody listens any more once the run was given up; the copy goes on.
            let _ = self.outcomes.blocking_send(seen);
        }
        if self.id.is_none() {
            return;
        }
        head.extend_from_slice(piece);
        if let Some(found) = run_id(head) {
            if let Some(id) = self.id.take() {
                // There is room for the one.
                let _ = id.try_send(found);
            }
        } else if head.len() > HEAD {
            self.id = None;
        }
    }
}

/// The id in whole lines of the suite's first output.
fn run_id(head: &[u8]) -> Option<String> {
    let whole = head.iter().rposition(|byte| *byte == b'\n')?;
    let text = String::from_utf8_lossy(head.get(..whole)?);
    conform_suite::log::read_tail(&text).run_id
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LOG: &[u8] =
        b"I1122 06:00:00.000000 7 e2e.go:109] Starting e2e run \"0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11\" on Ginkgo node 1\n\xff rest";

    /// Gives its bytes one at a time.
    struct Slow(&'static [u8]);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1);
            self.0.read(&mut buffer[..count])
        }
    }

    fn told() -> (Told, mpsc::Receiver<String>) {
        let (sender, id) = mpsc::channel(1);
        let (outcomes, _) = mpsc::channel(1);
        (
            Told {
                id: Some(sender),
                live: Live::new(BTreeSet::new()),
                outcomes,
            },
            id,
        )
    }

    #[test]
    fn both_copies_are_the_output_and_the_id_is_found() {
        let (mut file, mut stdout) = (Vec::new(), Vec::new());
        let (told, mut id) = told();
        copy(Slow(LOG), &mut file, &mut stdout, told).unwrap();
        assert_eq!((file.as_slice(), stdout.as_slice()), (LOG, LOG));
        assert_eq!(id.try_recv().unwrap(), "0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11");
    }

    #[test]
    fn tokens_reach_neither_copy() {
        let said: &[u8] = b"Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIn0.c2ln\nnext\n";
        let (mut file, mut stdout) = (Vec::new(), Vec::new());
        copy(Slow(said), &mut file, &mut stdout, told().0).unwrap();
        assert_eq!(file, b"Bearer [redacted]\nnext\n");
        assert_eq!(stdout, file);
    }

    #[test]
    fn a_full_disk_is_told_and_does_not_stop_the_output() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut stdout = Vec::new();
        assert!(copy(LOG, Full, &mut stdout, told().0).is_err());
        assert_eq!(stdout, LOG);
    }
}
