//! What is shipped beside the programs: charts, alert rules, health checks for GitOps. Each is tried with the program that
//! will read it.

mod flux;
pub mod foreign;
mod gitops;
mod kstatus;
mod render;
pub mod tools;
mod values;

use anyhow::Result;

use crate::{
    printer,
    process::{root, run},
};

/// Tries charts, alert rules and health checks.
pub fn check() -> Result<()> {
    printer::step("alert rules, by promtool");
    let mut promtool = std::process::Command::new(tools::debian("prometheus", "promtool")?);
    promtool.args(["test", "rules", "alerts_test.yaml"]);
    run(promtool.current_dir(root().join("charts/conform/tests")))?;
    printer::step("health checks of Argo CD, by Lua, and kstatus");
    gitops::check(&tools::debian("lua5.4", "lua5.4")?)?;
    printer::step("charts, by Helm");
    render::check(&tools::helm()?)
}
