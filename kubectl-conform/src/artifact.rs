//! Files of a run, from where they are kept: ConfigMaps, or storage that the operator reaches.

use conform_crds::{Artifact, ConformanceResult, names};
use conform_report::files::{self, MAX_COMPRESSED};
pub use conform_report::files::{ArtifactError, safe_name};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, api::ListParams, client::Body};
use serde::Deserialize;

use crate::{cluster::Cluster, error::Error, text::clean_line};

/// Most bytes of an answer that is no file.
const MAX_REFUSAL: usize = 16 << 10;

/// Fetches one file of one attempt of a run whose result this is, and compares it with what the runner says it is.
pub async fn fetch(
    cluster: &Cluster,
    result: &ConformanceResult,
    attempt: &str,
    artifact: &Artifact,
) -> Result<Vec<u8>, Error> {
    let name = safe_name(&artifact.name)?;
    let run = result.spec.run_name.as_str();
    let stored = result
        .status
        .as_ref()
        .is_some_and(|status| status.stored.is_some());
    let compressed = if stored {
        from_storage(cluster, run, safe_name(attempt)?, artifact).await?
    } else {
        let maps: Api<ConfigMap> = Api::namespaced(cluster.client.clone(), &cluster.namespace);
        let chunks = ListParams::default().labels(&files::selector(run, attempt, name));
        let found = maps.list(&chunks).await.map_err(|error| cluster.explain(error))?;
        files::join(artifact, found.items)?
    };
    Ok(files::unpack(artifact, &compressed)?)
}

/// Asks the operator, through the API server's proxy: without TLS behind it, and if that is not what is spoken there, with it.
async fn from_storage(
    cluster: &Cluster,
    run: &str,
    attempt: &str,
    artifact: &Artifact,
) -> Result<Vec<u8>, Error> {
    let place = names::artifact_path(run, attempt, &artifact.name);
    let mut answer = ask(cluster, "", &place, artifact).await?;
    if let Answer::OfApiServer(status, _) = &answer
        && status.is_server_error()
    {
        // If that is no better, what was said first is what people look for.
        match ask(cluster, "https:", &place, artifact).await? {
            Answer::OfApiServer(..) => {}
            better => answer = better,
        }
    }
    let said = match answer {
        Answer::File(bytes) => return Ok(bytes),
        Answer::OfApiServer(status, said) | Answer::OfOperator(status, said) => format!("{said} ({status})"),
    };
    Err(Error::NotServed {
        name: artifact.name.clone(),
        said: clean_line(&said),
    })
}

/// What came back.
enum Answer {
    File(Vec<u8>),
    /// The operator refuses, and says why.
    OfOperator(StatusCode, String),
    /// The API server could not ask, or refuses.
    OfApiServer(StatusCode, String),
}

/// The digest shows that the result could be read.
async fn ask(cluster: &Cluster, scheme: &str, place: &str, artifact: &Artifact) -> Result<Answer, Error> {
    let path = format!(
        "/api/v1/namespaces/{}/services/{scheme}{}:{}/proxy{place}",
        cluster.namespace,
        names::WEB_SERVICE,
        names::WEB_PORT,
    );
    let broken = |said: String| Error::NotServed {
        name: artifact.name.clone(),
        said: clean_line(&said),
    };
    let request = Request::get(path)
        .header(names::HEADER_DIGEST, &artifact.sha256)
        .body(Body::empty())
        .map_err(|error| broken(error.to_string()))?;
    let response = cluster.proxied.send(request).await;
    let response = response.map_err(|error| cluster.explain(error))?;
    let status = response.status();
    let most = if status == StatusCode::OK {
        usize::try_from(MAX_COMPRESSED).unwrap_or(usize::MAX)
    } else {
        MAX_REFUSAL
    };
    let body = Limited::new(response.into_body(), most).collect().await;
    let bytes = body.map_err(|error| broken(error.to_string()))?.to_bytes();
    if status == StatusCode::OK {
        return Ok(Answer::File(bytes.to_vec()));
    }
    Ok(match serde_json::from_slice::<Status>(&bytes) {
        Ok(said) => Answer::OfApiServer(status, said.message),
        Err(_) => Answer::OfOperator(status, String::from_utf8_lossy(&bytes).trim().to_owned()),
    })
}

/// What the API server answers with.
#[derive(Deserialize)]
struct Status {
    message: String,
}
