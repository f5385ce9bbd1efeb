//! Processes inside containers, found from the node: the API server need not answer.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rustix::process::Signal;

use super::super::layout::Node;
use super::super::process::Record;
use super::super::{cgroup, node};
use crate::{Result, Testbed};

/// Which processes of pods are meant.
#[derive(Debug, Clone, Default)]
pub struct PodProgram {
    /// The container's name, as in the pod.
    pub container: String,
    /// The file name of the program that it was started as, such as `e2e.test`.
    pub program: String,
    /// Only in pods of this namespace.
    pub namespace: Option<String>,
    /// Only in the pod of this name.
    pub pod: Option<String>,
}

/// A process inside a container.
#[derive(Debug, Clone)]
pub struct PodProcess {
    /// The node that it runs on.
    pub node: String,
    /// Its number on the machine.
    pub pid: i32,
    record: Record,
}

impl PodProcess {
    /// Ends it at once (SIGKILL). If it is gone, nothing happens: its number may be another's.
    pub fn kill(&self) {
        self.record.signal(Signal::KILL);
    }

    /// Makes it stand still (SIGSTOP).
    pub fn pause(&self) {
        self.record.signal(Signal::STOP);
    }

    /// Lets it go on (SIGCONT).
    pub fn resume(&self) {
        self.record.signal(Signal::CONT);
    }

    /// Whether it is still there.
    pub fn alive(&self) -> bool {
        self.record.alive()
    }
}

impl Testbed {
    /// The processes of that program in containers of that name, on all nodes whose containerd runs.
    pub fn pod_processes(&self, wanted: &PodProgram) -> Result<Vec<PodProcess>> {
        let mut found = vec![];
        for one in self.layout.nodes() {
            if !node::daemon(&self.layout, &one, "containerd").alive() {
                continue;
            }
            let containers = self.containers(&one, wanted)?;
            let group = one.cgroup(self.layout.name());
            let pids: BTreeSet<i32> = containers
                .iter()
                .flat_map(|id| cgroup::processes_of(&group, id))
                .collect();
            let processes = pids.into_iter().filter(|pid| runs(*pid, &wanted.program));
            found.extend(processes.filter_map(|pid| {
                Some(PodProcess {
                    node: one.name.clone(),
                    pid,
                    record: Record::of(pid)?,
                })
            }));
        }
        Ok(found)
    }

    /// The ids of the containers, as containerd knows them by the labels that the kubelet gave them.
    fn containers(&self, node: &Node, wanted: &PodProgram) -> Result<Vec<String>> {
        let label = |key: &str, value: &str| format!("labels.\"io.kubernetes.{key}\"==\"{value}\"");
        let mut filter = vec![label("container.name", &wanted.container)];
        filter.extend(wanted.namespace.iter().map(|name| label("pod.namespace", name)));
        filter.extend(wanted.pod.iter().map(|name| label("pod.name", name)));
        let list = node::ctr(
            &self.layout,
            node,
            &["containers", "list", "--quiet", &filter.join(",")],
        )?;
        Ok(list
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|id| !id.is_empty())
            .collect())
    }
}

/// A process may call itself otherwise than its file.
fn runs(pid: i32, program: &str) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let file = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
    is_named(&line, program) || file.file_name().is_some_and(|name| name == program)
}

/// Whether a command line, words ended by zero bytes, starts that program.
fn is_named(line: &[u8], program: &str) -> bool {
    let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    Path::new(first.as_ref())
        .file_name()
        .is_some_and(|name| name == program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_known_by_its_first_word() {
        let line = b"/usr/local/bin/e2e.test\0--kubeconfig=\0ginkgo\0";
        assert!(is_named(line, "e2e.test"));
        assert!(!is_named(line, "ginkgo"));
        assert!(!is_named(b"", "ginkgo"));
        assert!(is_named(b"ginkgo", "ginkgo"));
    }
}
