//! Reads YAML that people wrote.

use serde::de::DeserializeOwned;

/// Reads one document. What is wrong is said in one line, with its place: without the excerpt of several lines that the
/// reader can show, which is no part of a sentence.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}
