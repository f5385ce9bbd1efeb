//! Files of Debian packages, unpacked into the cache: nothing is installed for them and no service starts.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::layer::Layer;
use crate::command::Task;
use crate::files::{at, mkdir};
use crate::hash::short_hex;
use crate::{Error, Result};

/// What the images need, with what test code runs in them; each brings the libraries that it depends on.
const PACKAGES: [&str; 9] = [
    "bash",
    "bind9-dnsutils",
    "busybox-static",
    "curl",
    "iperf",
    "iproute2",
    "libc-bin",
    "netcat-openbsd",
    "nginx",
];

/// Names that Debian's installation would link. Tests need OpenBSD's `nc`; and a shell that runs it, where busybox's runs
/// its own tools whatever else is there, and that hands on variables with names like `data-1`, which dash drops too.
const LINKS: [(&str, &str); 2] = [("nc", "nc.openbsd"), ("sh", "bash")];

/// Parts of packages that no program in an image reads.
const LEFT_OUT: [&str; 10] = [
    "etc/init.d",
    "etc/systemd",
    "lib/systemd",
    "usr/lib/systemd",
    "usr/share/bash-completion",
    "usr/share/bug",
    "usr/share/doc",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/share/man",
];

/// The unpacked packages.
pub(crate) struct Debian {
    pub(crate) root: PathBuf,
}

/// Names what `unpack` would give: the packages and the release that they come from.
pub(crate) fn key() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let mut hash = Sha256::new();
    hash.update(PACKAGES.join(" "));
    hash.update(release);
    format!("debian-{}", short_hex(&hash.finalize()))
}

impl Debian {
    /// Downloads and unpacks the packages unless that was done before; the caller holds the lock of the cache.
    pub(crate) fn unpack(cache: &Path) -> Result<Self> {
        let root = cache.join(key());
        if root.exists() {
            return Ok(Self { root });
        }
        if !Path::new("/usr/bin/apt-get").exists() {
            return Err(Error::MissingPackages {
                packages: PACKAGES.join(" "),
                reason: "images are made from them, and this system has no apt-get to download them with"
                    .into(),
            });
        }
        mkdir(cache)?;
        let work = tempfile::Builder::new()
            .prefix(".unpacking-")
            .tempdir_in(cache)
            .map_err(at("write to", cache))?;
        let packages = work.path().join("packages");
        mkdir(&packages.join("partial"))?;
        download(&packages).or_else(|_| {
            // Most often the package lists are absent or old.
            Task::of("update the list of Debian packages", "apt-get", &["update"]).run()?;
            download(&packages)
        })?;
        let unpacked = work.path().join("root");
        mkdir(&unpacked)?;
        for entry in fs::read_dir(&packages).map_err(at("read", &packages))? {
            let path = entry.map_err(at("read", &packages))?.path();
            if path.extension().is_some_and(|extension| extension == "deb") {
                let (package, folder) = (path.to_string_lossy(), unpacked.to_string_lossy());
                Task::of("unpack a Debian package", "dpkg-deb", &["-x", &package, &folder]).run()?;
            }
        }
        fs::rename(&unpacked, &root).map_err(at("move into place", &root))?;
        Ok(Self { root })
    }

    pub(crate) fn busybox(&self) -> Result<PathBuf> {
        ["bin/busybox", "usr/bin/busybox"]
            .into_iter()
            .map(|path| self.root.join(path))
            .find(|path| path.exists())
            .ok_or_else(|| Error::Unexpected {
                what: "the Debian package busybox-static".into(),
                detail: "it has no bin/busybox".into(),
            })
    }

    /// The names that busybox answers to.
    pub(crate) fn applets(&self) -> Result<Vec<String>> {
        let list = Task::of(
            "list busybox's applets",
            &self.busybox()?.to_string_lossy(),
            &["--list"],
        )
        .run()?;
        Ok(list.lines().map(str::to_owned).collect())
    }

    /// The folder behind `/bin`: newer releases have it in /usr only.
    pub(crate) fn programs(&self) -> &'static str {
        let merged = !self.root.join("bin").exists();
        if merged { "usr/bin" } else { "bin" }
    }

    /// All packages as a layer, with busybox for every tool that none of them has.
    pub(crate) fn layer(&self) -> Result<Layer> {
        let mut layer = Layer::new();
        layer.tree(&self.root, |path| {
            LEFT_OUT.contains(&path) || path.ends_with("/gconv")
        })?;
        // Newer releases have these in /usr only, and make the links when the system is installed.
        for folder in ["bin", "sbin", "lib", "lib64"] {
            let inside = format!("usr/{folder}");
            if !layer.contains(folder) && layer.contains(&inside) {
                layer.link(folder, inside);
            }
        }
        for (name, target) in LINKS {
            let folder = ["bin", "usr/bin"]
                .into_iter()
                .find(|folder| layer.contains(&format!("{folder}/{target}")));
            if let Some(folder) = folder {
                layer.link(&format!("{folder}/{name}"), target);
            }
        }
        for applet in self.applets()? {
            let taken = ["bin", "sbin", "usr/bin", "usr/sbin"].map(|folder| format!("{folder}/{applet}"));
            if !taken.iter().any(|path| layer.contains(path)) {
                layer.link(&format!("{}/{applet}", self.programs()), "/bin/busybox");
            }
        }
        Ok(layer)
    }
}

/// With an empty list of what is installed, apt resolves and downloads everything down to the C library.
fn download(folder: &Path) -> Result<String> {
    let archives = format!("Dir::Cache::archives={}", folder.display());
    let mut command = std::process::Command::new("apt-get");
    for option in [
        "Dir::State::status=/dev/null",
        "Debug::NoLocking=1",
        "APT::Sandbox::User=root",
        &archives,
    ] {
        command.args(["-o", option]);
    }
    command
        .args(["install", "--yes", "--download-only", "--no-install-recommends"])
        .args(PACKAGES);
    Task::new("download Debian packages for images", command).run()
}
