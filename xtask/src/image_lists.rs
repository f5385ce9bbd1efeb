//! The committed list of the images that each release's suite pulls, read from the Go modules of Kubernetes.

use std::fmt::Write;

use anyhow::{Context, Result};
use conform_suite::images::SuiteImages;

use crate::{
    catalogue::{Version, download, module_file, versions},
    committed::Committed,
};

/// What says it.
const SOURCE: &str = "test/utils/image/manifest.go";

const FILE: Committed = Committed {
    path: "suite/data/images.txt",
    word: "images",
    what: "the table of images",
};

/// Reads the versions that the catalogue was made of, which needs the network, and writes the table.
pub fn write() -> Result<()> {
    let versions = versions()?;
    for &version in &versions {
        download(version)?;
    }
    let text = current(&versions)?.context("a module that was downloaded is not in the module cache")?;
    SuiteImages::parse(&text).context("what was generated cannot be read")?;
    FILE.write(&text)
}

/// Checks the committed table without the network, as far as the modules are in the module cache.
pub fn check() -> Result<()> {
    let text = FILE.read()?;
    SuiteImages::parse(&text)?;
    FILE.compare(&text, current(&versions()?)?.as_deref())
}

/// What the modules say; nothing if one of them is not in the module cache.
fn current(versions: &[Version]) -> Result<Option<String>> {
    let mut text = format!(
        "# Images of each release's suite, from {SOURCE}. Written by `cargo xtask generate images`.\n"
    );
    for &version in versions {
        let Some(source) = module_file(version, SOURCE)? else {
            return Ok(None);
        };
        let entries = read(&source).with_context(|| format!("{SOURCE} of {version} is not understood"))?;
        write!(text, "suite {version}\n{entries}")?;
    }
    Ok(Some(text))
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
            writeln!(text, "image {key} {name} {tag}")?;
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
            \tconfigs[Pause] = Config{list.GcRegistry, \"pause\", \"3.10.2\"}\n";
        assert_eq!(
            read(source).unwrap(),
            "registry gcRegistry registry.k8s.io\nimage gcRegistry pause 3.10.2\n"
        );
        assert!(read("configs[X] = Config{list.Nonesuch, \"x\", \"1\"}").is_err());
    }
}
