//! The committed list of the images that each release's suite pulls, read from the Go modules of Kubernetes.

use std::fmt::Write;

use anyhow::{Context, Result};
use conform_suite::images::SuiteImages;

use crate::{
    catalogue::{self, IMAGES as SOURCE, Proxy, Version, file},
    committed::Committed,
};

/// The first minor whose suite can be run. Older ones have another form of the file.
const FIRST_MINOR: u16 = 29;

/// What images are built from, and no test pulls. Nearly each patch release has another.
const UNUSED: &str = "distroless-iptables";

/// How the table begins.
const HEAD: &str = "# Images of each release's suite, from test/utils/image/manifest.go: of the first patch release, and of each later one that\n\
                    # pulls others. Written by `cargo xtask generate images`.\n";

const FILE: Committed = Committed {
    path: "suite/data/images.txt",
    word: "images",
    what: "the table of images",
};

/// Reads every patch release of the minors in the catalogue, which needs the network, and writes the table.
pub fn write() -> Result<()> {
    let proxy = Proxy::of_go()?;
    let mut text = HEAD.to_owned();
    let mut newest = catalogue::versions()?;
    newest.retain(|version| version.minor >= FIRST_MINOR);
    for newest in newest {
        let mut before = String::new();
        for patch in 0..=newest.patch {
            let version = Version { patch, ..newest };
            // Some were never published.
            if !proxy.fetch(version)? {
                continue;
            }
            let entries = entries(version)?.with_context(|| format!("{version} has no {SOURCE}"))?;
            if entries != before {
                add(&mut text, version, &entries);
                before = entries;
            }
        }
    }
    SuiteImages::parse(&text).context("what was generated cannot be read")?;
    FILE.write(&text)
}

/// Checks the committed table without the network, if what it was made of is in the cache.
pub fn check() -> Result<()> {
    let committed = FILE.read()?;
    let mut text = Some(HEAD.to_owned());
    for suite in SuiteImages::parse(&committed)? {
        let version = suite.version.parse()?;
        match (text.as_mut(), entries(version)?) {
            (Some(text), Some(entries)) => add(text, version, &entries),
            _ => text = None,
        }
    }
    FILE.compare(&committed, text.as_deref())
}

fn add(text: &mut String, version: Version, entries: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "suite {version}\n{entries}");
}

/// What a version's file says; nothing if it is not in the cache.
fn entries(version: Version) -> Result<Option<String>> {
    let source = file(version, SOURCE)?;
    let entries = source.map(|source| read(&source));
    entries
        .transpose()
        .with_context(|| format!("{SOURCE} of {version} is not understood"))
}

/// The registries with the names that a repo list gives them, and the images.
fn read(source: &str) -> Result<String> {
    let mut keys = Vec::new();
    let mut text = String::new();
    for line in source.lines().map(str::trim) {
        // GcRegistry string `yaml:"gcRegistry"`
        if let Some((field, rest)) = line.split_once(' ')
            && let Some(key) = rest
                .trim()
                .strip_prefix("string `yaml:\"")
                .and_then(|rest| rest.strip_suffix("\"`"))
        {
            keys.push((field, key));
        }
        // GcRegistry: "registry.k8s.io",
        if let Some((field, value)) = line.split_once(':')
            && let Some((_, key)) = keys.iter().find(|(known, _)| *known == field)
            && let Some(registry) = value
                .trim()
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix("\","))
        {
            writeln!(text, "registry {key} {registry}")?;
        }
        // configs[Pause] = Config{list.GcRegistry, "pause", "3.10.2"}
        if let Some((_, config)) = line.split_once("] = Config{list.") {
            let mut words = config
                .trim_end_matches('}')
                .split(", ")
                .map(|word| word.trim_matches('"'));
            let (field, name, tag) = (words.next(), words.next(), words.next());
            let key = keys.iter().find(|(known, _)| Some(*known) == field);
            let ((_, key), name, tag) = key
                .and_then(|key| Some((key, name?, tag?)))
                .with_context(|| format!("{line:?}"))?;
            if name != UNUSED {
                writeln!(text, "image {key} {name} {tag}")?;
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_and_images_are_read_from_the_source() {
        let source = "type RegistryList struct {\n\tGcRegistry       string `yaml:\"gcRegistry\"`\n}\n\
            initRegistry = RegistryList{\n\t\tGcRegistry:  \"registry.k8s.io\",\n}\n\
            \tconfigs[Pause] = Config{list.GcRegistry, \"pause\", \"3.10.2\"}\n\
            \tconfigs[DistrolessIptables] = Config{list.GcRegistry, \"distroless-iptables\", \"v0.9.7\"}\n";
        assert_eq!(
            read(source).unwrap(),
            "registry gcRegistry registry.k8s.io\nimage gcRegistry pause 3.10.2\n"
        );
        assert!(read("configs[X] = Config{list.Nonesuch, \"x\", \"1\"}").is_err());
    }
}
