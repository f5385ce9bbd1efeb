//! Which images a suite's tests pull, and where a mirror has them.
//!
//! A suite in a cluster prints its own list. Without one, the table tells what the sources of each release say
//! (`test/utils/image/manifest.go`); it is generated (`cargo xtask generate images`).

mod needed;
mod table;

pub use needed::NeededImages;
pub use table::{SuiteImages, TableError, suite_images};

/// The reference of an image in a mirror: its registry's host is replaced by the mirror, and the rest stays.
pub fn mirrored(image: &str, mirror: &str) -> String {
    let mirror = mirror.trim_end_matches('/');
    let path = match image.split_once('/') {
        // Without a dot, a port or this name, the first part is no host but belongs to the default registry.
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => path,
        // What is only a host, as a registry without a path.
        None if image.contains('.') => "",
        _ => image,
    };
    if path.is_empty() {
        mirror.to_owned()
    } else {
        format!("{mirror}/{path}")
    }
}

/// True if a registry, or an image, is one that tests want to be refused, which no mirror is to answer for.
fn is_unpullable(registry: &str) -> bool {
    ["invalid", "authenticated"]
        .iter()
        .any(|part| registry.contains(part))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        "registry.k8s.io/e2e-test-images/agnhost:2.63.0",
        "m.example:5000/a/e2e-test-images/agnhost:2.63.0"
    )]
    #[case("registry.k8s.io/pause:3.10.2", "m.example:5000/a/pause:3.10.2")]
    #[case("registry.k8s.io", "m.example:5000/a")]
    #[case("docker.io/library", "m.example:5000/a/library")]
    #[case("localhost:5000/x", "m.example:5000/a/x")]
    #[case("library/busybox", "m.example:5000/a/library/busybox")]
    fn the_host_is_replaced_and_the_path_stays(#[case] image: &str, #[case] there: &str) {
        assert_eq!(mirrored(image, "m.example:5000/a"), there);
        assert_eq!(mirrored(image, "m.example:5000/a/"), there);
    }
}
