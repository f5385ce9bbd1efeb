//! Kubeconfig files. Certificates are inside, so that a file can be handed on.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::pki::{Authority, Pair};
use crate::{Result, files};

/// Writes the file with which a user reaches the API server.
pub(crate) fn write(
    path: &Path,
    cluster: &str,
    server: &str,
    authority: &Authority,
    user: &Pair,
) -> Result<()> {
    files::write(path, render(cluster, server, &authority.certificate(), user))
}

fn render(cluster: &str, server: &str, authority: &str, user: &Pair) -> String {
    let (authority, certificate, key) = (
        STANDARD.encode(authority),
        STANDARD.encode(&user.certificate),
        STANDARD.encode(&user.key),
    );
    format!(
        "apiVersion: v1
kind: Config
clusters:
- name: {cluster}
  cluster:
    server: {server}
    certificate-authority-data: {authority}
users:
- name: {cluster}
  user:
    client-certificate-data: {certificate}
    client-key-data: {key}
contexts:
- name: {cluster}
  context:
    cluster: {cluster}
    user: {cluster}
current-context: {cluster}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_inside() {
        let user = Pair {
            certificate: "C".into(),
            key: "K".into(),
        };
        let text = render("conform", "https://10.0.0.1:6443", "A", &user);
        assert!(text.contains("server: https://10.0.0.1:6443\n"));
        assert!(text.contains("client-key-data: Sw==\n"));
        assert!(text.ends_with("current-context: conform\n"));
    }
}
