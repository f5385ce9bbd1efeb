//! Which images of the suite's list the selected tests use.
//!
//! The list names every image of every test, most of which are for volumes and hardware that no conformance test touches.
//! The table says which repositories `[Conformance]` tests use and in which tests, read from the sources of v1.36.3
//! (`test/e2e/**`: where `imageutils.NAME` is used in a `framework.ConformanceIt`; `test/utils/image/manifest.go`: what
//! it stands for); what v1.37.2 added uses agnhost alone. A repository that is not in it is not pulled beforehand.

use std::collections::BTreeSet;

use super::is_unpullable;

/// Which versions of a repository tests use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tags {
    /// Each that the suite lists.
    All,
    /// The newest; others belong to deployments of volume drivers.
    Newest,
}

/// A repository, by the last part of its name.
struct Used {
    repository: &'static str,
    tags: Tags,
    /// Parts of the names of tests that use it; empty if tests of every kind do.
    tests: &'static [&'static str],
}

const fn used(repository: &'static str, tags: Tags, tests: &'static [&'static str]) -> Used {
    Used {
        repository,
        tags,
        tests,
    }
}

const TABLE: [Used; 12] = [
    used("agnhost", Tags::All, &[]),
    used("busybox", Tags::Newest, &[]),
    used("pause", Tags::Newest, &[]),
    // Until 1.34, beside nginx and in the same tests.
    used(
        "httpd",
        Tags::All,
        &["[sig-apps]", "[sig-api-machinery]", "[sig-node]", "[sig-cli]"],
    ),
    used(
        "nginx",
        Tags::All,
        &["[sig-apps]", "[sig-api-machinery]", "[sig-node]", "[sig-cli]"],
    ),
    used("nautilus", Tags::All, &["[sig-cli] Kubectl client Update Demo"]),
    used("kitten", Tags::All, &["[sig-node] ImageVolume"]),
    // Until 1.35, and its successor.
    used("jessie-dnsutils", Tags::All, &["[sig-network] DNS"]),
    used("glibc-dns-testing", Tags::All, &["[sig-network] DNS"]),
    used("nonewprivs", Tags::All, &["AllowPrivilegeEscalation"]),
    used("sample-apiserver", Tags::All, &["[sig-api-machinery] Aggregator"]),
    used("etcd", Tags::All, &["[sig-api-machinery] Aggregator"]),
];

/// Most images that are looked at.
const MAX_IMAGES: usize = 32;

/// The images that the selected tests use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededImages {
    /// All of them.
    pub images: Vec<String>,
    /// The one whose program waits and can be asked something: agnhost.
    pub agnhost: Option<String>,
}

impl NeededImages {
    /// Chooses from what `--list-images` printed, a name a line, by the names of the selected tests.
    pub fn of<'a>(listed: &[String], selected: impl Iterator<Item = &'a str>) -> Self {
        let mut open: Vec<&Used> = TABLE.iter().filter(|used| !used.tests.is_empty()).collect();
        let mut wanted: Vec<&Used> = TABLE.iter().filter(|used| used.tests.is_empty()).collect();
        for test in selected {
            open.retain(|used| {
                let uses = used.tests.iter().any(|part| test.contains(part));
                if uses {
                    wanted.push(used);
                }
                !uses
            });
        }
        let listed: BTreeSet<&str> = listed
            .iter()
            .map(String::as_str)
            .filter(|image| is_reference(image))
            .collect();
        let mut images = BTreeSet::new();
        for used in wanted {
            let of_repository = listed
                .iter()
                .copied()
                .filter(|image| repository(image) == used.repository);
            match used.tags {
                Tags::All => images.extend(of_repository),
                Tags::Newest => images.extend(of_repository.max_by_key(|image| version(image))),
            }
        }
        let agnhost = images
            .iter()
            .filter(|image| repository(image) == "agnhost")
            .max_by_key(|image| version(image));
        Self {
            agnhost: agnhost.map(|image| (*image).to_owned()),
            images: images.into_iter().take(MAX_IMAGES).map(str::to_owned).collect(),
        }
    }
}

/// What could be an image that tests can pull. The list is a program's output and may hold anything.
fn is_reference(line: &str) -> bool {
    line.len() <= 255
        && line.contains('/')
        && line
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "./:@_-".contains(c))
        && !is_unpullable(line)
}

/// `kitten` of `registry.k8s.io/e2e-test-images/kitten:1.8`.
fn repository(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split([':', '@']).next().unwrap_or(last)
}

/// The numbers of the tag, to compare.
fn version(image: &str) -> Vec<u32> {
    let tag = image.rsplit_once(':').map_or("", |(_, tag)| tag);
    tag.split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: [&str; 16] = [
        "registry.k8s.io/e2e-test-images/agnhost:2.55",
        "registry.k8s.io/e2e-test-images/agnhost:2.63.0",
        "gcr.io/k8s-authenticated-test/agnhost:2.6",
        "invalid.registry.k8s.io/invalid/alpine:3.1",
        "registry.k8s.io/e2e-test-images/busybox:1.36.1-1",
        "registry.k8s.io/e2e-test-images/busybox:1.37.0-1",
        "registry.k8s.io/pause:3.10.2",
        "registry.k8s.io/e2e-test-images/nginx:1.15-4",
        "registry.k8s.io/e2e-test-images/nginx:1.27-0",
        "registry.k8s.io/sig-storage/nfs-provisioner:v4.0.8",
        "registry.k8s.io/e2e-test-images/glibc-dns-testing:2.0.0",
        "registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2",
        "registry.k8s.io/etcd:3.6.8-0",
        "a/agnhost:1 and a shell $(command)",
        "",
        "registry.k8s.io/e2e-test-images/nautilus:1.8",
    ];

    fn needed(tests: &[&str]) -> Vec<String> {
        let listed = LISTED.map(str::to_owned);
        let images = NeededImages::of(&listed, tests.iter().copied()).images;
        images
            .iter()
            .map(|image| image.rsplit('/').next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn tests_of_every_kind_use_three() {
        let always = [
            "agnhost:2.55",
            "agnhost:2.63.0",
            "busybox:1.37.0-1",
            "pause:3.10.2",
        ];
        assert_eq!(needed(&["[sig-storage] EmptyDir volumes [Conformance]"]), always);
    }

    #[test]
    fn others_are_needed_by_those_that_use_them() {
        let dns = needed(&["[sig-network] DNS should provide DNS for the cluster [Conformance]"]);
        assert!(dns.contains(&"glibc-dns-testing:2.0.0".to_owned()), "{dns:?}");
        assert!(!dns.contains(&"etcd:3.6.8-0".to_owned()), "{dns:?}");
        let both = needed(&[
            "[sig-api-machinery] Aggregator Should be able to support the 1.17 Sample API Server",
            "[sig-cli] Kubectl client Update Demo should scale a replication controller",
        ]);
        for image in [
            "etcd:3.6.8-0",
            "sample-apiserver:1.29.2",
            "nautilus:1.8",
            "nginx:1.15-4",
        ] {
            assert!(both.contains(&image.to_owned()), "{image}: {both:?}");
        }
    }

    #[test]
    fn the_newest_agnhost_is_the_one_that_waits() {
        let needed = NeededImages::of(&LISTED.map(str::to_owned), std::iter::empty());
        assert_eq!(
            needed.agnhost.as_deref(),
            Some("registry.k8s.io/e2e-test-images/agnhost:2.63.0")
        );
        assert_eq!(NeededImages::of(&[], std::iter::empty()).agnhost, None);
    }
}
