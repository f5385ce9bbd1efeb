//! Why a command failed, each in a sentence that says what to do.

use std::{io, path::PathBuf};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No kubeconfig where one was looked for.
    #[error("no kubeconfig at {path}: name one with --kubeconfig or KUBECONFIG")]
    NoKubeconfig {
        /// Where it was looked for.
        path: String,
    },
    /// A kubeconfig that cannot be used.
    #[error("cannot use the kubeconfig: {0}")]
    Kubeconfig(String),
    /// The kubeconfig has no such context.
    #[error("the kubeconfig has no context {name:?}; it has: {known}")]
    NoContext {
        /// The context that was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// The API server does not answer.
    #[error(
        "cannot reach the API server {server} (context {context}): {cause}. Is the cluster up, and is this the right context?"
    )]
    Unreachable {
        /// Its address.
        server: String,
        /// The kubeconfig context that names it.
        context: String,
        /// What the network said.
        cause: String,
    },
    /// The API server does not know conform's resources.
    #[error("conform is not installed in this cluster: run `kubectl conform install`")]
    NotInstalled,
    /// The user is unknown to the API server, or could not get credentials.
    #[error(
        "the API server does not accept your credentials: {0}. Log in again, or choose another --context"
    )]
    Unauthorized(String),
    /// The user may not do this.
    #[error(
        "you may not do this: {0}. Ask an administrator of the cluster for the role conform-edit, or for cluster-admin to install"
    )]
    Forbidden(String),
    /// The object does not exist.
    #[error("{kind} {name:?} not found: `kubectl conform get` lists what there is")]
    NotFound {
        /// Its resource, such as `conformanceruns.conform.dev`.
        kind: String,
        /// Its name.
        name: String,
    },
    /// An object of this name exists.
    #[error("{kind} {name:?} exists already: choose another name, or delete it first")]
    Exists {
        /// Its resource, such as `conformanceruns.conform.dev`.
        kind: String,
        /// Its name.
        name: String,
    },
    /// The API server refuses the object.
    #[error("the API server refuses the object:{0}")]
    Invalid(String),
    /// Any other answer of the API server.
    #[error("the API server says: {0}")]
    Api(String),
    /// The answer cannot be understood.
    #[error(
        "the API server's answer is not understood: {0}. Are plugin and CRDs of the same version? `kubectl conform install` brings them together"
    )]
    Answer(String),
    /// No such built-in profile.
    #[error("{name:?} is no profile; the profiles are: {known}")]
    UnknownProfile {
        /// The name that was given.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A schedule or a time zone that cannot be used.
    #[error(transparent)]
    Timetable(#[from] conform_timetable::TimetableError),
    /// An option is missing or of no use here.
    #[error("{0}")]
    Usage(String),
    /// What was waited for did not happen in time.
    #[error("{0}")]
    TimedOut(String),
    /// The run went away while it was watched.
    #[error("run {0:?} was deleted while it was being watched")]
    Gone(String),
    /// Only a part was done; one line for each thing that was not.
    #[error("not everything could be cleaned up:\n{0}")]
    Incomplete(String),
    /// What was asked for is not there, or not yet.
    #[error("{0}")]
    Missing(String),
    /// A stored file is not what its result says.
    #[error(transparent)]
    Artifact(#[from] crate::artifact::ArtifactError),
    /// A file that is kept in storage is not handed out.
    #[error(
        "cannot get {name} from where the operator keeps files: {said}. The operator has to run, and serve files"
    )]
    NotServed {
        /// The file.
        name: String,
        /// What the operator, or the API server in front of it, said.
        said: String,
    },
    /// A file differs from the one that would be written.
    #[error("{} exists and differs: use --force to overwrite it, or choose another --out", .0.display())]
    WouldOverwrite(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder of a run that cannot be judged.
    #[error("cannot judge {}: {problem}", path.display())]
    Input {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it, with the place if there is one.
        problem: String,
    },
    /// A list of requirements that cannot be read.
    #[error("cannot use {}: {problem}", path.display())]
    List {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the place.
        problem: String,
    },
    /// A file of the state of a cluster, of flows or of settings that cannot be used.
    #[error("cannot use {}: {problem}", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the object and the field if there are.
        problem: String,
    },
    /// The state of a service proxy cannot be served.
    #[error(transparent)]
    Serve(#[from] conform_proxy_api::ServeError),
    /// The state of a service proxy cannot be followed.
    #[error(transparent)]
    Follow(#[from] conform_proxy_api::Refused),
    /// An embedded manifest is broken: a fault of this program.
    #[error("an embedded manifest is broken: {0}. This is a fault of this program: please report it")]
    Manifest(String),
    /// Something cannot be written as JSON or YAML.
    #[error("cannot write the object: {0}")]
    Serialize(String),
    /// stdout does not take the output.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
    /// The system gives no threads or sockets.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
}

impl From<conform_crds::ManifestError> for Error {
    fn from(error: conform_crds::ManifestError) -> Self {
        Self::Serialize(error.to_string())
    }
}

impl From<conform_report::PageError> for Error {
    fn from(error: conform_report::PageError) -> Self {
        Self::Serialize(error.to_string())
    }
}

impl From<conform_report::NothingMeasured> for Error {
    fn from(nothing: conform_report::NothingMeasured) -> Self {
        Self::Missing(nothing.to_string())
    }
}
