//! What can go wrong, said so that the reader knows what was tried on what, and what to do.

use std::path::PathBuf;
use std::process::ExitStatus;

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the testbed could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine or the user cannot run nodes as processes at all.
    #[error(
        "the testbed runs Kubernetes nodes as processes of this machine, and {reason}. \
         Use any other cluster instead: kind, minikube or a real one, named by KUBECONFIG or --context"
    )]
    Unsupported {
        /// What is missing.
        reason: String,
    },
    /// A file or directory could not be read, written or removed.
    #[error("could not {action} {path}: {source}", path = path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// A program could not be started.
    #[error("could not start `{command}` to {purpose}: {source}{hint}")]
    Spawn {
        /// The command line.
        command: String,
        /// What it was for.
        purpose: String,
        /// What the system answered.
        source: std::io::Error,
        /// What to install, if that is known.
        hint: String,
    },
    /// A program ended with an error.
    #[error("could not {purpose}: `{command}` ended with {status}:\n{tail}")]
    Failed {
        /// The command line.
        command: String,
        /// What it was for.
        purpose: String,
        /// How it ended.
        status: ExitStatus,
        /// The last lines that it wrote.
        tail: String,
    },
    /// Programs of the host are missing and could not be installed.
    #[error("this machine lacks the Debian packages {packages}: {reason}")]
    MissingPackages {
        /// Their names, for `apt-get install`.
        packages: String,
        /// Why they were not installed.
        reason: String,
    },
    /// A process of the cluster ended although it should run.
    #[error("{component} ended soon after it was started; the end of {log}:\n{tail}", log = log.display())]
    Died {
        /// Which one.
        component: String,
        /// Where it logs.
        log: PathBuf,
        /// The last lines of that log.
        tail: String,
    },
    /// Something did not happen in time.
    #[error("waited {seconds} s for {what}, in vain: {detail}")]
    Timeout {
        /// What was awaited.
        what: String,
        /// For how long.
        seconds: u64,
        /// The last thing that was seen, or the last lines of the log concerned.
        detail: String,
    },
    /// The module proxy lacks that version of Kubernetes.
    #[error("there is no Kubernetes {version} at the Go module proxy; it has {available}")]
    UnknownVersion {
        /// The version asked for.
        version: String,
        /// Those that `go list -m -versions k8s.io/kubernetes` names.
        available: String,
    },
    /// An option's value makes no sense.
    #[error("{option} cannot be {value:?}: {reason}")]
    BadOption {
        /// The option as on the command line.
        option: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        reason: &'static str,
    },
    /// No such testbed is there.
    #[error("no testbed named {name} is up; start it with `conform-testbed up --name {name}`")]
    NotUp {
        /// Its name.
        name: String,
    },
    /// The node's processes were ended.
    #[error("node {node} is down; bring it back with `conform-testbed fault start-node {node}`")]
    NodeDown {
        /// Its name.
        node: String,
    },
    /// It runs, but with other options than those asked for.
    #[error(
        "testbed {name} is up with {running}, not with {wanted}; \
         take it down first (`conform-testbed down --name {name}`) or give the new one another --name"
    )]
    OtherOptions {
        /// Its name.
        name: String,
        /// What runs.
        running: String,
        /// What was asked for.
        wanted: String,
    },
    /// The cluster has no such node, or the node no such component.
    #[error("testbed {name} has no {wanted}; there are: {known}")]
    NoSuch {
        /// The testbed's name.
        name: String,
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: String,
    },
    /// Nothing by that name can be built.
    #[error("the testbed builds no program called {name}")]
    NoSuchProgram {
        /// The name asked for.
        name: String,
    },
    /// A file or an answer has not the expected form.
    #[error("{what} is not as expected: {detail}")]
    Unexpected {
        /// Where it is from.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A certificate or key could not be made.
    #[error("could not make the certificate of {subject}: {source}")]
    Certificate {
        /// For whom.
        subject: String,
        /// What the library answered.
        source: rcgen::Error,
    },
}
