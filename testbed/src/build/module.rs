//! The Go modules that name what is built; they are part of this program, which therefore works from anywhere.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::version::{Version, derive};
use crate::command::Task;
use crate::hash::short_hex;
use crate::options::COMMITTED_VERSION;
use crate::{Error, Result, files};

/// Which of the modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Kubernetes,
    Runtime,
    Coredns,
    Peers,
    Registry,
}

/// A module with its files, ready to be written where `go build` is to run.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    files: Vec<(&'static str, String)>,
    /// Linker flags; those of Kubernetes say its version, which the programs report.
    pub(crate) ldflags: String,
    /// Whether Go may add what the module file does not list yet.
    pub(crate) open: bool,
    /// Names the folder in the cache.
    pub(crate) key: String,
}

/// Flags of every build; a change of them must not find what was built before.
pub(crate) const FLAGS: [&str; 2] = ["-trimpath", "-buildvcs=false"];

macro_rules! committed {
    ($name:literal $(, $extra:literal)*) => {
        vec![
            ("go.mod", include_str!(concat!("../../go/", $name, "/go.mod")).to_owned()),
            ("go.sum", include_str!(concat!("../../go/", $name, "/go.sum")).to_owned()),
            $(($extra, include_str!(concat!("../../go/", $name, "/", $extra)).to_owned()),)*
        ]
    };
}

impl Module {
    /// The module of that kind; one of another version of Kubernetes is derived with the help of the module proxy.
    pub(crate) fn of(kind: Kind, version: Version) -> Result<Self> {
        let (name, mut files) = match kind {
            Kind::Kubernetes => ("kubernetes", committed!("kubernetes", "tools_test.go")),
            Kind::Runtime => ("runtime", committed!("runtime")),
            Kind::Coredns => ("coredns", committed!("coredns")),
            Kind::Peers => ("peers", committed!("peers")),
            Kind::Registry => ("registry", committed!("registry")),
        };
        let open = kind == Kind::Kubernetes && version.to_string() != COMMITTED_VERSION;
        if open && let Some((_, go_mod)) = files.first_mut() {
            *go_mod = derive(&upstream_go_mod(version)?, version, go_mod);
        }
        let label = if kind == Kind::Kubernetes {
            format!("{name}-v{version}")
        } else {
            name.to_owned()
        };
        let ldflags = if kind == Kind::Kubernetes {
            kubernetes_ldflags(version)
        } else {
            "-s -w".to_owned()
        };
        let key = key(&label, &files, &ldflags);
        Ok(Self {
            files,
            ldflags,
            open,
            key,
        })
    }

    pub(crate) fn write_to(&self, folder: &Path) -> Result<()> {
        self.files
            .iter()
            .try_for_each(|(name, content)| files::write(&folder.join(name), content))
    }
}

fn key(label: &str, files: &[(&'static str, String)], ldflags: &str) -> String {
    let mut hash = Sha256::new();
    for (name, content) in files {
        hash.update(name.as_bytes());
        hash.update(content.len().to_le_bytes());
        hash.update(content.as_bytes());
    }
    hash.update(FLAGS.join(" "));
    hash.update(ldflags);
    format!("{label}-{}", short_hex(&hash.finalize()))
}

fn kubernetes_ldflags(version: Version) -> String {
    let mut flags = "-s -w".to_owned();
    // The libraries have the version twice: kubectl and the servers read the one, client-go's user agent the other.
    for package in ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"] {
        for (name, value) in [
            ("gitVersion", format!("v{version}")),
            ("gitMajor", version.major.to_string()),
            ("gitMinor", version.minor.to_string()),
            ("gitTreeState", "clean".into()),
            // The module proxy does not tell; a constant keeps builds reproducible.
            ("gitCommit", "module-proxy".into()),
            ("buildDate", "1970-01-01T00:00:00Z".into()),
        ] {
            // Writing to a String cannot fail.
            let _ = write!(flags, " -X {package}.{name}={value}");
        }
    }
    flags
}

/// Where the module proxy's answer was put.
#[derive(Deserialize)]
struct Download {
    #[serde(rename = "GoMod")]
    go_mod: PathBuf,
    #[serde(rename = "Dir")]
    folder: PathBuf,
}

/// The module file of k8s.io/kubernetes itself at that version.
fn upstream_go_mod(version: Version) -> Result<String> {
    files::read(&download(version)?.go_mod)
}

/// The sources of Kubernetes, which images take a few files of.
pub(crate) fn kubernetes_sources(version: Version) -> Result<PathBuf> {
    Ok(download(version)?.folder)
}

fn download(version: Version) -> Result<Download> {
    let wanted = format!("k8s.io/kubernetes@v{version}");
    let answer = go(
        &format!("find Kubernetes {version}"),
        &["mod", "download", "-json", &wanted],
    )
    .run();
    let answer = answer.map_err(|error| unknown_version(version, error))?;
    serde_json::from_str(&answer).map_err(|error| Error::Unexpected {
        what: format!("the answer of `go mod download -json {wanted}`"),
        detail: error.to_string(),
    })
}

/// If the proxy answers at all, a list of versions helps more than its refusal.
fn unknown_version(version: Version, error: Error) -> Error {
    match go(
        "list the versions of Kubernetes",
        &["list", "-m", "-versions", "k8s.io/kubernetes"],
    )
    .run()
    {
        Ok(list) if !list.split_whitespace().any(|word| word == format!("v{version}")) => {
            let available: Vec<&str> = list.split_whitespace().skip(1).collect();
            Error::UnknownVersion {
                version: version.to_string(),
                available: available.join(", "),
            }
        }
        _ => error,
    }
}

/// Go outside any module of the caller's.
fn go(purpose: &str, arguments: &[&str]) -> Task {
    let mut command = std::process::Command::new("go");
    command
        .args(arguments)
        .env("GOWORK", "off")
        .env("GOFLAGS", "")
        .current_dir(std::env::temp_dir());
    Task::new(purpose, command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_follows_content_and_flags() {
        let files = |text: &str| vec![("go.mod", text.to_owned())];
        let base = key("m", &files("a"), "-s");
        assert_eq!(base, key("m", &files("a"), "-s"));
        assert_ne!(base, key("m", &files("b"), "-s"));
        assert_ne!(base, key("m", &files("a"), "-w"));
        assert!(base.starts_with("m-") && base.len() == 14, "{base}");
    }

    #[test]
    fn the_committed_version_is_the_one_of_the_module_file() {
        let version = Version::parse(COMMITTED_VERSION).unwrap();
        let module = Module::of(Kind::Kubernetes, version).unwrap();
        assert!(!module.open);
        assert!(
            module.files[0]
                .1
                .contains(&format!("require k8s.io/kubernetes v{COMMITTED_VERSION}\n"))
        );
        assert!(
            module
                .key
                .starts_with(&format!("kubernetes-v{COMMITTED_VERSION}-"))
        );
        assert!(
            module
                .ldflags
                .contains("k8s.io/component-base/version.gitVersion=v1.36.3")
        );
    }
}
