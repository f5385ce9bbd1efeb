//! Which image a suite comes from.

use conform_crds::{ConformanceRunSpec, ConformanceRunStatus};
use conform_suite::Stage;

use super::observed::Settings;

/// The image for the stage: the one that the run started with, unless the future has a release of its own.
pub fn suite_for(
    spec: &ConformanceRunSpec,
    status: &ConformanceRunStatus,
    settings: &Settings,
    stage: Stage,
) -> String {
    let future = spec
        .future_suite_release
        .as_deref()
        .filter(|_| stage == Stage::Future);
    match future {
        Some(release) => format!("{}:{}", settings.suite_repository, version_of(release)),
        None => status
            .suite
            .as_ref()
            .map(|suite| suite.image.clone())
            .unwrap_or_default(),
    }
}

/// The tag of a release's first version, or of the version that `release` names: upstream's tags have a `v`.
fn version_of(release: &str) -> String {
    let number = release.strip_prefix('v').unwrap_or(release);
    if number.matches('.').count() == 1 {
        format!("v{number}.0")
    } else {
        format!("v{number}")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("1.37", "v1.37.0")]
    #[case("v1.37", "v1.37.0")]
    #[case("1.37.2", "v1.37.2")]
    #[case("v1.38.0-beta.1", "v1.38.0-beta.1")]
    fn a_release_is_its_first_version(#[case] release: &str, #[case] tag: &str) {
        assert_eq!(version_of(release), tag);
    }
}
