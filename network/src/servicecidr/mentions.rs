//! Who has a range written down. Pure.

use super::{facts::Text, range::Range};

/// Where a range stands, and whose that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The component, or what the text belongs to.
    pub owner: String,
    /// Where it is.
    pub place: String,
    /// The range as it is written.
    pub range: String,
    /// Why that is as it should be; none if whoever has it will not see a further range.
    pub harmless: Option<&'static str>,
}

/// Owners that may know the range, and why.
const HARMLESS: [(&str, &str); 4] = [
    (
        "kube-apiserver",
        "its flag is where the default ServiceCIDR comes from",
    ),
    (
        "kube-controller-manager",
        "only its node IPAM reads it, to keep pods out of it",
    ),
    ("kubeadm-config", "a record of how the cluster was made"),
    ("kubelet-config", "a record of how the cluster was made"),
];

/// Every place that has one of `ranges` as a whole; each place once.
pub fn mentions(texts: &[Text], ranges: &[Range]) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for text in texts {
        let Some(range) = ranges.iter().find_map(|range| written(&text.text, range)) else {
            continue;
        };
        let harmless = HARMLESS
            .iter()
            .find(|(owner, _)| text.owner.contains(owner))
            .map(|(_, why)| *why);
        let is_known = found
            .iter()
            .any(|known| known.owner == text.owner && known.place == text.place);
        if !is_known {
            found.push(Mention {
                owner: text.owner.clone(),
                place: text.place.clone(),
                range,
                harmless,
            });
        }
    }
    found
}

/// The range as the text has it.
fn written(text: &str, range: &Range) -> Option<String> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/')));
    words
        .filter(|word| word.contains('/'))
        .map(|word| word.trim_matches(|c| matches!(c, ':' | '.')))
        .find(|word| Range::parse(word).is_some_and(|parsed| parsed.is(range)))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("--service-cluster-ip-range=10.96.0.0/16", true)]
    #[case("serviceCIDR: \"10.96.0.0/16\"", true)]
    #[case("NO_PROXY=localhost,10.96.0.0/16,.svc", true)]
    #[case("subnets: [10.96.0.0/16, fd00::/112]", true)]
    #[case("10.96.0.0/12", false)]
    #[case("110.96.0.0/16", false)]
    #[case("http://10.96.0.0/16/x", false)]
    #[case("", false)]
    fn only_the_range_itself_counts(#[case] text: &str, #[case] expected: bool) {
        let range = Range::parse("10.96.0.0/16").unwrap();
        assert_eq!(written(text, &range).is_some(), expected, "{text}");
    }

    #[test]
    fn ipv6_is_found_however_it_is_written() {
        let range = Range::parse("fd00:0:0::/112").unwrap();
        assert!(written("range=FD00::/112;", &range).is_some());
    }
}
