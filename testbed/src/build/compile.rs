//! One run of the Go compiler.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::module::{FLAGS, Module};
use super::target::{How, Target};
use crate::command::Task;
use crate::files::{at, folder_of};
use crate::{Result, files};

/// Builds a program and moves it into place when it is whole.
pub(crate) fn compile(module: &Module, target: Target, place: &Path) -> Result<()> {
    let folder = folder_of(place);
    files::mkdir(folder)?;
    // In the same folder, since a rename works within one file system only. It goes away with this value.
    let work = tempfile::Builder::new()
        .prefix(".building-")
        .tempdir_in(folder)
        .map_err(at("write to", folder))?;
    let source = work.path().join("module");
    module.write_to(&source)?;
    let output = work.path().join(target.name);

    let mut go = Command::new("go");
    go.current_dir(&source);
    go.args(if target.how == How::Test {
        &["test", "-c"][..]
    } else {
        &["build"][..]
    });
    go.args(FLAGS).args(["-ldflags", &module.ldflags]);
    if target.how == How::Cgo {
        go.args(["-tags", "seccomp"]);
    }
    if module.open {
        go.arg("-mod=mod");
    }
    go.arg("-o").arg(&output).arg(target.package);
    // Settings of the user's own for other projects must not change what is built under this name.
    go.env("GOWORK", "off").env("GOFLAGS", "");
    go.env("CGO_ENABLED", if target.how == How::Cgo { "1" } else { "0" });
    Task::new(format!("build {}", target.name), go).run()?;
    fs::rename(&output, place).map_err(at("move into place", place))
}
