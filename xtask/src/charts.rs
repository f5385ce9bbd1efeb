//! What is shipped beside the programs: charts, alert rules, health checks for GitOps. Each is tried with the program that
//! will read it.

mod argocd;
mod flux;
pub mod foreign;
mod gitops;
mod kstatus;
mod render;
pub mod tools;
mod values;

use std::path::Path;

use anyhow::Result;

use self::{gitops::Judges, kstatus::Kstatus};
use crate::{
    printer,
    process::{root, run},
};

/// Tries that Argo CD and kstatus agree on the objects in a folder, which were seen on a cluster.
pub fn agree_on(seen: &Path) -> Result<()> {
    printer::step("health checks of Argo CD and kstatus, on what the tests saw");
    let count = gitops::agree_on(&judges()?, seen)?;
    printer::line(&format!("{count} objects: they agree"));
    Ok(())
}

fn judges() -> Result<Judges> {
    Ok(Judges {
        lua: tools::debian("lua5.4", "lua5.4")?,
        kstatus: Kstatus(tools::kstatus()?),
    })
}

/// Tries charts, alert rules and health checks.
pub fn check() -> Result<()> {
    printer::step("alert rules, by promtool");
    let mut promtool = std::process::Command::new(tools::debian("prometheus", "promtool")?);
    promtool.args(["test", "rules", "alerts_test.yaml"]);
    run(promtool.current_dir(root().join("charts/conform/tests")))?;
    printer::step("health checks of Argo CD, by Lua, and kstatus");
    gitops::check(&judges()?)?;
    printer::step("charts, by Helm");
    render::check(&tools::helm()?)
}
