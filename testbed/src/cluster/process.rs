//! Processes that outlive this one, found again by number and start time: a number alone may be another's by then.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use super::wait;
use crate::files::{at, folder_of, mkdir, tail_of};
use crate::{Error, Result, files};

/// What tells one process from every other there was or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) pid: i32,
    start: u64,
    boot: String,
}

impl Record {
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let (state, start) = stat(pid)?;
        // A zombie of our own child is as dead as any other.
        (state != "Z" && state != "X").then(|| Self {
            pid,
            start,
            boot: boot_id(),
        })
    }

    pub(crate) fn alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// Whether it is there, but was told to stand still.
    pub(crate) fn paused(&self) -> bool {
        self.alive() && stat(self.pid).is_some_and(|(state, _)| state == "T")
    }

    /// Sends it a signal, unless it is gone: whoever has its number by then is not hit.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.alive() {
            send(self.pid, signal);
        }
    }
}

fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// State and start time. The second field is the program's name in parentheses, which may itself contain anything.
fn stat(pid: i32) -> Option<(String, u64)> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(text: &str) -> Option<(String, u64)> {
    let mut fields = text.get(text.rfind(')')? + 1..)?.split_whitespace();
    let state = fields.next()?.to_owned();
    // The start time is field 22, the state field 3.
    Some((state, fields.nth(18)?.parse().ok()?))
}

/// A component that runs in the background.
#[derive(Debug, Clone)]
pub(crate) struct Daemon {
    pub(crate) component: String,
    pub(crate) log: PathBuf,
    record: PathBuf,
}

impl Daemon {
    /// The component whose record is kept in that folder.
    pub(crate) fn new(component: &str, log: PathBuf, records: &Path) -> Self {
        Self {
            component: component.to_owned(),
            log,
            record: records.join(format!("{component}.json")),
        }
    }

    /// Starts it in a session of its own, so that neither the end of this process nor of the terminal ends it.
    pub(crate) fn start(&self, command: &Command) -> Result<()> {
        mkdir(folder_of(&self.log))?;
        // One that is started again goes on in the log that tells how it ended.
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .map_err(at("write", &self.log))?;
        let errors = log.try_clone().map_err(at("write", &self.log))?;
        let mut session = Command::new("setsid");
        session.arg(command.get_program()).args(command.get_args());
        session
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir("/");
        let child = session.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        let child = child.map_err(|source| Error::Spawn {
            command: command.get_program().to_string_lossy().into_owned(),
            purpose: format!("run {}", self.component),
            source,
            hint: "; it is in Debian's util-linux".into(),
        })?;
        let pid = i32::try_from(child.id()).unwrap_or_default();
        // setsid, and nsenter after it, become the program: the number stays.
        match Record::of(pid) {
            Some(record) => files::write_json(&self.record, &record),
            None => Err(self.died()),
        }
    }

    pub(crate) fn record(&self) -> Option<Record> {
        files::read_json(&self.record).ok()
    }

    pub(crate) fn alive(&self) -> bool {
        self.record().is_some_and(|record| record.alive())
    }

    pub(crate) fn died(&self) -> Error {
        Error::Died {
            component: self.component.clone(),
            log: self.log.clone(),
            tail: tail_of(&self.log, 15),
        }
    }

    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(record) = self.record() {
            record.signal(signal);
        }
    }

    /// Waits until its process is gone.
    pub(crate) fn gone(&self, seconds: u64) -> Result<()> {
        wait::until(&format!("the end of {}", self.component), seconds, &[], || {
            (!self.alive())
                .then_some(())
                .ok_or_else(|| "it is still there".into())
        })
    }
}

fn kill(pid: i32) {
    send(pid, Signal::KILL);
}

fn send(pid: i32, signal: Signal) {
    // It may have ended since it was seen; whether it is gone is looked at afterwards.
    if let Some(pid) = Pid::from_raw(pid) {
        let _ = kill_process(pid, signal);
    }
}

/// Kills what `find` finds, until it finds nothing.
pub(crate) fn kill_all(what: &str, find: impl Fn() -> BTreeSet<i32>) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let found = find();
        if found.is_empty() {
            return Ok(());
        }
        if Instant::now() > until {
            let detail = format!("processes {found:?} are still there after they were killed");
            return Err(Error::Timeout {
                what: format!("the end of {what}"),
                seconds: 20,
                detail,
            });
        }
        found.into_iter().for_each(kill);
        std::thread::sleep(Duration::from_millis(30));
    }
}

/// The processes in the network namespace that this file stands for.
pub(crate) fn in_namespace(file: &Path) -> BTreeSet<i32> {
    let Ok(wanted) = fs::metadata(file).map(|about| (about.dev(), about.ino())) else {
        return BTreeSet::new();
    };
    let is_in = |pid: &i32| {
        let namespace = fs::metadata(format!("/proc/{pid}/ns/net"));
        namespace.is_ok_and(|about| (about.dev(), about.ino()) == wanted)
            && stat(*pid).is_some_and(|(state, _)| state != "Z")
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(is_in)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_blanks_and_parentheses_do_not_shift_the_fields() {
        let text = "42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 777 9 9";
        assert_eq!(parse_stat(text), Some(("S".to_owned(), 777)));
        assert_eq!(parse_stat("nonsense"), None);
    }

    #[test]
    fn a_number_that_was_given_to_another_process_is_not_alive() {
        let own = Record::of(i32::try_from(std::process::id()).unwrap()).unwrap();
        assert!(own.alive());
        assert!(
            !Record {
                start: own.start + 1,
                ..own.clone()
            }
            .alive()
        );
        assert!(
            !Record {
                boot: "another".into(),
                ..own
            }
            .alive()
        );
    }

    #[test]
    fn a_zombie_is_not_alive() {
        let mut child = Command::new("sleep").arg("100").spawn().unwrap();
        let record = Record::of(i32::try_from(child.id()).unwrap()).unwrap();
        assert!(record.alive());
        kill(record.pid);
        std::thread::sleep(Duration::from_millis(200));
        assert!(!record.alive());
        child.wait().unwrap();
    }
}
