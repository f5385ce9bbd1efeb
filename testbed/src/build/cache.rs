//! The programs in the cache. A program is built beside its place and renamed into it, so what is there is whole; two
//! builds at once take turns.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::compile::compile;
use super::module::{Kind, Module};
use super::target::{How, Target};
use super::version::Version;
use crate::lock::Lock;
use crate::progress::{Progress, spoken};
use crate::{Result, files, host, paths};

/// The programs of one version of Kubernetes and of what goes with it.
pub(crate) struct Programs {
    pub(crate) cache: PathBuf,
    pub(crate) version: Version,
    modules: [(Kind, Module); 5],
}

impl Programs {
    pub(crate) fn new(kubernetes_version: &str) -> Result<Self> {
        let version = Version::parse(kubernetes_version)?;
        let cache = paths::cache_dir()?;
        let module = |kind| Ok((kind, Module::of(kind, version)?));
        let modules = [
            module(Kind::Kubernetes)?,
            module(Kind::Runtime)?,
            module(Kind::Coredns)?,
            module(Kind::Peers)?,
            module(Kind::Registry)?,
        ];
        Ok(Self {
            cache,
            version,
            modules,
        })
    }

    /// The cache's names of the modules: what an image made of their programs depends on.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.modules
            .iter()
            .filter(|(kind, _)| !matches!(kind, Kind::Peers | Kind::Registry))
            .map(|(_, module)| module.key.as_str())
    }

    /// Where a program is, or will be.
    pub(crate) fn path(&self, name: &str) -> Result<PathBuf> {
        let target = Target::named(name)?;
        Ok(self.place(target).1)
    }

    fn place(&self, target: Target) -> (&Module, PathBuf) {
        let [(_, first), rest @ ..] = &self.modules;
        let module = rest
            .iter()
            .find(|(kind, _)| *kind == target.kind)
            .map_or(first, |(_, module)| module);
        (module, self.cache.join("bin").join(&module.key).join(target.name))
    }

    /// Lets nobody else change the cache. What a builder that was killed left half done is hidden, and goes now.
    pub(crate) fn lock(&self) -> Result<Lock> {
        let lock = Lock::take(&self.cache.join("build.lock"), "building")?;
        let programs = fs::read_dir(self.cache.join("bin"))
            .into_iter()
            .flatten()
            .flatten();
        programs
            .map(|entry| entry.path())
            .chain([self.cache.clone()])
            .try_for_each(|folder| remove_hidden(&folder))?;
        Ok(lock)
    }

    /// Builds those of them that are not there.
    pub(crate) fn ensure(&self, targets: &[Target]) -> Result<()> {
        let missing = |target: &&Target| !self.place(**target).1.exists();
        if !targets.iter().any(|target| missing(&target)) {
            return Ok(());
        }
        let _lock = self.lock()?;
        // Whoever held the lock may have built what was missing.
        let todo: Vec<&Target> = targets.iter().filter(missing).collect();
        if todo.iter().any(|target| target.how == How::Cgo) {
            host::ensure(host::Need::Compile)?;
        }
        let mut times = Times::load(&self.cache);
        let progress = Progress::new(todo.len());
        for target in todo {
            progress.start(&format!("building {}{}", target.name, times.last(target.name)));
            let begun = Instant::now();
            let (module, place) = self.place(*target);
            compile(module, *target, &place)?;
            times.note(target.name, begun.elapsed().as_secs())?;
            progress.step();
        }
        Ok(())
    }
}

fn remove_hidden(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with('.')) {
        let path = entry.path();
        if path.is_dir() {
            files::remove_dir(&path)?;
        } else {
            fs::remove_file(&path).map_err(files::at("remove", &path))?;
        }
    }
    Ok(())
}

/// How long each build took last time.
pub(crate) struct Times {
    path: PathBuf,
    seconds: BTreeMap<String, u64>,
}

impl Times {
    pub(crate) fn load(cache: &Path) -> Self {
        let path = cache.join("times.json");
        // Without the file nothing is known yet; that is all it is good for.
        let seconds = files::read_json(&path).unwrap_or_default();
        Self { path, seconds }
    }

    /// A remark for the progress bar.
    pub(crate) fn last(&self, name: &str) -> String {
        match self.seconds.get(name) {
            Some(seconds) => format!(" (last time {})", spoken(*seconds)),
            None => String::new(),
        }
    }

    pub(crate) fn note(&mut self, name: &str, seconds: u64) -> Result<()> {
        self.seconds.insert(name.into(), seconds);
        files::write_json(&self.path, &self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_build_left_goes_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".building-x/module")).unwrap();
        fs::write(folder.path().join(".tmpabc"), "half").unwrap();
        fs::write(folder.path().join("kubelet"), "whole").unwrap();
        remove_hidden(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["kubelet"]);
        remove_hidden(&folder.path().join("absent")).unwrap();
    }

    #[test]
    fn times_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let mut times = Times::load(folder.path());
        assert_eq!(times.last("kubelet"), "");
        times.note("kubelet", 75).unwrap();
        assert_eq!(
            Times::load(folder.path()).last("kubelet"),
            " (last time 1 min 15 s)"
        );
    }
}
