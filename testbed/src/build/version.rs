//! Versions of Kubernetes, and the module file that builds one.

use std::fmt::{self, Write};
use std::str::FromStr;

use crate::{Error, Result};

/// A released version, such as 1.36.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Version {
    /// Reads `1.36.3` or `v1.36.3`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let mut parts = text
            .strip_prefix('v')
            .unwrap_or(text)
            .split('.')
            .map(u32::from_str);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => Ok(Self { major, minor, patch }),
            _ => Err(Error::BadOption {
                option: "a version of Kubernetes",
                value: text.into(),
                reason: "a version has three numbers, as in 1.36.3",
            }),
        }
    }

    /// The version of the libraries that are released with it: 1.36.3 comes with v0.36.3.
    fn libraries(self) -> String {
        format!("v0.{}.{}", self.minor, self.patch)
    }
}

/// The libraries that k8s.io/kubernetes keeps in its own tree: its module file asks for them at v0.0.0, which is
/// nowhere to be had, so whoever builds it from the module proxy must say which release to take instead.
pub(crate) fn staging_modules(kubernetes_go_mod: &str) -> Vec<&str> {
    let mut found: Vec<&str> = kubernetes_go_mod
        .lines()
        .filter_map(|line| {
            let mut words = line.trim().trim_start_matches("require ").split_whitespace();
            let (name, version) = (words.next()?, words.next()?);
            (version == "v0.0.0" && name.starts_with("k8s.io/")).then_some(name)
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A module file that builds the given version, made from the one that the version itself has and from the list of
/// tools of the committed one.
pub(crate) fn derive(kubernetes_go_mod: &str, version: Version, committed: &str) -> String {
    let go = kubernetes_go_mod
        .lines()
        .find(|line| line.starts_with("go "))
        .unwrap_or("go 1.26.0");
    let tools = committed
        .find("\ntool (")
        .and_then(|at| committed.get(at..))
        .unwrap_or_default();
    let libraries = version.libraries();
    let mut text = format!(
        "module conform.dev/testbed/kubernetes\n\n{go}\n\nrequire k8s.io/kubernetes v{version}\n\nreplace (\n"
    );
    for module in staging_modules(kubernetes_go_mod) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\t{module} => {module} {libraries}");
    }
    text.push_str(")\n");
    text.push_str(tools);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPSTREAM: &str = "module k8s.io/kubernetes\n\ngo 1.24.0\n\nrequire (\n\tk8s.io/api v0.0.0\n\
        \tk8s.io/klog/v2 v2.130.1\n\tk8s.io/client-go v0.0.0 // indirect\n\tgithub.com/x/y v0.0.0\n)\n";

    #[test]
    fn versions_are_read_with_and_without_v() {
        assert_eq!(
            Version::parse("v1.36.3").unwrap(),
            Version::parse("1.36.3").unwrap()
        );
        assert_eq!(Version::parse("1.36.3").unwrap().libraries(), "v0.36.3");
        for bad in ["", "1.36", "1.36.x", "1.36.3-rc.1", "1.2.3.4"] {
            assert!(Version::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_unreleased_kubernetes_modules_are_staging() {
        assert_eq!(staging_modules(UPSTREAM), ["k8s.io/api", "k8s.io/client-go"]);
    }

    #[test]
    fn a_derived_module_file_names_version_libraries_and_tools() {
        let text = derive(
            UPSTREAM,
            Version::parse("1.34.2").unwrap(),
            "module m\n\ntool (\n\ta/b\n)\n",
        );
        assert!(text.contains("require k8s.io/kubernetes v1.34.2\n"), "{text}");
        assert!(
            text.contains("\tk8s.io/client-go => k8s.io/client-go v0.34.2\n"),
            "{text}"
        );
        assert!(
            text.contains("\ngo 1.24.0\n") && text.ends_with("tool (\n\ta/b\n)\n"),
            "{text}"
        );
    }
}
