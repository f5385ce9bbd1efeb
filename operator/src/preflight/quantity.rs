//! Quantities of resources as numbers.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Suffixes and what they multiply by (k8s.io/apimachinery, pkg/api/resource).
const SUFFIXES: [(&str, f64); 15] = [
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("Ei", 1_152_921_504_606_846_976.0),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
];

/// The value in the resource's own unit (cores, bytes, pieces); none if it is no quantity. Exact enough to compare.
pub fn value(quantity: &Quantity) -> Option<f64> {
    let text = quantity.0.trim();
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite());
    let scaled = SUFFIXES
        .iter()
        .find_map(|(suffix, factor)| Some(number(text.strip_suffix(suffix)?)? * factor));
    scaled.or_else(|| number(text))
}

/// The value of one of a list; none if it is not in it.
pub fn of(list: Option<&BTreeMap<String, Quantity>>, name: &str) -> Option<f64> {
    value(list?.get(name)?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("4", Some(4.0))]
    #[case("100m", Some(0.1))]
    #[case("1.5Gi", Some(1_610_612_736.0))]
    #[case("2E", Some(2e18))]
    #[case("1e3", Some(1000.0))]
    #[case("", None)]
    #[case("inf", None)]
    #[case("many", None)]
    fn reads(#[case] text: &str, #[case] expected: Option<f64>) {
        let found = value(&Quantity(text.to_owned()));
        assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits), "{found:?}");
    }
}
