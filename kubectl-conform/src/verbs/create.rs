//! How a run is made and, if asked, followed: the same for every verb that makes one.

use std::time::Duration;

use clap::ValueEnum;
use conform_crds::ConformanceRun;
use kube::{Api, Resource, ResourceExt, api::PostParams};
use serde::{Serialize, de::DeserializeOwned};

use super::watch;
use crate::{
    cli::Global,
    cluster::Cluster,
    error::Error,
    exit::ExitStatus,
    output::{self, ObjectFormat},
    printer::Printer,
    time::parse_duration,
};

/// Options of every verb that makes a run.
#[derive(clap::Args, Debug)]
pub struct Creation {
    /// Follow the run to its end; the exit code is its verdict
    #[arg(long)]
    wait: bool,
    /// How long to follow the run
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, requires = "wait")]
    timeout: Option<Duration>,
    #[command(flatten)]
    making: Making,
}

/// Options of every verb that makes an object.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Making {
    /// Format of the object that is printed
    #[arg(short, long, value_enum)]
    output: Option<ObjectFormat>,
    /// Only show the object (client), or have the API server check it (server)
    #[arg(long, value_enum, default_value_t)]
    dry_run: DryRun,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DryRun {
    #[default]
    None,
    Client,
    Server,
}

/// Creates the run and, with `--wait`, follows it.
pub async fn run(
    run: &ConformanceRun,
    args: &Creation,
    global: &Global,
    printer: &Printer,
) -> Result<ExitStatus, Error> {
    let making = Making {
        // The object as it is at the end says more.
        output: args.making.output.filter(|_| !args.wait),
        ..args.making
    };
    let quiet = args.wait && args.making.output.is_some();
    let Some(made) = make(run, making, quiet, global, printer).await? else {
        return Ok(ExitStatus::Done);
    };
    if args.wait {
        let output = args.making.output;
        let cluster = Cluster::connect(global).await?;
        // Boxed: it holds a run as it was and as it is.
        let name = made.name_any();
        return Box::pin(watch::to_the_end(&cluster, &name, args.timeout, output, printer)).await;
    }
    Ok(ExitStatus::Done)
}

/// Makes an object and says so, unless `quiet`. Nothing if it was only to be shown or checked.
pub async fn make<K>(
    object: &K,
    making: Making,
    quiet: bool,
    global: &Global,
    printer: &Printer,
) -> Result<Option<K>, Error>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    if making.dry_run == DryRun::Client {
        show(printer, object, making.output, " (dry run)")?;
        return Ok(None);
    }
    let cluster = Cluster::connect(global).await?;
    let made = send(&cluster, object, making.dry_run == DryRun::Server).await?;
    if making.dry_run == DryRun::Server {
        show(printer, &made, making.output, " (server dry run)")?;
        return Ok(None);
    }
    if !quiet {
        show(printer, &made, making.output, "")?;
    }
    Ok(Some(made))
}

/// Has the API server make the object, or only check it.
pub async fn send<K>(cluster: &Cluster, object: &K, dry_run: bool) -> Result<K, Error>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let parameters = PostParams {
        dry_run,
        field_manager: Some(crate::install::FIELD_MANAGER.to_owned()),
    };
    let objects: Api<K> = Api::all(cluster.client.clone());
    let made = objects.create(&parameters, object).await;
    made.map_err(|error| cluster.explain(error))
}

fn show<K>(printer: &Printer, object: &K, output: Option<ObjectFormat>, remark: &str) -> Result<(), Error>
where
    K: Resource<DynamicType = ()> + Serialize,
{
    if let Some(format) = output {
        return output::object(printer, object, format);
    }
    let metadata = object.meta();
    let name = metadata.name.clone().or_else(|| metadata.generate_name.clone());
    printer.out(&format!(
        "{} created{remark}",
        output::spoken::<K>(&name.unwrap_or_default())
    ))
}
