//! Which release of Gateway API a cluster has, by the annotations of its definitions.

use std::collections::BTreeSet;

use serde::Serialize;

/// Most names in a message.
const MOST_NAMES: usize = 5;

/// A CustomResourceDefinition that carries one of Gateway API's annotations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// Its name, such as `gateways.gateway.networking.k8s.io`.
    pub name: String,
    /// Annotation `gateway.networking.k8s.io/bundle-version`, such as `v1.7.0`.
    pub version: Option<String>,
    /// Annotation `gateway.networking.k8s.io/channel`, `standard` or `experimental`.
    pub channel: Option<String>,
}

impl Definition {
    /// The annotation that names the release.
    pub const VERSION: &'static str = "gateway.networking.k8s.io/bundle-version";
    /// The annotation that names the channel.
    pub const CHANNEL: &'static str = "gateway.networking.k8s.io/channel";
}

/// What is installed, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Installed {
    /// The release, such as `v1.7.0`.
    pub version: String,
    /// The channel: `standard` or `experimental`.
    pub channel: String,
}

/// Why it cannot be said which release a cluster has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUniform {
    /// There is none.
    #[error("no CustomResourceDefinition is of Gateway API: install its release first")]
    None,
    /// A definition says half of it.
    #[error(
        "CustomResourceDefinition {name} has no annotation {missing}: apply the whole file of a release again"
    )]
    Half {
        /// The definition.
        name: String,
        /// What it lacks.
        missing: &'static str,
    },
    /// Several releases are mixed.
    #[error("definitions of several releases are mixed: {0}; apply all of one release")]
    Versions(String),
    /// Both channels are.
    #[error("definitions of several channels are mixed: {0}; apply all of one channel")]
    Channels(String),
}

/// The release of these definitions, if they all are of one. Those that are not of Gateway API are to be left out.
///
/// # Errors
///
/// Every reason why it cannot be said.
pub fn installed(definitions: &[Definition]) -> Result<Installed, Vec<NotUniform>> {
    let mut reasons = Vec::new();
    if definitions.is_empty() {
        return Err(vec![NotUniform::None]);
    }
    for definition in definitions {
        let missing = match (&definition.version, &definition.channel) {
            (None, _) => Definition::VERSION,
            (_, None) => Definition::CHANNEL,
            _ => continue,
        };
        reasons.push(NotUniform::Half {
            name: definition.name.clone(),
            missing,
        });
    }
    let versions = values(definitions, |definition| definition.version.as_deref());
    let channels = values(definitions, |definition| definition.channel.as_deref());
    if versions.len() > 1 {
        let version = |definition: &Definition| definition.version.clone();
        reasons.push(NotUniform::Versions(examples(definitions, &versions, version)));
    }
    if channels.len() > 1 {
        let channel = |definition: &Definition| definition.channel.clone();
        reasons.push(NotUniform::Channels(examples(definitions, &channels, channel)));
    }
    match (versions.first(), channels.first()) {
        (Some(version), Some(channel)) if reasons.is_empty() => Ok(Installed {
            version: (*version).to_owned(),
            channel: (*channel).to_owned(),
        }),
        _ => Err(reasons),
    }
}

fn values<'a>(
    definitions: &'a [Definition],
    of: impl Fn(&'a Definition) -> Option<&'a str>,
) -> BTreeSet<&'a str> {
    definitions.iter().filter_map(of).collect()
}

/// Each value, with a definition that has it.
fn examples(
    definitions: &[Definition],
    values: &BTreeSet<&str>,
    of: impl Fn(&Definition) -> Option<String>,
) -> String {
    let example = |value: &&str| {
        let one = definitions
            .iter()
            .find(|one| of(one).as_deref() == Some(*value))?;
        Some(format!("{value} ({})", one.name))
    };
    let examples: Vec<String> = values.iter().filter_map(example).take(MOST_NAMES).collect();
    examples.join(", ")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn definition(name: &str, version: &str, channel: &str) -> Definition {
        let word = |word: &str| (!word.is_empty()).then(|| word.to_owned());
        Definition {
            name: name.to_owned(),
            version: word(version),
            channel: word(channel),
        }
    }

    #[test]
    fn definitions_of_one_release_tell_it() {
        let all = [
            definition("a", "v1.7.0", "standard"),
            definition("b", "v1.7.0", "standard"),
        ];
        let expected = Installed {
            version: "v1.7.0".to_owned(),
            channel: "standard".to_owned(),
        };
        assert_eq!(installed(&all), Ok(expected));
    }

    #[rstest]
    #[case(&[], "no CustomResourceDefinition is of Gateway API")]
    #[case(&[("a", "v1.7.0", ""), ("b", "v1.7.0", "standard")], "CustomResourceDefinition a has no annotation gateway.networking.k8s.io/channel")]
    #[case(&[("a", "", "standard")], "CustomResourceDefinition a has no annotation gateway.networking.k8s.io/bundle-version")]
    #[case(&[("a", "v1.7.0", "standard"), ("b", "v1.6.1", "standard")], "several releases are mixed: v1.6.1 (b), v1.7.0 (a)")]
    #[case(&[("a", "v1.7.0", "standard"), ("b", "v1.7.0", "experimental")], "several channels are mixed: experimental (b), standard (a)")]
    fn anything_else_is_refused_with_its_reason(#[case] all: &[(&str, &str, &str)], #[case] reason: &str) {
        let all: Vec<Definition> = all
            .iter()
            .map(|(name, version, channel)| definition(name, version, channel))
            .collect();
        let reasons = installed(&all).unwrap_err();
        assert!(
            reasons.iter().any(|one| one.to_string().contains(reason)),
            "{reasons:?}"
        );
    }
}
