//! Files that are generated from code, committed, and checked for drift.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{api_reference, catalogue, durations, gateway, image_lists, printer, process::root, windows};

/// Manifests of the plugin that the chart renders too. Its Deployment is a template, and its namespace Helm's.
const MANIFESTS: [&str; 4] = [
    "admission.yaml",
    "operator-rbac.yaml",
    "suite-role.yaml",
    "user-roles.yaml",
];

/// Options of `generate`.
#[derive(Debug, clap::Args)]
pub struct GenerateArgs {
    /// What to write; without it everything that needs no network
    #[arg(value_enum)]
    pub what: Option<Generated>,
    /// JUnit files of real runs, for `durations`
    pub from: Vec<PathBuf>,
    /// Write nothing and use no network; fail if a file is not current
    #[arg(long)]
    pub check: bool,
}

/// What can be generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Generated {
    /// The custom resource definitions, the reference of the API, the schemas of reports, and the code of the API of a service
    /// proxy
    Schemas,
    /// What each minor release of Kubernetes requires, from its Go modules
    Catalogue,
    /// Which images the suite of each minor release pulls, from its Go modules
    Images,
    /// How long tests take, from JUnit files of real runs
    Durations,
    /// The features and tests of Gateway API's suites, from its Go modules
    Gateway,
    /// The tests that KEP-2578 asks for, from the names of the newest suite
    Windows,
}

/// Writes or checks generated files.
pub fn generate(args: &GenerateArgs) -> Result<()> {
    match (args.what, args.check) {
        (None | Some(Generated::Schemas), false) => schemas(false),
        (Some(Generated::Schemas), true) => schemas(true),
        (Some(Generated::Catalogue), false) => catalogue::write(),
        (Some(Generated::Catalogue), true) => catalogue::check(),
        (Some(Generated::Images), false) => image_lists::write(),
        (Some(Generated::Images), true) => image_lists::check(),
        (Some(Generated::Durations), false) => durations::write(&args.from),
        // A table that cannot be read fails a test of its crate; there is nothing to compare it with.
        (Some(Generated::Durations), true) => Ok(()),
        (Some(Generated::Gateway), false) => gateway::write(),
        (Some(Generated::Gateway), true) => gateway::check(),
        (Some(Generated::Windows), false) => windows::write(),
        (Some(Generated::Windows), true) => windows::check(),
        (None, true) => schemas(true)
            .and_then(|()| catalogue::check())
            .and_then(|()| image_lists::check())
            .and_then(|()| gateway::check())
            .and_then(|()| windows::check()),
    }
}

fn schemas(check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for (path, current) in files()? {
        if std::fs::read_to_string(&path).unwrap_or_default() == current {
            continue;
        }
        if check {
            stale.push(path.display().to_string());
            continue;
        }
        std::fs::write(&path, current).with_context(|| format!("cannot write {}", path.display()))?;
        printer::line(&format!("wrote {}", path.display()));
    }
    if !stale.is_empty() {
        bail!("not current: {}; run `cargo xtask generate`", stale.join(", "));
    }
    Ok(())
}

fn files() -> Result<Vec<(PathBuf, String)>> {
    let mut files = definitions()?;
    files.extend(chart_files(&files)?);
    files.push((root().join("docs/api.md"), reference()?));
    files.push(proxy_api()?);
    let schemas = conform_suite::report_schemas().into_iter();
    for (name, schema) in schemas.chain(conform_gateway::report_schemas()) {
        let path = root().join(format!("docs/schemas/{name}.json"));
        files.push((path, format!("{}\n", serde_json::to_string_pretty(&schema)?)));
    }
    Ok(files)
}

/// The reference of the API.
fn reference() -> Result<String> {
    let definitions = conform_crds::crds();
    let definitions: Result<Vec<_>, _> = definitions.iter().map(serde_json::to_value).collect();
    api_reference::page(&definitions?)
}

/// The messages, the client and the server of the API of a service proxy. Nobody needs protoc: the definition is compiled here,
/// and builds use the Rust code as it is committed.
fn proxy_api() -> Result<(PathBuf, String)> {
    let folder = root().join("proxy-api");
    let definition = "conform/serviceproxy/v1alpha1/node_state.proto";
    let compiled = protox::compile([definition], [folder.join("proto")])
        .with_context(|| format!("cannot compile {definition}"))?;
    let out = tempfile::tempdir()?;
    let mut builder = tonic_prost_build::configure().build_transport(false);
    // prost leaves it out where a message holds messages.
    for name in [
        "WatchResponse",
        "WatchResponse.operation",
        "Set",
        "Set.value",
        "ServicePort",
    ] {
        builder = builder.type_attribute(
            format!("conform.serviceproxy.v1alpha1.{name}"),
            "#[derive(Eq, Hash)]",
        );
    }
    builder.out_dir(out.path()).compile_fds(compiled)?;
    let name = "conform.serviceproxy.v1alpha1.rs";
    let code = std::fs::read_to_string(out.path().join(name))?;
    Ok((folder.join("src/generated").join(name), code))
}

/// What the charts have from elsewhere: the definitions, and the manifests that the plugin installs.
fn chart_files(definitions: &[(PathBuf, String)]) -> Result<Vec<(PathBuf, String)>> {
    let charts = root().join("charts");
    let mut files = Vec::new();
    for (path, text) in definitions {
        let name = path.file_name().context("a definition's file has no name")?;
        files.push((charts.join("conform-crds/files").join(name), text.clone()));
    }
    for name in MANIFESTS {
        let from = root().join("kubectl-conform/manifests").join(name);
        let text =
            std::fs::read_to_string(&from).with_context(|| format!("cannot read {}", from.display()))?;
        files.push((charts.join("conform/files/manifests").join(name), text));
    }
    Ok(files)
}

fn definitions() -> Result<Vec<(PathBuf, String)>> {
    let folder = root().join("crds/generated");
    let definitions = conform_crds::crds();
    let named = definitions.iter().map(|definition| {
        let name = definition
            .metadata
            .name
            .as_deref()
            .context("a definition has no name")?;
        Ok((
            folder.join(format!("{name}.yaml")),
            conform_crds::to_yaml(definition)?,
        ))
    });
    named.collect()
}
