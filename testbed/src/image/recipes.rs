//! What is in each image.

use std::path::Path;
use std::rc::Rc;

use super::builder::Image;
use super::catalogue::repository;
use super::debian::Debian;
use super::layer::Layer;
use crate::build::cache::Programs;
use crate::build::module::kubernetes_sources;
use crate::build::target::SUITE;
use crate::command::Task;
use crate::files::at;
use crate::{Result, files, host};

/// What starts as `sh` in the busybox image.
const SHELL: &str = include_str!("sh.c");

const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/var/www:/bin/false\n\
    nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
const GROUP: &str = "root:x:0:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n";

/// A test of supplemental groups looks for this user, who is in a group that only the image knows.
const TEST_USER: &str = "user-defined-in-image:x:1000:1000::/home/user-defined-in-image:/bin/sh\n";
const TEST_GROUP: &str =
    "user-defined-in-image:x:1000:\ngroup-defined-in-image:x:50000:user-defined-in-image\n";

const NGINX: &str = "user www-data;\nworker_processes 1;\npid /tmp/nginx.pid;\nerror_log /dev/stderr;\n\
    events { worker_connections 512; }\nhttp {\n  include /etc/nginx/mime.types;\n  access_log /dev/stdout;\n  \
    server { listen 80; root /usr/share/nginx/html; }\n}\n";

/// The layers that images are put together from.
pub(crate) struct Recipes {
    debian: Rc<Layer>,
    busybox: Rc<Layer>,
    agnhost: Rc<Layer>,
    coredns: Rc<Layer>,
    conformance: Rc<Layer>,
    pause: Rc<Layer>,
    nginx: Rc<Layer>,
    etcd: Rc<Layer>,
    pets: [Rc<Layer>; 2],
    /// Images of one program at the root of the file system, which is also what they start.
    single: Vec<(&'static str, Rc<Layer>)>,
    nonewprivs: Rc<Layer>,
}

impl Recipes {
    pub(crate) fn new(programs: &Programs, debian: &Debian) -> Result<Self> {
        let sources = kubernetes_sources(programs.version)?;
        let program = |path: &str, name: &str, mode| -> Result<Rc<Layer>> {
            let mut layer = Layer::new();
            layer.file(path, programs.path(name)?, mode);
            Ok(Rc::new(layer))
        };
        let pet = |name: &str| -> Result<Rc<Layer>> {
            let mut layer = Layer::new();
            layer.tree(&sources.join("test/images").join(name).join("html"), |_| false)?;
            // Upstream's are made on Alpine, and a required test reads that from the image.
            layer.bytes("etc/os-release", "NAME=\"Alpine Linux\"\nID=alpine\n", 0o644);
            Ok(Rc::new(layer))
        };
        let single =
            ["sample-apiserver", "regression-issue-74839"].map(|name| (name, program(name, name, 0o755)));
        Ok(Self {
            debian: Rc::new(base(debian)?),
            busybox: Rc::new(busybox(debian, &programs.cache)?),
            agnhost: Rc::new(agnhost(programs, &sources)?),
            coredns: program("coredns", "coredns", 0o755)?,
            conformance: Rc::new(conformance(programs)?),
            pause: Rc::new(pause(&programs.cache, &sources)?),
            nginx: Rc::new(nginx()),
            etcd: program("usr/local/bin/etcd", "etcd", 0o755)?,
            pets: [pet("kitten")?, pet("nautilus")?],
            single: single
                .into_iter()
                .map(|(name, layer)| Ok((name, layer?)))
                .collect::<Result<_>>()?,
            nonewprivs: program("usr/local/bin/nnp", "nonewprivs", 0o6755)?,
        })
    }

    /// The same, but with the conformance image of another version.
    pub(crate) fn with_suite(self, suite: &Programs) -> Result<Self> {
        Ok(Self {
            conformance: Rc::new(conformance(suite)?),
            ..self
        })
    }

    /// The image of that name, if there is a recipe for it.
    pub(crate) fn image(&self, reference: &str) -> Option<Image> {
        let image = Image::named(reference);
        let base = || Image::named(reference).layer(&self.debian);
        let agnhost = || {
            base()
                .layer(&self.coredns)
                .layer(&self.agnhost)
                .entrypoint(&["/agnhost"])
        };
        let [kitten, nautilus] = &self.pets;
        Some(match repository(reference) {
            "pause" => image
                .layer(&self.pause)
                .entrypoint(&["/pause"])
                .user("65535:65535"),
            "busybox" => base().layer(&self.busybox).command(&["sh"]),
            "coredns" => image.layer(&self.coredns).entrypoint(&["/coredns"]),
            "agnhost" => agnhost().command(&["pause"]),
            "kitten" => agnhost().layer(kitten).command(&["test-webserver"]),
            "nautilus" => agnhost().layer(nautilus).command(&["test-webserver"]),
            "nginx" => base().layer(&self.nginx).command(&["nginx", "-g", "daemon off;"]),
            "nonroot" => base().command(&["bash"]).user("1234"),
            "nonewprivs" => base().layer(&self.nonewprivs).command(&["nnp"]),
            "glibc-dns-testing" | "jessie-dnsutils" => base().layer(&self.coredns).command(&["bash"]),
            "etcd" => base().layer(&self.etcd).command(&["etcd"]),
            "conformance" => base()
                .layer(&self.conformance)
                .entrypoint(&["kubeconformance"])
                .env("E2E_FOCUS", r"\[Conformance\]")
                .env("E2E_SKIP", "")
                .env("E2E_PROVIDER", "local")
                .env("E2E_PARALLEL", "1")
                .env("E2E_VERBOSITY", "4")
                .env("RESULTS_DIR", "/tmp/results")
                .env("KUBECONFIG", ""),
            other => {
                let (name, layer) = self.single.iter().find(|(name, _)| *name == other)?;
                base().layer(layer).entrypoint(&[&format!("/{name}")])
            }
        })
    }
}

/// What every Linux system has and Debian's packages leave to the installation.
fn system(layer: &mut Layer) {
    for folder in [
        "root", "home", "run", "var/tmp", "var/run", "var/log", "etc", "proc", "sys", "dev",
    ] {
        if !layer.contains(folder) {
            layer.directory(folder, 0o755);
        }
    }
    layer.directory("tmp", 0o1777);
    layer
        .bytes("etc/passwd", PASSWD, 0o644)
        .bytes("etc/group", GROUP, 0o644);
    layer.bytes(
        "etc/nsswitch.conf",
        "passwd: files\ngroup: files\nhosts: files dns\n",
        0o644,
    );
}

fn base(debian: &Debian) -> Result<Layer> {
    let mut layer = debian.layer()?;
    system(&mut layer);
    Ok(layer)
}

/// Busybox's tools before Debian's, and its shell where that keeps every variable.
fn busybox(debian: &Debian, cache: &Path) -> Result<Layer> {
    let mut layer = Layer::new();
    for applet in debian
        .applets()?
        .iter()
        .filter(|name| !["ash", "busybox", "sh"].contains(&name.as_str()))
    {
        layer.link(&format!("usr/local/bin/{applet}"), "/bin/busybox");
    }
    let work = tempfile::tempdir_in(cache).map_err(at("write to", cache))?;
    let source = work.path().join("sh.c");
    files::write(&source, SHELL)?;
    layer.bytes(
        &format!("{}/sh", debian.programs()),
        compiled("sh", &source, &[], cache)?,
        0o755,
    );
    Ok(layer)
}

fn agnhost(programs: &Programs, sources: &Path) -> Result<Layer> {
    let mut layer = Layer::new();
    layer
        .file("agnhost", programs.path("agnhost")?, 0o755)
        .link("agnhost-2", "agnhost")
        .directory("uploads", 0o755);
    for name in ["localhost.crt", "localhost.key"] {
        layer.file(name, sources.join("test/images/agnhost/porter").join(name), 0o644);
    }
    layer.bytes("etc/passwd", format!("{PASSWD}{TEST_USER}"), 0o644);
    layer.bytes("etc/group", format!("{GROUP}{TEST_GROUP}"), 0o644);
    layer
        .directory("home/user-defined-in-image", 0o755)
        .owner("home/user-defined-in-image", 1000, 1000);
    Ok(layer)
}

fn conformance(programs: &Programs) -> Result<Layer> {
    let mut layer = Layer::new();
    for name in SUITE {
        layer.file(&format!("usr/local/bin/{name}"), programs.path(name)?, 0o755);
    }
    // Legacy names that older tools start.
    layer
        .link("run_e2e.sh", "/usr/local/bin/kubeconformance")
        .link("gorunner", "/usr/local/bin/kubeconformance");
    layer.directory("kubernetes/cluster", 0o755);
    Ok(layer)
}

/// The process that holds a pod's namespaces is upstream's, compiled here: it is a page of C.
fn pause(cache: &Path, sources: &Path) -> Result<Layer> {
    let program = compiled(
        "pause",
        &sources.join("build/pause/linux/pause.c"),
        &["-DVERSION=testbed"],
        cache,
    )?;
    let mut layer = Layer::new();
    layer.bytes("pause", program, 0o755);
    Ok(layer)
}

/// A static program made of one file of C.
fn compiled(name: &str, source: &Path, flags: &[&str], cache: &Path) -> Result<Vec<u8>> {
    host::ensure(host::Need::Compile)?;
    let work = tempfile::tempdir_in(cache).map_err(at("write to", cache))?;
    let output = work.path().join(name);
    let (from, to) = (source.to_string_lossy(), output.to_string_lossy());
    let mut arguments = vec!["-Os", "-static", "-s", "-o", &to];
    arguments.extend(flags);
    arguments.push(&from);
    Task::of(format!("compile {name}"), "cc", &arguments).run()?;
    std::fs::read(&output).map_err(at("read", &output))
}

fn nginx() -> Layer {
    let mut layer = Layer::new();
    layer.bytes("etc/nginx/nginx.conf", NGINX, 0o644);
    layer.bytes(
        "usr/share/nginx/html/index.html",
        "<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head>\
         <body><h1>Welcome to nginx!</h1></body></html>\n",
        0o644,
    );
    layer
        .directory("var/lib/nginx", 0o755)
        .owner("var/lib/nginx", 33, 33);
    layer.directory("var/log/nginx", 0o755);
    layer
}
