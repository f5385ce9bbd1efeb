//! Lists, a page at a time.

use std::fmt::Debug;

use kube::{Api, api::ListParams};
use serde::de::DeserializeOwned;

/// Objects of one page.
const PAGE: u32 = 250;
/// Most pages that are read: what is beyond is told as unread.
const MAX_PAGES: usize = 40;

/// Hands every object that `api` lists with these labels to `each`. The error is in words.
pub async fn each<K>(api: &Api<K>, labels: &str, mut each: impl FnMut(K)) -> Result<(), String>
where
    K: Clone + Debug + DeserializeOwned,
{
    let mut page = ListParams::default().labels(labels).limit(PAGE);
    for _ in 0..MAX_PAGES {
        let listed = api.list(&page).await.map_err(|error| explain(&error))?;
        listed.items.into_iter().for_each(&mut each);
        match listed.metadata.continue_ {
            Some(token) if !token.is_empty() => page = page.continue_token(&token),
            _ => return Ok(()),
        }
    }
    Err(format!(
        "there are more than {} of them",
        PAGE as usize * MAX_PAGES
    ))
}

/// Every object that `api` lists with these labels.
pub async fn all<K>(api: &Api<K>, labels: &str) -> Result<Vec<K>, String>
where
    K: Clone + Debug + DeserializeOwned,
{
    let mut found = Vec::new();
    each(api, labels, |object| found.push(object)).await?;
    Ok(found)
}

/// The same of a kind that a cluster need not have: without it there are none.
pub async fn all_if_served<K>(api: &Api<K>) -> Result<Vec<K>, String>
where
    K: Clone + Debug + DeserializeOwned,
{
    match api.list(&ListParams::default().limit(PAGE)).await {
        Ok(listed) => Ok(listed.items),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(Vec::new()),
        Err(error) => Err(explain(&error)),
    }
}

/// What the API server said.
pub fn explain(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        error => error.to_string(),
    }
}
