//! conform's main job, from nothing to a table.

use anyhow::{Context, Result, bail};

use crate::{cluster::Cluster, images, plugin::plugin, printer, process::run};

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Use this context of your kubeconfig instead of the testbed; its nodes must be able to get conform's images
    /// (`cargo xtask images`, then for example `kind load image-archive`)
    #[arg(long)]
    pub context: Option<String>,
}

/// Builds, starts, installs, runs and shows.
pub fn demo(args: &DemoArgs) -> Result<()> {
    let images = images::build()?;
    let own = args.context.is_some() || std::env::var_os("KUBECONFIG").is_some();
    let cluster = if own {
        Cluster::existing(args.context.clone())
    } else {
        Cluster::testbed(&images)?
    };
    let conform = |words: &[&str]| plugin(&images.plugin, &cluster, words);

    printer::step("kubectl conform install");
    run(&mut conform(&["install"]))?;

    printer::step("kubectl conform run --profile quick --wait");
    let name = format!("demo-{}", std::process::id());
    let waited = conform(&["run", &name, "--profile", "quick", "--wait"]).status();
    let waited = waited.context("cannot start kubectl-conform")?;
    // Profile quick measures a part of what is required, so "could not decide" is the honest end of a good run.
    let measured = matches!(waited.code(), Some(0 | 2)) && succeeded(&cluster, &name)?;

    let files = tempfile::Builder::new().prefix("conform-demo-").tempdir()?.keep();
    printer::step(&format!(
        "kubectl conform retrieve {name} --out {}",
        files.display()
    ));
    run(&mut conform(&[
        "retrieve",
        &name,
        "--out",
        &files.to_string_lossy(),
    ]))?;

    if let Some(testbed) = &cluster.testbed {
        printer::note(&format!(
            "\nThe cluster goes on running: export KUBECONFIG={}\nTake it away: cargo run -p conform-testbed -- down",
            testbed.kubeconfig().display()
        ));
    }
    if !measured {
        bail!("the demo's run {name} did not succeed: kubectl conform status {name}");
    }
    Ok(())
}

fn succeeded(cluster: &Cluster, run: &str) -> Result<bool> {
    let path = r#"jsonpath={.status.conditions[?(@.type=="Succeeded")].status}"#;
    let mut kubectl = cluster.kubectl(&["get", "conformancerun", run, "-o", path])?;
    Ok(crate::process::output(&mut kubectl)? == "True")
}
