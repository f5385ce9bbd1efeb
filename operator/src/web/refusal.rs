//! Why something is not served.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use conform_crds::names;

/// Why something is not served.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody said who he is, or the API server does not know him.
    #[error("say who you are: a bearer token of this cluster's is needed{0}")]
    Unknown(&'static str),
    /// He is known, and may not.
    #[error("{user} may not {verb} {what}: ask an administrator of the cluster for the role conform-view")]
    Forbidden {
        /// Who.
        user: String,
        /// What was tried.
        verb: &'static str,
        /// On what.
        what: String,
    },
    /// The digest is not that of the file.
    #[error("{header} is not the digest of this file in the run's result", header = names::HEADER_DIGEST)]
    Digest,
    /// There is no such thing.
    #[error("not found")]
    NotFound,
    /// The run has nothing to report yet.
    #[error("{0}")]
    Nothing(String),
    /// It is only read.
    #[error("only GET and HEAD")]
    Method,
    /// The file is not what the runner kept, or not there.
    #[error("{0}")]
    File(String),
    /// The API server or storage does not answer.
    #[error("{0}")]
    Away(String),
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Unknown(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden { .. } | Self::Digest => StatusCode::FORBIDDEN,
            Self::NotFound | Self::Nothing(_) => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::File(_) => StatusCode::BAD_GATEWAY,
            Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        let mut response = (status, kind, format!("{self}\n")).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl From<kube::Error> for Refusal {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) if status.code == 404 => Self::NotFound,
            error => {
                tracing::warn!(%error, "the API server does not answer what is served");
                Self::Away("the API server does not answer the operator: try again".to_owned())
            }
        }
    }
}
