//! Describing an image.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::archive::write_archive;
use super::layer::Layer;
use crate::Result;

/// An image: layers that may be shared with others, and how to start it.
#[derive(Debug, Clone, Default)]
pub struct Image {
    pub(crate) tags: Vec<String>,
    pub(crate) layers: Vec<Rc<Layer>>,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) command: Vec<String>,
    pub(crate) environment: Vec<String>,
    pub(crate) user: String,
    pub(crate) folder: String,
}

impl Image {
    /// An image of no layers yet, under one name; give it in full, as in `docker.io/library/busybox:1.37`.
    pub fn named(tag: impl Into<String>) -> Self {
        Self {
            tags: vec![tag.into()],
            folder: "/".into(),
            ..Self::default()
        }
    }

    /// Another name of the same image.
    #[must_use]
    pub fn also(mut self, tag: impl Into<String>) -> Self {
        self.tags.push(tag.into());
        self
    }

    /// One more layer on top.
    #[must_use]
    pub fn layer(mut self, layer: &Rc<Layer>) -> Self {
        self.layers.push(Rc::clone(layer));
        self
    }

    /// What is started, before the pod's own arguments.
    #[must_use]
    pub fn entrypoint(mut self, words: &[&str]) -> Self {
        self.entrypoint = words.iter().map(ToString::to_string).collect();
        self
    }

    /// The arguments if the pod has none of its own.
    #[must_use]
    pub fn command(mut self, words: &[&str]) -> Self {
        self.command = words.iter().map(ToString::to_string).collect();
        self
    }

    /// A variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push(format!("{name}={value}"));
        self
    }

    /// As whom it runs: `65532:65532`; root if nothing is said.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.user = user.into();
        self
    }
}

/// An image of one layer, from scratch.
///
/// ```
/// # fn main() -> conform_testbed::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let program = folder.path().join("program");
/// # std::fs::write(&program, "x").unwrap();
/// conform_testbed::image::Builder::new("conform.dev/runner:0.1.0")
///     .file("/runner", &program, 0o755)
///     .entrypoint(&["/runner"])
///     .user("65532:65532")
///     .write(&folder.path().join("runner.tar"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Builder {
    image: Image,
    layer: Layer,
}

impl Builder {
    /// Starts with nothing but a name.
    pub fn new(tag: impl Into<String>) -> Self {
        Self {
            image: Image::named(tag),
            layer: Layer::new(),
        }
    }

    /// Another name of the same image.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.image = self.image.also(tag);
        self
    }

    /// A copy of a file of this machine.
    #[must_use]
    pub fn file(mut self, path: &str, source: impl Into<PathBuf>, mode: u32) -> Self {
        self.layer.file(path, source, mode);
        self
    }

    /// A file with that content.
    #[must_use]
    pub fn bytes(mut self, path: &str, content: impl Into<Vec<u8>>, mode: u32) -> Self {
        self.layer.bytes(path, content, mode);
        self
    }

    /// A folder.
    #[must_use]
    pub fn directory(mut self, path: &str, mode: u32) -> Self {
        self.layer.directory(path, mode);
        self
    }

    /// Gives what is at the path to another user and group than root.
    #[must_use]
    pub fn owner(mut self, path: &str, user: u64, group: u64) -> Self {
        self.layer.owner(path, user, group);
        self
    }

    /// What is started.
    #[must_use]
    pub fn entrypoint(mut self, words: &[&str]) -> Self {
        self.image = self.image.entrypoint(words);
        self
    }

    /// A variable of the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.image = self.image.env(name, value);
        self
    }

    /// As whom it runs: `65532:65532`.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.image = self.image.user(user);
        self
    }

    /// Writes the docker-archive.
    pub fn write(self, path: &Path) -> Result<()> {
        write_archive(&[self.image.layer(&Rc::new(self.layer))], path)
    }
}
