//! Reads YAML that people wrote.

use serde::de::DeserializeOwned;
use serde_saphyr::{Error, UserMessageFormatter};

/// Reads one document. What is wrong is said in one line, with its place: without the excerpt of several lines that the
/// reader can show, which is no part of a sentence.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| words(&error))
}

/// What is wrong, for whoever wrote the text: the reader's own words are for whoever programs with it.
fn words(error: &Error) -> String {
    let place = error.location().map_or_else(String::new, |place| {
        format!(" at line {}, column {}", place.line(), place.column())
    });
    match error.without_snippet() {
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key {key} comes twice{place}"),
        Error::DuplicateMappingKey { .. } => format!("a key comes twice{place}"),
        Error::MultipleDocuments { .. } => format!("there is more than one document{place}"),
        _ => error.render_with_formatter(&UserMessageFormatter),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_to_whoever_wrote_the_text() {
        let said = |text: &str| read::<BTreeMap<String, String>>(text).unwrap_err();
        assert_eq!(said("a: x\na: y\n"), "the key a comes twice at line 2, column 1");
        assert_eq!(
            said("a: x\n---\nb: y\n"),
            "there is more than one document at line 3, column 1"
        );
        for text in ["a: x\n~: y\n", "a: [\n", "a: &a [*a]\n"] {
            let said = said(text);
            let is_of_programs = ["Option", "from_str", "Policy", "::"]
                .iter()
                .any(|word| said.contains(word));
            assert!(!is_of_programs && !said.contains('\n'), "{said}");
        }
    }
}
