//! PRODUCT.yaml: what was tested, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, de::IgnoredAny};
use serde_saphyr::{Location, Spanned};

use crate::{Release, yaml};

/// Longest PRODUCT.yaml that is read, in bytes. Real ones have less than 2 KB.
pub const PRODUCT_BYTES: usize = 64 << 10;

/// Fields that have to be there.
const REQUIRED: [&str; 7] = [
    "vendor",
    "name",
    "version",
    "website_url",
    "documentation_url",
    "type",
    "description",
];
/// The release from which on a contact has to be there: products were certified for v1.25 without one.
const CONTACT_FROM: Release = Release::new(1, 26);
/// Fields that are addresses of pages.
pub(super) const URLS: [&str; 3] = ["website_url", "repo_url", "documentation_url"];
/// The field that is an address of a picture.
pub(super) const LOGO: &str = "product_logo_url";
/// The field that is an address of people.
pub(super) const CONTACT: &str = "contact_email_address";
/// What a product can be, as the programme's instructions have it.
pub(super) const TYPES: [&str; 3] = ["distribution", "hosted platform", "installer"];

/// What was tested: the fields of PRODUCT.yaml that are text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    fields: BTreeMap<String, String>,
    /// Fields that are lists or mappings.
    no_text: BTreeSet<String>,
}

/// Why a PRODUCT.yaml cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// It is not text.
    #[error("byte {at} is not UTF-8")]
    NotText {
        /// Where.
        at: usize,
    },
    /// It is too long.
    #[error("it is longer than {PRODUCT_BYTES} bytes")]
    TooLong,
    /// It is not YAML, or not a mapping.
    #[error("it is no YAML that has fields: {0}")]
    Yaml(String),
}

/// A value as it may be. Real files write versions without quotes, so that YAML takes them for numbers. Then what is
/// written counts, since `1.20` as a number is another version.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Flag(#[allow(dead_code, reason = "only its kind matters")] bool),
    Number(#[allow(dead_code, reason = "only its kind matters")] f64),
    Nothing(()),
    Other(IgnoredAny),
}

impl Product {
    /// Reads the bytes of a file.
    pub fn read(bytes: &[u8]) -> Result<Self, ProductError> {
        if bytes.len() > PRODUCT_BYTES {
            return Err(ProductError::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|error| ProductError::NotText {
            at: error.valid_up_to(),
        })?;
        let values: BTreeMap<String, Spanned<Value>> = yaml::read(text).map_err(ProductError::Yaml)?;
        let no_text = values
            .iter()
            .filter(|(_, value)| matches!(value.value, Value::Other(_)))
            .map(|(name, _)| name.clone())
            .collect();
        let text = |value: Spanned<Value>| match value.value {
            Value::Text(text) => Some(text.trim().to_owned()),
            Value::Flag(_) | Value::Number(_) => written(text, &value.defined),
            Value::Nothing(()) | Value::Other(_) => None,
        };
        let fields = values.into_iter();
        let fields = fields.filter_map(|(name, value)| Some((name, text(value)?)));
        Ok(Self {
            fields: fields.filter(|(_, text)| !text.is_empty()).collect(),
            no_text,
        })
    }

    /// The text of a field; none if it is missing, empty or no text.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// True if a field is there, and is a list or a mapping.
    pub(super) fn is_no_text(&self, name: &str) -> bool {
        self.no_text.contains(name)
    }

    /// The fields that a submission for this release has to have, and that are missing or empty.
    pub(super) fn missing(&self, release: Option<Release>) -> Vec<&'static str> {
        let contact = release.is_none_or(|release| release >= CONTACT_FROM);
        let wanted = REQUIRED.into_iter().chain(contact.then_some(CONTACT));
        wanted.filter(|name| self.field(name).is_none()).collect()
    }

    /// The addresses that have to lead to pages, by their fields.
    pub fn pages(&self) -> Vec<(&'static str, String)> {
        let fields = URLS.into_iter();
        fields
            .filter_map(|name| Some((name, self.field(name)?.to_owned())))
            .collect()
    }

    /// The product's name.
    pub fn name(&self) -> Option<&str> {
        self.field("name")
    }
}

/// What stands in the text at a place.
fn written(text: &str, place: &Location) -> Option<String> {
    let start = usize::try_from(place.span().byte_offset()?).ok()?;
    let length = usize::try_from(place.span().byte_len()?).ok()?;
    let written = text.get(start..start.checked_add(length)?)?;
    Some(written.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_whatever_yaml_takes_them_for() {
        let product =
            Product::read(b"version: 1.36\nname: ' x '\nvendor:\nrepo_url: [a]\ntype: true\n").unwrap();
        assert_eq!(product.field("version"), Some("1.36"));
        assert_eq!(product.name(), Some("x"));
        assert_eq!(product.field("vendor"), None);
        assert_eq!(product.field("repo_url"), None);
        assert!(product.is_no_text("repo_url") && !product.is_no_text("vendor"));
        assert_eq!(product.field("type"), Some("true"));
    }

    #[test]
    fn a_version_without_quotes_is_what_is_written() {
        for written in ["1.20", "1.10", "7", "0x10", "1e3", "v1.20", "'1.20'"] {
            let product = Product::read(format!("a: é\nversion: {written} # so\nb: 1\n").as_bytes()).unwrap();
            assert_eq!(
                product.field("version"),
                Some(written.trim_matches('\'')),
                "{written}"
            );
        }
        let aliased = Product::read(b"a: &v 1.20\nversion: *v\n").unwrap();
        assert_eq!(aliased.field("version"), Some("1.20"));
    }

    #[test]
    fn what_is_no_yaml_is_said_in_one_line_with_its_place() {
        for text in ["name: [\n", "a: 1\na: 2\n", "- a\n", "name: @acme\n"] {
            let error = Product::read(text.as_bytes()).unwrap_err().to_string();
            assert!(!error.contains('\n') && error.contains("line "), "{error}");
        }
    }

    #[test]
    fn what_is_no_mapping_of_text_is_refused() {
        for bytes in [
            &b"- a"[..],
            b"a: [",
            b"\xff",
            b"a: &a [*a]\nb: {<<: *a}\n",
            b"a: 1\na: 2\n",
        ] {
            assert!(
                Product::read(bytes).is_err(),
                "{}",
                String::from_utf8_lossy(bytes)
            );
        }
        assert_eq!(
            Product::read(&vec![b' '; PRODUCT_BYTES + 1]),
            Err(ProductError::TooLong)
        );
        let bomb =
            "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
                .to_owned()
                + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n";
        let _ = Product::read(bomb.as_bytes());
    }
}
