//! `version`: of plugin, operator and cluster.

use conform_crds::names;
use k8s_openapi::api::{apps::v1::Deployment, core::v1::Container};
use kube::Api;

use crate::{cli::Global, cluster::Cluster, error::Error, install::is_rolled_out, printer::Printer};

/// Options of `version`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Only this plugin's version; needs no cluster
    #[arg(long)]
    client: bool,
}

/// Shows the versions, and whether the operator is available.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), Error> {
    printer.out(concat!("Client:    v", env!("CARGO_PKG_VERSION")))?;
    if args.client {
        return Ok(());
    }
    let cluster = Cluster::connect(global).await?;
    let server = cluster
        .client
        .apiserver_version()
        .await
        .map_err(|error| cluster.explain(error))?;
    printer.out(&format!("Server:    {}", server.git_version))?;
    let deployments: Api<Deployment> = Api::namespaced(cluster.client.clone(), &cluster.namespace);
    let found = deployments
        .get_opt(names::OPERATOR)
        .await
        .map_err(|error| cluster.explain(error))?;
    let Some(deployment) = found else {
        return printer.out(&format!(
            "Operator:  not installed in namespace {}",
            cluster.namespace
        ));
    };
    let available = if is_rolled_out(&deployment) {
        "available"
    } else {
        "not available"
    };
    let container = deployment
        .spec
        .template
        .spec
        .and_then(|pod| pod.containers.into_iter().next());
    let container = container.unwrap_or_default();
    printer.out(&format!(
        "Operator:  {} ({available})",
        container.image.as_deref().unwrap_or("<unknown>")
    ))?;
    printer.out(&format!(
        "Runner:    {}",
        runner(&container).unwrap_or("<unknown>")
    ))
}

fn runner(container: &Container) -> Option<&str> {
    let variable = container
        .env
        .iter()
        .flatten()
        .find(|variable| variable.name == "CONFORM_RUNNER_IMAGE")?;
    variable.value.as_deref()
}
