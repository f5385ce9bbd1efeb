//! `install`: custom resources, roles and the operator.

use std::time::Duration;

use clap::ValueEnum;
use conform_suite::images::mirrored;
use tokio::time::Instant;

use super::images;
use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    install::{Applier, Object, Wanted, crds_established, foreign_namespace, manifests, operator_available},
    output::of_kind,
    printer::Printer,
    time::parse_duration,
};

const OPERATOR_IMAGE: &str = concat!(
    "ghcr.io/conform-dev/conform-operator:v",
    env!("CARGO_PKG_VERSION")
);
/// The image with the runner, of this plugin's version.
pub const RUNNER_IMAGE: &str = concat!("ghcr.io/conform-dev/conform-runner:v", env!("CARGO_PKG_VERSION"));
const SUITE_REPOSITORY: &str = "registry.k8s.io/conformance";

/// Where conform's own images and the suite's come from.
#[derive(clap::Args, Debug)]
pub struct ImageArgs {
    /// Image of the operator
    #[arg(long, value_name = "IMAGE", default_value = OPERATOR_IMAGE)]
    pub operator_image: String,
    /// Image that holds the runner
    #[arg(long, value_name = "IMAGE", default_value = RUNNER_IMAGE)]
    pub runner_image: String,
    /// Repository of the conformance image; the tag is the server's version
    #[arg(long, value_name = "REPOSITORY", default_value = SUITE_REPOSITORY)]
    pub suite_repository: String,
}

/// Options of `install`.
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    images: ImageArgs,
    /// A registry, with or without a path, that has copies of every image that `kubectl conform images` lists
    #[arg(long, value_name = "REGISTRY", value_parser = images::mirror)]
    mirror: Option<String>,
    /// How many operators: one leads, the others stand by and take over when it is gone
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=5))]
    replicas: u8,
    /// With client, only say what would be applied; with -o, print it
    #[arg(long, value_enum, default_value_t)]
    dry_run: DryRun,
    /// Format of the manifests that --dry-run=client prints
    #[arg(short, long, value_enum)]
    output: Option<Format>,
    /// Wait until the operator is available; the default
    #[arg(long, overrides_with = "no_wait")]
    wait: bool,
    /// Do not wait until the operator is available
    #[arg(long)]
    no_wait: bool,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = parse_duration)]
    timeout: Duration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DryRun {
    #[default]
    None,
    Client,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// YAML documents
    Yaml,
    /// One JSON List
    Json,
}

/// Installs, or only says what would be.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), Error> {
    let there = |image: &str| match &args.mirror {
        Some(mirror) => mirrored(image, mirror),
        None => image.to_owned(),
    };
    let wanted = Wanted {
        replicas: args.replicas,
        operator: there(&args.images.operator_image),
        runner: there(&args.images.runner_image),
        suite_repository: there(&args.images.suite_repository),
        mirror: args.mirror.clone(),
    };
    let crds = custom_resources()?;
    let rest = manifests(&global.namespace, &wanted)?;
    if args.dry_run == DryRun::Client {
        return show(
            args.output,
            &crds.into_iter().chain(rest).collect::<Vec<_>>(),
            printer,
        );
    }
    if args.output.is_some() {
        return Err(Error::Usage(
            "-o prints manifests, which only --dry-run=client does: add it".to_owned(),
        ));
    }
    let cluster = Cluster::connect(global).await?;
    let deadline = Instant::now() + args.timeout;
    let applier = Applier::new(&cluster);
    for object in &crds {
        printer.out(&applier.apply(object).await?)?;
    }
    // Roles may be made at once, but the operator is to find its resources served when it starts.
    crds_established(&cluster, &conform_crds::crds(), deadline).await?;
    let foreign = foreign_namespace(&cluster).await?;
    for object in &rest {
        if foreign && object.kind() == "Namespace" {
            printer.out(&format!(
                "namespace/{} unchanged (it was there before)",
                object.name()
            ))?;
            continue;
        }
        match applier.apply(object).await {
            // Kubernetes before 1.30 has no such policies, and does without.
            Err(Error::NotInstalled) if object.kind().starts_with("ValidatingAdmissionPolicy") => {
                printer.note(&format!(
                    "{} {} is left out: this API server has no such policies. Give nobody rights in namespace {}.",
                    object.kind(),
                    object.name(),
                    global.namespace
                ));
            }
            said => printer.out(&said?)?,
        }
    }
    if args.no_wait {
        return Ok(());
    }
    printer.note("Waiting for the operator ...");
    operator_available(&cluster, deadline, args.timeout).await?;
    printer.note("The operator is available. `kubectl conform run --wait` starts a run.");
    Ok(())
}

/// The custom resource definitions as objects.
pub fn custom_resources() -> Result<Vec<Object>, Error> {
    let value = |crd| serde_json::to_value(crd).map_err(|error| Error::Manifest(error.to_string()));
    let mut objects = Vec::new();
    for crd in conform_crds::crds() {
        let mut object = value(crd)?;
        let (key, manager) = crate::install::MANAGED_BY;
        if let Some(metadata) = object
            .get_mut("metadata")
            .and_then(serde_json::Value::as_object_mut)
        {
            metadata.insert("labels".to_owned(), serde_json::json!({ key: manager }));
        }
        objects.push(Object(object));
    }
    Ok(objects)
}

fn show(format: Option<Format>, objects: &[Object], printer: &Printer) -> Result<(), Error> {
    let values: Vec<&serde_json::Value> = objects.iter().map(|object| &object.0).collect();
    match format {
        Some(Format::Json) => crate::output::json(printer, &crate::output::list(&values)?),
        Some(Format::Yaml) => {
            let documents: Result<Vec<String>, _> = values.iter().map(conform_crds::to_yaml).collect();
            printer.data(documents?.join("---\n").as_bytes())
        }
        None => {
            for object in objects {
                let (group, _) = object.group_and_version();
                let spoken = of_kind(object.kind(), group, object.name());
                printer.out(&format!("{spoken} serverside-applied (dry run)"))?;
            }
            Ok(())
        }
    }
}
