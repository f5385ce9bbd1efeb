//! What can go wrong between the operator and the API server.

use conform_crds::conditions::reasons;

/// What the API server says of a webhook that does not answer and whose word it has to wait for (`failurePolicy: Fail`).
const UNANSWERED: &str = "failed calling webhook";

/// A call that failed, with what it was for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The API server refused or could not be reached.
    #[error("cannot {action}: {source}")]
    Api {
        /// What was tried, on which object.
        action: String,
        /// What came back.
        #[source]
        source: Box<kube::Error>,
    },
    /// Somebody else made an object of a name that the run needs.
    #[error("{object} exists and is not this run's: delete it, or give the run another name")]
    Taken {
        /// Its kind and name.
        object: String,
    },
    /// An earlier run of the same name had an object of a name that the run needs, and it is not gone yet.
    #[error("{object} is an earlier run's and not gone yet")]
    Leaving {
        /// Its kind and name.
        object: String,
    },
    /// The API server tells no uid of an object that every cluster has.
    #[error("the API server tells no uid of {object}")]
    Nameless {
        /// Its kind and name.
        object: String,
    },
    /// An object of the operator's own making could not be written as JSON.
    #[error("cannot write {what} as JSON: {source}")]
    Json {
        /// The object.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// A result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// True if the API server denies the operator the right: trying again does not help until someone grants it.
    fn is_forbidden(&self) -> bool {
        match self {
            Self::Api { source, .. } => matches!(&**source, kube::Error::Api(status) if status.code == 403),
            Self::Taken { .. } | Self::Leaving { .. } | Self::Nameless { .. } | Self::Json { .. } => false,
        }
    }

    /// What the API server says if it looked at an object and does not want it: an admission policy, a webhook that denies it or
    /// cannot be asked, a quota or the schema. The same object again gets the same answer until somebody changes something.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Api { source, .. } => match &**source {
                kube::Error::Api(status) if matches!(status.code, 400 | 403 | 413 | 422) => {
                    Some(&status.message)
                }
                kube::Error::Api(status) if status.code == 500 && status.message.contains(UNANSWERED) => {
                    Some(&status.message)
                }
                _ => None,
            },
            Self::Taken { .. } | Self::Leaving { .. } | Self::Nameless { .. } | Self::Json { .. } => None,
        }
    }

    /// The reason to give to a run for which waiting does not help: someone has to change something first.
    pub fn final_reason(&self) -> Option<&'static str> {
        match self {
            Self::Taken { .. } => Some(reasons::NAME_TAKEN),
            error => error.is_forbidden().then_some(reasons::FORBIDDEN),
        }
    }

    /// A label for metrics, from a bounded set.
    pub fn category(&self) -> &'static str {
        match self {
            Self::Api { source, .. } => match &**source {
                kube::Error::Api(status) if status.code == 403 => "forbidden",
                kube::Error::Api(status) if status.code == 409 => "conflict",
                kube::Error::Api(status) if status.code == 404 => "not_found",
                kube::Error::Api(_) => "api",
                _ => "connection",
            },
            Self::Taken { .. } | Self::Leaving { .. } => "conflict",
            Self::Nameless { .. } => "api",
            Self::Json { .. } => "json",
        }
    }
}

/// Says what a call was for.
pub trait Context<T> {
    /// Adds the action to the error: a verb and the object, as in "create Job demo-present-1".
    fn context(self, action: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for Result<T, kube::Error> {
    fn context(self, action: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error::Api {
            action: action(),
            source: Box::new(source),
        })
    }
}

/// Turns "not there" into `None`.
pub fn optional<T>(found: Result<T, kube::Error>) -> Result<Option<T>, kube::Error> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(None),
        Err(error) => Err(error),
    }
}
