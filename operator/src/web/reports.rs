//! Reports of runs.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use conform_crds::{ConformanceResult, ConformanceRun};
use conform_report::{RunLine, evaluation, evaluation_html, run_list, runs_html};
use conform_suite::evaluation::Evaluation;
use kube::{Api, Client, api::ListParams};
use serde::Serialize;

use super::{Refusal, Web, who};

/// Most runs that are listed.
const MOST: u32 = 500;

/// The runs, as a page.
pub async fn index(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (runs, more) = runs(&web.client, &headers).await?;
    let page = runs_html(&runs, more).map_err(|error| Refusal::Away(error.to_string()))?;
    Ok(html(page))
}

/// The runs, as JSON.
pub async fn index_json(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (runs, _) = runs(&web.client, &headers).await?;
    data(&runs)
}

/// One run, as a page.
pub async fn page(
    State(web): State<Web>,
    Path(run): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let report = report(&web.client, &run, &headers).await?;
    // Thousands of tests are not escaped beside the Lease.
    let made = tokio::task::spawn_blocking(move || evaluation_html(&report)).await;
    let made = made.map_err(|error| Refusal::Away(error.to_string()))?;
    Ok(html(made.map_err(|error| Refusal::Away(error.to_string()))?))
}

/// One run, as JSON.
pub async fn json(
    State(web): State<Web>,
    Path(run): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    data(&report(&web.client, &run, &headers).await?)
}

async fn runs(client: &Client, headers: &HeaderMap) -> Result<(Vec<RunLine>, bool), Refusal> {
    let person = who::person(client, headers).await?;
    person.may(client, "list", "conformanceruns", None).await?;
    let all: Api<ConformanceRun> = Api::all(client.clone());
    let listed = all.list(&ListParams::default().limit(MOST)).await?;
    let more = listed.metadata.continue_.is_some_and(|token| !token.is_empty());
    Ok((run_list(&listed.items), more))
}

/// A run's report. It tells what both of the run's objects say, so both have to be open to who asks.
async fn report(client: &Client, name: &str, headers: &HeaderMap) -> Result<Evaluation, Refusal> {
    let person = who::person(client, headers).await?;
    if !is_name(name) {
        return Err(Refusal::NotFound);
    }
    person.may(client, "get", "conformanceruns", Some(name)).await?;
    person
        .may(client, "get", "conformanceresults", Some(name))
        .await?;
    let runs: Api<ConformanceRun> = Api::all(client.clone());
    let run = runs.get(name).await?;
    let results: Api<ConformanceResult> = Api::all(client.clone());
    let result = results.get_opt(name).await?;
    evaluation(&run, result.as_ref()).map_err(|nothing| Refusal::Nothing(nothing.to_string()))
}

/// True if an object can be called like that.
pub fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    (1..=253).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('.')
}

fn html(page: String) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

fn data(value: &impl Serialize) -> Result<Response, Refusal> {
    let text = serde_json::to_vec(value).map_err(|error| Refusal::Away(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
