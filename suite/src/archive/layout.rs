//! Where tools put what.
//!
//! Sonobuoy has `plugins/PLUGIN/results/…`, with a folder `global` below it from 0.11 or so on, the server's version in
//! `serverversion.json` (0.8: in a folder of that name) and its own in `meta/config.json` (0.8: `config.json`).
//! Hydrophone, and the suite's own image, put the files side by side, the image also into an `e2e.tar.gz`.

use super::path;

/// What a file of an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Junit,
    Log,
    Report,
    ServerVersion,
    ToolConfig,
    /// Results that are packed once more.
    Tarball,
}

/// Folders of sonobuoy's in which nothing is a result, whatever its name.
const ELSEWHERE: [&str; 5] = ["podlogs", "hosts", "resources", "meta", "errors"];

/// How deep below its top results may be.
const DEPTH: usize = 5;

/// What a file is, and of which plugin; nothing if it is not read.
pub(super) fn role(path: &str) -> Option<(Role, Option<&str>)> {
    match path {
        "serverversion.json" | "serverversion/serverversion.json" => {
            return Some((Role::ServerVersion, None));
        }
        "meta/config.json" | "config.json" => return Some((Role::ToolConfig, None)),
        _ => {}
    }
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let role = named(file)?;
    let mut folders = folders.split('/').filter(|folder| !folder.is_empty());
    let plugin = match folders.next() {
        Some("plugins") => {
            let plugin = folders.next();
            // Definitions and errors of plugins are not their results.
            if folders.next() != Some("results") {
                return None;
            }
            plugin
        }
        Some(first) if ELSEWHERE.contains(&first) => return None,
        _ => None,
    };
    (folders.count() < DEPTH).then_some((role, plugin))
}

fn named(file: &str) -> Option<Role> {
    match file {
        "e2e.log" => Some(Role::Log),
        "report.json" => Some(Role::Report),
        // Of the program that starts the suite in Kubernetes' own CI, and no test of the suite.
        "junit_runner.xml" => None,
        _ if file.starts_with("junit") && has_ending(file, ".xml") => Some(Role::Junit),
        _ if has_ending(file, ".tar.gz") || has_ending(file, ".tgz") => Some(Role::Tarball),
        _ => None,
    }
}

fn has_ending(file: &str, ending: &str) -> bool {
    file.to_ascii_lowercase().ends_with(ending)
}

/// True if [`read_files`](super::read_files) looks into a file of this path, so that others need not be opened.
pub fn is_wanted(path: &str) -> bool {
    path::plain(path).is_ok_and(|path| role(&path).is_some())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plugins/e2e/results/global/junit_01.xml", Role::Junit, Some("e2e"))]
    #[case("plugins/e2e/results/junit_01.xml", Role::Junit, Some("e2e"))]
    #[case("plugins/e2e/results/global/e2e.log", Role::Log, Some("e2e"))]
    #[case("plugins/e2e/results/global/ginkgo/report.json", Role::Report, Some("e2e"))]
    #[case("plugins/mine/results/node-1/junit.xml", Role::Junit, Some("mine"))]
    #[case("plugins/e2e/results/e2e.tar.gz", Role::Tarball, Some("e2e"))]
    #[case("junit_01.xml", Role::Junit, None)]
    #[case("v1.36/product/junit_prefix_01.xml", Role::Junit, None)]
    #[case("e2e.log", Role::Log, None)]
    #[case("serverversion/serverversion.json", Role::ServerVersion, None)]
    #[case("serverversion.json", Role::ServerVersion, None)]
    #[case("meta/config.json", Role::ToolConfig, None)]
    #[case("config.json", Role::ToolConfig, None)]
    fn knows_old_and_new(#[case] path: &str, #[case] expected: Role, #[case] plugin: Option<&str>) {
        assert_eq!(role(path), Some((expected, plugin)));
    }

    #[rstest]
    #[case("podlogs/ns/pod/logs/e2e.log")]
    #[case("plugins/e2e/definition.json")]
    #[case("plugins/e2e/errors/global/junit.xml")]
    #[case("plugins/e2e/sonobuoy_results.yaml")]
    #[case("junit_runner.xml")]
    #[case("a/b/c/d/e/f/g/junit_01.xml")]
    #[case("notes.txt")]
    fn leaves_the_rest(#[case] path: &str) {
        assert_eq!(role(path), None);
    }
}
