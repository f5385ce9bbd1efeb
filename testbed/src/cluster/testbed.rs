//! What other crates do with a cluster.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use super::layout::{CONTROL_PLANE, Layout, Node};
use super::{network, node, start, status, stop};
use crate::command::Task;
use crate::image::names_in;
use crate::lock::Lock;
use crate::options::check_name;
use crate::{Error, Options, Result, Status, files, host, paths};

/// A cluster that was started.
#[derive(Debug, Clone)]
pub struct Testbed {
    pub(super) layout: Layout,
}

impl Testbed {
    /// Starts a cluster, or finds it running; builds what it needs the first time. When it returns, all nodes are ready
    /// and cluster DNS answers. The cluster goes on running when this process ends.
    pub fn up(options: &Options) -> Result<Self> {
        start::up(options).map(|layout| Self { layout })
    }

    /// The cluster of that name, running or what is left of it.
    pub fn find(name: &str) -> Result<Self> {
        check_name(name)?;
        host::check_platform()?;
        let layout = Layout::load(name)?.ok_or_else(|| Error::NotUp {
            name: name.to_owned(),
        })?;
        Ok(Self { layout })
    }

    /// Ends all processes of the cluster and removes everything that it made but for the cache.
    pub fn down(self) -> Result<()> {
        Self::down_by_name(self.layout.name())
    }

    /// The same for a cluster that may be there or not, or only in part.
    pub fn down_by_name(name: &str) -> Result<()> {
        check_name(name)?;
        host::check_platform()?;
        let _lock = Lock::take(paths::cluster_lock(), "a cluster")?;
        stop::clean(name)
    }

    /// What it was started with.
    pub fn options(&self) -> &Options {
        &self.layout.options
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.layout.path("kubeconfig")
    }

    /// A program of the cluster's version, such as `kubectl`, `e2e.test` or `ginkgo`; what the cluster itself does not
    /// need (`hydrophone`) is built now if it is not there.
    pub fn bin(&self, name: &str) -> Result<PathBuf> {
        match self.layout.programs.get(name) {
            Some(path) => Ok(path.clone()),
            None => crate::bin(name, &self.layout.options.kubernetes_version),
        }
    }

    /// The names of the nodes.
    pub fn nodes(&self) -> Vec<String> {
        self.layout.nodes().map(|node| node.name).collect()
    }

    /// The host's address in the cluster's network: a server on the host that pods are to reach listens there.
    pub fn host_address(&self) -> std::net::Ipv4Addr {
        self.layout.host()
    }

    /// How it is.
    pub fn status(&self) -> Status {
        status::of(&self.layout)
    }

    /// Imports the images of a docker-archive into every node and returns their names.
    pub fn load(&self, archive: &Path) -> Result<Vec<String>> {
        let names = names_in(archive)?;
        let archive = archive.canonicalize().map_err(files::at("read", archive))?;
        let nodes: Vec<Node> = self.layout.nodes().collect();
        start::on_all(
            &nodes,
            |node| node::import(&self.layout, node, &archive),
            || Ok(()),
        )?;
        Ok(names)
    }

    /// Runs a program in the namespaces of a node, or in the network of `control-plane`, on the caller's terminal.
    pub fn exec(&self, place: &str, words: &[String]) -> Result<ExitStatus> {
        let mut command = if place == CONTROL_PLANE {
            network::inside(&super::layout::netns(self.layout.name()))
        } else {
            node::inside(&self.layout, &self.node(place)?)?
        };
        command.args(words);
        Task::new(format!("run a program in {place}"), command).run_attached()
    }

    /// The log files of a node or of `control-plane`: of one component, or of all.
    pub fn logs(&self, place: &str, component: Option<&str>) -> Result<Vec<PathBuf>> {
        let here: Vec<_> = status::components(&self.layout)
            .into_iter()
            .filter(|found| found.place == place)
            .collect();
        if here.is_empty() {
            let known = [CONTROL_PLANE.to_owned()]
                .into_iter()
                .chain(self.nodes())
                .collect::<Vec<_>>();
            return Err(self.no_such(place, &known));
        }
        let names: Vec<String> = here.iter().map(|found| found.name.clone()).collect();
        let wanted = |found: &crate::Component| component.is_none_or(|component| component == found.name);
        let logs: Vec<PathBuf> = here.into_iter().filter(wanted).map(|found| found.log).collect();
        if logs.is_empty() {
            Err(self.no_such(component.unwrap_or_default(), &names))
        } else {
            Ok(logs)
        }
    }

    pub(super) fn node(&self, name: &str) -> Result<Node> {
        self.layout
            .nodes()
            .find(|node| node.name == name)
            .ok_or_else(|| self.no_such(name, &self.nodes()))
    }

    pub(super) fn no_such(&self, wanted: &str, known: &[String]) -> Error {
        Error::NoSuch {
            name: self.layout.name().into(),
            wanted: wanted.into(),
            known: known.join(", "),
        }
    }
}
