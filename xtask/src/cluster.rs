//! The cluster that a step works on.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};
use conform_testbed::{Options, Testbed};

use crate::{images::Images, printer};

/// A cluster, with conform's images on its nodes if we can put them there.
pub struct Cluster {
    /// Its kubeconfig, if it is not the one that every client finds by itself.
    kubeconfig: Option<PathBuf>,
    /// Its context, if it is not the current one.
    context: Option<String>,
    /// The testbed behind it, if it is ours.
    pub testbed: Option<Testbed>,
}

impl Cluster {
    /// The testbed of the demo and the tests, started if it does not run, with `images` loaded.
    pub fn testbed(images: &Images) -> Result<Self> {
        Self::named(&Options::default().name, images)
    }

    /// The testbed of that name, started if it does not run, with `images` loaded.
    pub fn named(name: &str, images: &Images) -> Result<Self> {
        printer::step(
            "starts the testbed: a real Kubernetes on this machine (the first time it is built, which takes a while)",
        );
        let testbed = Testbed::up(&Options {
            name: name.to_owned(),
            ..Options::default()
        })?;
        for archive in &images.archives {
            let names = testbed.load(archive)?;
            printer::note(&format!("loaded {}", names.join(", ")));
        }
        Ok(Self {
            kubeconfig: Some(testbed.kubeconfig()),
            context: None,
            testbed: Some(testbed),
        })
    }

    /// The user's own cluster. Its nodes must be able to get conform's images.
    pub fn existing(context: Option<String>) -> Self {
        Self {
            kubeconfig: None,
            context,
            testbed: None,
        }
    }

    /// Points a client at the cluster.
    pub fn aim(&self, command: &mut Command) {
        if let Some(kubeconfig) = &self.kubeconfig {
            command.env("KUBECONFIG", kubeconfig);
        }
        if let Some(context) = &self.context {
            command.args(["--context", context]);
        }
    }

    /// kubectl of the testbed's version, or the user's.
    pub fn kubectl(&self, words: &[&str]) -> Result<Command> {
        let program = match &self.testbed {
            Some(testbed) => testbed.bin("kubectl").context("the testbed has no kubectl")?,
            None => "kubectl".into(),
        };
        let mut command = Command::new(program);
        self.aim(&mut command);
        command.args(words);
        Ok(command)
    }
}
