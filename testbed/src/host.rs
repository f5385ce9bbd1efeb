//! What the machine itself must have.

use std::fs;
use std::path::Path;

use crate::command::Task;
use crate::{Error, Result};

/// What is about to be done, which decides on what is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Compile runc.
    Compile,
    /// Run nodes.
    Run,
}

/// A Debian package, and a file of it by which its presence shows.
struct Package {
    name: &'static str,
    files: &'static [&'static str],
}

const COMPILE: &[Package] = &[
    Package {
        name: "gcc",
        files: &["/usr/bin/cc"],
    },
    Package {
        name: "libc6-dev",
        files: &["/usr/include/stdio.h"],
    },
    Package {
        name: "pkg-config",
        files: &["/usr/bin/pkg-config"],
    },
    Package {
        name: "libseccomp-dev",
        files: &["/usr/include/seccomp.h"],
    },
];

const RUN: &[Package] = &[
    Package {
        name: "containernetworking-plugins",
        files: &["/usr/lib/cni/ptp"],
    },
    Package {
        name: "iproute2",
        files: &["/sbin/ip", "/usr/sbin/ip", "/usr/bin/ip"],
    },
    Package {
        name: "iptables",
        files: &["/usr/sbin/iptables", "/sbin/iptables"],
    },
    Package {
        name: "nftables",
        files: &["/usr/sbin/nft", "/sbin/nft"],
    },
    Package {
        name: "conntrack",
        files: &["/usr/sbin/conntrack", "/usr/bin/conntrack"],
    },
    Package {
        name: "util-linux",
        files: &["/usr/bin/nsenter"],
    },
    Package {
        name: "mount",
        files: &["/usr/bin/mount", "/bin/mount"],
    },
];

/// Refuses politely where nodes cannot be run.
pub(crate) fn check_platform() -> Result<()> {
    let reason = if !cfg!(target_os = "linux") {
        format!("this is {}, not Linux", std::env::consts::OS)
    } else if !rustix::process::geteuid().is_root() {
        "only root may do that".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::Unsupported { reason })
}

/// Installs the packages that are missing, or says which they are.
pub(crate) fn ensure(need: Need) -> Result<()> {
    let wanted = if need == Need::Compile { COMPILE } else { RUN };
    let absent = |package: &&Package| is_absent(package.files);
    let missing: Vec<&str> = wanted.iter().filter(absent).map(|package| package.name).collect();
    install(&missing)
}

/// Installs a Debian package unless one of these files of it is there.
///
/// # Errors
///
/// The package is missing, and there is no apt-get, or this is not root, or apt-get failed.
pub fn ensure_package(name: &str, files: &[&str]) -> Result<()> {
    if is_absent(files) {
        install(&[name])
    } else {
        Ok(())
    }
}

fn is_absent(files: &[&str]) -> bool {
    !files.iter().any(|file| Path::new(file).exists())
}

fn install(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let refuse = |reason: &str| {
        Err(Error::MissingPackages {
            packages: missing.join(" "),
            reason: reason.to_owned(),
        })
    };
    if !Path::new("/usr/bin/apt-get").exists() {
        return refuse("there is no apt-get here; install what your distribution calls them");
    }
    if !rustix::process::geteuid().is_root() {
        return refuse("only root may install them; run `apt-get install` with them as root");
    }
    let install = || {
        let mut command = std::process::Command::new("apt-get");
        command
            .args(["install", "-y", "--no-install-recommends"])
            .args(missing);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        Task::new("install Debian packages", command).run()
    };
    if install().is_err() {
        // Most often the package lists are absent or old.
        Task::of("update the list of Debian packages", "apt-get", &["update"]).run()?;
        install()?;
    }
    Ok(())
}

/// Whether this process may raise limits; a sandbox often may not, and the container runtime has to know.
pub(crate) fn has_sys_resource() -> bool {
    const CAP_SYS_RESOURCE: u32 = 24;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    bits.is_none_or(|bits| bits >> CAP_SYS_RESOURCE & 1 == 1)
}

/// Whether overlayfs can be used on top of the file system at a path; it cannot on another overlay.
pub(crate) fn overlay_works_on(path: &Path) -> bool {
    const OVERLAYFS_MAGIC: i64 = 0x794c_7630;
    rustix::fs::statfs(path).is_ok_and(|answer| answer.f_type != OVERLAYFS_MAGIC)
}
