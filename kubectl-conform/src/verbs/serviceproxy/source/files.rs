//! Files that are read again when they have changed.

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use conform_proxy_api::Hub;

use super::super::state_file;
use crate::{error::Error, printer::Printer};

/// How often the files are looked at.
const PERIOD: Duration = Duration::from_millis(500);

/// What tells that a file has changed: when it was written, and how long it is.
type Stamp = Option<(SystemTime, u64)>;

/// Files of a state.
pub struct Files<'a> {
    paths: &'a [PathBuf],
    printer: &'a Printer,
    stamps: Vec<Stamp>,
}

impl<'a> Files<'a> {
    /// Reads the files for the first time.
    pub fn load(paths: &'a [PathBuf], hub: &Hub, printer: &'a Printer) -> Result<Self, Error> {
        let stamps = stamps(paths);
        hub.replace(&state_file::objects(paths, printer)?);
        Ok(Self {
            paths,
            printer,
            stamps,
        })
    }

    /// Reads them again whenever one has changed, and has then stayed as it is for a moment: half a file can be a state too.
    /// What cannot be used is said, and the state stays.
    pub async fn follow(mut self, hub: &Hub) -> Result<Infallible, Error> {
        let mut before = self.stamps.clone();
        loop {
            tokio::time::sleep(PERIOD).await;
            let now = stamps(self.paths);
            if now != self.stamps && now == before {
                self.read(hub, &now);
            }
            before = now;
        }
    }

    fn read(&mut self, hub: &Hub, now: &[Stamp]) {
        let objects = state_file::objects(self.paths, self.printer);
        if stamps(self.paths) != now {
            // It was written meanwhile.
            return;
        }
        now.clone_into(&mut self.stamps);
        match objects {
            Ok(objects) => hub.replace(&objects),
            Err(error) => self.printer.note(&format!("{error}. The state stays as it was")),
        }
    }
}

fn stamps(paths: &[PathBuf]) -> Vec<Stamp> {
    paths.iter().map(|path| stamp(path)).collect()
}

/// Nothing for stdin, which is read once, and for a file that is away.
fn stamp(path: &Path) -> Stamp {
    if path == Path::new("-") {
        return None;
    }
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
