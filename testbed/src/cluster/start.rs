//! Bringing a cluster up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::control_plane;
use super::layout::{Layout, Node};
use super::pki::{self, Authority};
use super::{addons, network, node, registry, status, stop};
use crate::build::cache::Programs;
use crate::build::{self, target};
use crate::image::catalogue;
use crate::image::debian::Debian;
use crate::lock::Lock;
use crate::progress::Progress;
use crate::{Error, Options, Result, host, paths, printer};

/// Starts the cluster unless it runs; what is left of a broken one goes first.
pub(crate) fn up(options: &Options) -> Result<Layout> {
    options.check()?;
    host::check_platform()?;
    let _lock = Lock::take(paths::cluster_lock(), "a cluster")?;
    // A file that cannot be read is as good as a cluster that is not whole.
    let known = Layout::load(&options.name).unwrap_or(None);
    if let Some(layout) = known {
        if layout.complete && status::is_whole(&layout) {
            if layout.options.is_like(options) {
                return add_suites(layout, options);
            }
            return Err(Error::OtherOptions {
                name: options.name.clone(),
                running: layout.options.to_string(),
                wanted: options.to_string(),
            });
        }
        printer::note(&format!(
            "testbed {} is there, but not whole: starting it again",
            options.name
        ));
    }
    host::ensure(host::Need::Run)?;
    let programs = Programs::new(&options.kubernetes_version)?;
    programs.ensure(&target::for_cluster(options))?;
    let images = catalogue::ensure(&programs)?;
    // Built before anything runs, for it may take long.
    build::suites(options, &programs)?;

    stop::clean(&options.name)?;
    let progress = Progress::new(5 + usize::from(options.registry));
    progress.start("making the network");
    let mut layout = Layout {
        options: Options {
            suites: Vec::new(),
            ..options.clone()
        },
        octet: network::free_octet()?,
        programs: paths_of(options, &programs)?,
        complete: false,
    };
    layout.save()?;
    stop::remember_folders()?;
    network::make(&layout)?;
    let authority = pki::make(&layout)?;
    progress.step();
    start(
        &layout,
        &authority,
        &catalogue::sandbox(&programs)?,
        &images,
        &progress,
    )?;
    layout.complete = true;
    layout.save()?;
    add_suites(layout, options)
}

/// Gives all nodes the suites that they do not have yet. A layout names those that they have.
fn add_suites(mut layout: Layout, options: &Options) -> Result<Layout> {
    let mut missing = options.clone();
    missing
        .suites
        .retain(|suite| !layout.options.suites.contains(suite));
    if missing.suites.is_empty() {
        return Ok(layout);
    }
    let cluster = Programs::new(&options.kubernetes_version)?;
    let archives = build::suites(&missing, &cluster)?;
    let progress = Progress::new(archives.len());
    let nodes: Vec<Node> = layout.nodes().collect();
    for archive in archives {
        progress.start("giving the nodes another suite");
        on_all(&nodes, |node| node::import(&layout, node, &archive), || Ok(()))?;
        progress.step();
    }
    layout.options.suites.extend(missing.suites);
    layout.save()?;
    Ok(layout)
}

fn start(
    layout: &Layout,
    authority: &Authority,
    sandbox: &str,
    images: &Path,
    progress: &Progress,
) -> Result<()> {
    progress.start("starting the control plane, and containerd with its images");
    let nodes: Vec<Node> = layout.nodes().collect();
    // The nodes import their images while the control plane starts.
    on_all(
        &nodes,
        |node| node::start_runtime(layout, node, sandbox, images),
        || control_plane::up(layout, authority),
    )?;
    progress.step();
    progress.start("starting the nodes");
    on_all(
        &nodes,
        |node| node::start_agents(layout, node, authority),
        || Ok(()),
    )?;
    progress.step();
    progress.start("connecting the pods");
    addons::apply(layout)?;
    node::connect_pods(layout)?;
    progress.step();
    progress.start("waiting for the nodes and for cluster DNS");
    addons::wait_ready(layout)?;
    progress.step();
    if layout.options.registry {
        progress.start("filling the registry");
        registry::fill(layout)?;
        progress.step();
    }
    Ok(())
}

/// Does something on all nodes at once, and something else meanwhile; the first error counts.
pub(crate) fn on_all(
    nodes: &[Node],
    work: impl Fn(&Node) -> Result<()> + Sync,
    meanwhile: impl FnOnce() -> Result<()>,
) -> Result<()> {
    std::thread::scope(|scope| {
        let running: Vec<_> = nodes.iter().map(|node| scope.spawn(|| work(node))).collect();
        let first = meanwhile();
        let rest = running.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| {
                Err(Error::Unexpected {
                    what: "the start of a node".into(),
                    detail: "its thread panicked".into(),
                })
            })
        });
        [first].into_iter().chain(rest).collect()
    })
}

fn paths_of(options: &Options, programs: &Programs) -> Result<BTreeMap<String, PathBuf>> {
    let mut paths: BTreeMap<String, PathBuf> = target::for_cluster(options)
        .iter()
        .map(|target| Ok((target.name.to_owned(), programs.path(target.name)?)))
        .collect::<Result<_>>()?;
    paths.insert("busybox".into(), Debian::unpack(&programs.cache)?.busybox()?);
    Ok(paths)
}
