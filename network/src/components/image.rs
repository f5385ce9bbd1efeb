//! What an image's name tells.

/// The repository of an image without registry host, tag and digest: `calico/node` of `quay.io/calico/node:v3.30.1`.
pub fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let (path, _) = split_tag(image);
    match path.split_once('/') {
        // A first part with a dot or a port, or localhost, is a host.
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => path,
    }
}

/// The tag, if it begins as versions do.
pub fn version(image: &str) -> Option<&str> {
    let image = image.split('@').next().unwrap_or(image);
    let (_, tag) = split_tag(image);
    tag.filter(|tag| {
        let number = tag.strip_prefix('v').unwrap_or(tag);
        number.starts_with(|c: char| c.is_ascii_digit()) && number.contains('.')
    })
}

/// `sha256:…` of an image id such as `docker.io/library/x@sha256:…`.
pub fn digest(image_id: &str) -> Option<&str> {
    let digest = image_id.rsplit('@').next()?;
    digest.starts_with("sha256:").then_some(digest)
}

/// True if the repository is `path`, or ends with it in a mirror: `hub/calico/node` is `calico/node`.
pub fn is(image: &str, path: &str) -> bool {
    let repository = repository(image);
    let before = repository.strip_suffix(path);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

fn split_tag(image: &str) -> (&str, Option<&str>) {
    match image.rsplit_once(':') {
        // A colon before a slash is the port of a host.
        Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
        _ => (image, None),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("quay.io/calico/node:v3.30.1", "calico/node", Some("v3.30.1"))]
    #[case("localhost:5000/kube-proxy", "kube-proxy", None)]
    #[case("registry:5000/a/b@sha256:00", "a/b", None)]
    #[case("coredns/coredns:1.12.0@sha256:00", "coredns/coredns", Some("1.12.0"))]
    #[case("busybox:latest", "busybox", None)]
    #[case("", "", None)]
    fn parts(#[case] image: &str, #[case] path: &str, #[case] tag: Option<&str>) {
        assert_eq!((repository(image), version(image)), (path, tag));
    }

    #[rstest]
    #[case("mirror.example/hub/calico/node:v3", "calico/node", true)]
    #[case("example.com/mycalico/node:v3", "calico/node", false)]
    #[case("registry.k8s.io/kube-proxy:v1.36.3", "kube-proxy", true)]
    fn is_found_in_mirrors(#[case] image: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(is(image, path), expected);
    }

    #[test]
    fn only_a_digest_is_a_digest() {
        assert_eq!(digest("docker.io/x@sha256:ab"), Some("sha256:ab"));
        assert_eq!(digest("sha256:ab"), Some("sha256:ab"));
        assert_eq!(digest("docker.io/x:1"), None);
    }
}
