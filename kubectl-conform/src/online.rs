//! Whether addresses on the web lead to pages: asked for, and never read further than their heads.

use std::time::Duration;

use conform_suite::submission::Page;
use http::{Method, Request, Response, StatusCode, Uri, header};
use http_body_util::Empty;
use hyper_util::{
    client::legacy::{Client, connect::Connect},
    rt::TokioExecutor,
};
use kube::{Config, client::ConfigExt};
use tokio::time::timeout;

use crate::{error::Error, text::clean_line};

/// Most addresses that one leads to another.
const MAX_REDIRECTS: usize = 5;
/// Longest address that is followed, in bytes.
const MAX_URL: usize = 2048;

/// No body: nothing is sent.
type Nothing = Empty<&'static [u8]>;

/// Asks for each address, one after the other, and waits no longer than `limit` for an answer.
pub async fn pages(urls: Vec<(&'static str, String)>, limit: Duration) -> Result<Vec<Page>, Error> {
    // Of the connection to a cluster only the way of making one is used: certificates that the system trusts.
    let config = Config::new(Uri::from_static("https://localhost"));
    let connector = config
        .rustls_https_connector()
        .map_err(|error| Error::Usage(format!("cannot ask the web: {error}")))?;
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let mut pages = Vec::with_capacity(urls.len());
    for (field, url) in urls {
        let seen = page(&client, &url, limit).await;
        pages.push(Page { field, url, seen });
    }
    Ok(pages)
}

/// The content type of the page at an address.
async fn page<C>(client: &Client<C, Nothing>, url: &str, limit: Duration) -> Result<String, String>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let mut at: Uri = url.parse().map_err(|_| "it is no address".to_owned())?;
    for _ in 0..=MAX_REDIRECTS {
        let mut response = ask(client, Method::HEAD, &at, limit).await?;
        // Some servers know no HEAD. Of what they answer to GET only the head is looked at.
        if !response.status().is_success() && !response.status().is_redirection() {
            response = ask(client, Method::GET, &at, limit).await?;
        }
        let status = response.status();
        if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
            at = next(&at, &response)?;
            continue;
        }
        if !status.is_success() {
            return Err(format!("the server answers {status}"));
        }
        let kind = response.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        return Ok(clean_line(kind));
    }
    Err(format!("it leads on more than {MAX_REDIRECTS} times"))
}

async fn ask<C>(
    client: &Client<C, Nothing>,
    method: Method,
    at: &Uri,
    limit: Duration,
) -> Result<Response<()>, String>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let request = Request::builder()
        .method(method)
        .uri(at)
        .header(
            header::USER_AGENT,
            concat!("kubectl-conform/", env!("CARGO_PKG_VERSION")),
        )
        .header(header::ACCEPT, "text/html, */*;q=0.1")
        .body(Nothing::new())
        .map_err(|_| "it is no address".to_owned())?;
    match timeout(limit, client.request(request)).await {
        Err(_) => Err(format!("no answer in {}s", limit.as_secs())),
        Ok(Err(error)) => Err(format!("no answer: {}", innermost(&error))),
        // The body is never read.
        Ok(Ok(response)) => Ok(response.map(drop)),
    }
}

/// Where an answer leads to. Addresses may be whole, or start at the root of the server.
fn next<B>(at: &Uri, response: &Response<B>) -> Result<Uri, String> {
    let location = response.headers().get(header::LOCATION);
    let location = location
        .and_then(|location| location.to_str().ok())
        .unwrap_or_default();
    let wrong = || "it leads to what is no address".to_owned();
    if location.len() > MAX_URL {
        return Err(wrong());
    }
    let location: Uri = location.parse().map_err(|_| wrong())?;
    let mut parts = location.into_parts();
    if parts.authority.is_none() {
        let here = at.clone().into_parts();
        (parts.scheme, parts.authority) = (here.scheme, here.authority);
    }
    let next = Uri::from_parts(parts).map_err(|_| wrong())?;
    if matches!(next.scheme_str(), Some("http" | "https")) {
        Ok(next)
    } else {
        Err(wrong())
    }
}

/// The cause at the end of a chain of errors, which says most.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    clean_line(&error.to_string())
}
