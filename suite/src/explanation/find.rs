//! From what somebody types to a test or a feature.

use std::collections::BTreeSet;

use super::{Explanation, FeatureStory, TestStory};
use crate::{Release, TestName, catalogue::upstream, evaluation::REPORT_VERSION, features};

/// Nothing to explain, or too much.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// Nothing has this name.
    #[error("no known test has {query:?} in its name, and no feature is called so")]
    NotFound {
        /// What was asked for.
        query: String,
    },
    /// Several tests have it in their names.
    #[error("{count} tests have {query:?} in their names; say more:\n{}", list(names, *count))]
    Ambiguous {
        /// What was asked for.
        query: String,
        /// How many there are.
        count: usize,
        /// The first of them.
        names: Vec<String>,
    },
}

/// Most names that are offered for a choice.
const OFFERED: usize = 10;

fn list(names: &[String], count: usize) -> String {
    let mut lines: Vec<String> = names.iter().map(|name| format!("  {name}")).collect();
    if count > names.len() {
        lines.push(format!("  and {} more", count - names.len()));
    }
    lines.join("\n")
}

/// Explains a test, by its name or a part that no other has, or a feature, by its KEP or issue: `KEP-2086`, `2086`,
/// `#132954`.
pub fn explain(query: &str, release: Release) -> Result<Explanation, ExplainError> {
    let query = query.trim();
    let told = |test, feature| Explanation {
        api_version: REPORT_VERSION,
        kind: "Explanation",
        release,
        test,
        feature,
    };
    let number = query.trim_start_matches(|c: char| !c.is_ascii_digit());
    let called = features().find(|feature| {
        let reference = feature.reference;
        reference.eq_ignore_ascii_case(query)
            || reference
                .rsplit(['-', '#'])
                .next()
                .is_some_and(|own| own == number && query.len() <= number.len() + "k/k#".len())
    });
    if let Some(feature) = called {
        return Ok(told(None, Some(FeatureStory::of(feature, release))));
    }
    let name = one_test(query)?;
    let feature = TestStory::feature(&name, release);
    Ok(told(Some(TestStory::of(&name, release)), feature))
}

/// The one test with this name, or with this part in one of its names.
fn one_test(query: &str) -> Result<TestName, ExplainError> {
    let not_found = || ExplainError::NotFound {
        query: crate::text::printable(crate::text::truncated(query, 200)).into_owned(),
    };
    let name = TestName::new(query).map_err(|_| not_found())?;
    let of_features = || features().flat_map(|feature| feature.tests).map(|test| test.name);
    let exact = name.without_stage();
    if upstream().find(&name).is_some() || of_features().any(|test| test == exact) {
        return Ok(name);
    }
    let part = exact.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&part);
    let required = upstream()
        .known()
        .iter()
        .filter(|known| known.names().any(|(name, _)| has(name)));
    let mut found: BTreeSet<&str> = required.map(crate::catalogue::Known::id).collect();
    // A test of a feature that is also required counts once.
    found.extend(of_features().filter(|name| has(name)));
    let mut names = found.iter();
    match (names.next(), names.next()) {
        (None, _) => Err(not_found()),
        (Some(only), None) => TestName::new(only).map_err(|_| not_found()),
        (Some(_), Some(_)) => Err(ExplainError::Ambiguous {
            query: name.to_string(),
            count: found.len(),
            names: found
                .iter()
                .take(OFFERED)
                .map(|name| (*name).to_owned())
                .collect(),
        }),
    }
}
