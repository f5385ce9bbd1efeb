//! What can go wrong between the operator and the API server.

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
    pub fn is_forbidden(&self) -> bool {
        match self {
            Self::Api { source, .. } => matches!(&**source, kube::Error::Api(status) if status.code == 403),
            Self::Json { .. } => false,
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
