//! Programs of the crate `e2e`, with what they are told in their environment.

use std::process::Command;

use anyhow::{Context, Result};
use conform_testbed::Testbed;

use crate::{
    charts::{foreign, tools},
    gateway,
    images::Images,
    process::cargo,
};

/// `cargo WORDS…` for that crate, aimed at the testbed.
pub fn e2e(words: &[&str], testbed: &Testbed, images: &Images) -> Result<Command> {
    let mut command = cargo(words);
    let foreign = std::env::join_paths(foreign::definitions()?).context("a path has a colon")?;
    command
        .env("KUBECONFIG", testbed.kubeconfig())
        .env("CONFORM_E2E_PLUGIN", &images.plugin)
        .env("CONFORM_E2E_KUBECTL", testbed.bin("kubectl")?)
        .env("CONFORM_E2E_TESTBED", &testbed.options().name)
        .env("CONFORM_E2E_HELM", tools::helm()?)
        .env("CONFORM_E2E_S3", tools::s3_server()?)
        .env(
            "CONFORM_E2E_PROMETHEUS",
            tools::debian("prometheus", "prometheus")?,
        )
        .env("CONFORM_E2E_FOREIGN_CRDS", foreign)
        .env("CONFORM_E2E_GATEWAY_API", gateway::definitions()?)
        .env("CONFORM_E2E_OPENREPORTS", gateway::open_reports()?);
    Ok(command)
}
