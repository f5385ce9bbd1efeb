//! A registry in the control plane that stands in for `registry.k8s.io`, with the images that the nodes have from the start.

use std::path::PathBuf;

use super::layout::Layout;
use super::{control_plane, node, wait};
use crate::build::target::REGISTRY;
use crate::{Result, files};

/// Whom it stands in for.
const HOST: &str = "registry.k8s.io";

fn address(layout: &Layout) -> String {
    format!("{}:5000", layout.gateway())
}

pub(crate) fn flags(layout: &Layout) -> Vec<String> {
    let data = layout.path("registry");
    vec![
        "registry".into(),
        "serve".into(),
        format!("--address={}", address(layout)),
        format!("--disk={}", data.display()),
    ]
}

/// Writes where a containerd finds that host's images; none if the cluster has no registry.
pub(crate) fn config(layout: &Layout) -> Result<Option<PathBuf>> {
    if !layout.options.registry {
        return Ok(None);
    }
    let folder = layout.path("certs.d");
    files::write(&folder.join(HOST).join("hosts.toml"), hosts(&address(layout)))?;
    Ok(Some(folder))
}

/// `server` too is the registry itself: an image that it lacks is nowhere.
fn hosts(address: &str) -> String {
    format!(
        "server = \"http://{address}\"\n\n[host.\"http://{address}\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
    )
}

/// Starts it and gives it every image of that host which the first node has.
pub(crate) fn fill(layout: &Layout) -> Result<()> {
    files::mkdir(&layout.path("registry"))?;
    let daemon = control_plane::start(layout, REGISTRY, &[])?;
    let address = address(layout);
    wait::until("the registry", 20, &[&daemon], || {
        std::net::TcpStream::connect(&address)
            .map(drop)
            .map_err(|error| error.to_string())
    })?;
    let Some(first) = layout.nodes().next() else {
        return Ok(());
    };
    let names = node::ctr(layout, &first, &["images", "list", "--quiet"])?;
    for (name, path) in of_host(&names) {
        let there = format!("{address}/{path}");
        node::ctr(layout, &first, &["images", "push", "--plain-http", &there, name])?;
    }
    Ok(())
}

/// The names that are of that host, by tag, and what stands behind it.
fn of_host(names: &str) -> impl Iterator<Item = (&str, &str)> {
    names.lines().filter_map(|name| {
        let path = name.strip_prefix(HOST)?.strip_prefix('/')?;
        (!path.contains('@')).then_some((name, path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_hosts_and_digests_are_left_out() {
        let names = "docker.io/library/busybox:latest\nregistry.k8s.io/pause:3\nregistry.k8s.io/pause@sha256:0\n\
            registry.k8s.iox/pause:3\nsha256:0\n";
        assert_eq!(
            of_host(names).collect::<Vec<_>>(),
            [("registry.k8s.io/pause:3", "pause:3")]
        );
    }

    #[test]
    fn containerd_asks_nobody_else() {
        assert_eq!(
            hosts("10.0.0.1:5000"),
            "server = \"http://10.0.0.1:5000\"\n\n[host.\"http://10.0.0.1:5000\"]\ncapabilities = [\"pull\", \"resolve\"]\n"
        );
    }
}
