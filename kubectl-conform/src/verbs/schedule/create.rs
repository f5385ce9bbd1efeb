//! `schedule create`: make a ConformanceSchedule.

use std::time::Duration;

use clap::ValueEnum;
use conform_crds::{
    ClusterChange, ConcurrencyPolicy, ConformanceSchedule, ConformanceScheduleSpec, MaintenanceWindow,
    Retention, Triggers,
};
use conform_timetable::Timetable;
use jiff::Timestamp;

use super::super::{create, profiles, run::Asked};
use crate::{cli::Global, error::Error, printer::Printer, time::parse_duration};

/// How many of the coming runs are told.
const COMING: usize = 3;

/// Options of `schedule create`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Name of the schedule; its runs are called like it
    name: String,
    /// When runs fall due, such as "0 3 * * 6", @daily or "@every 12h"
    #[arg(long, value_name = "CRON")]
    schedule: String,
    /// Time zone of the schedule and of windows, such as Europe/Berlin; UTC if not given
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    #[command(flatten)]
    timing: Timing,
    #[command(flatten)]
    keeping: Keeping,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    making: create::Making,
}

/// When runs start.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Timing")]
struct Timing {
    /// A run that could not start for so long is missed
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    starting_deadline: Option<Duration>,
    /// What happens to a run that falls due while an earlier one is not finished
    #[arg(long, value_enum, default_value_t)]
    concurrency: Concurrency,
    /// Make the schedule, but start no runs yet
    #[arg(long)]
    suspend: bool,
    /// Start runs only in this window; may be repeated, as in "0 22 * * *=8h"
    #[arg(long = "window", value_name = "CRON=DURATION", value_parser = parse_window)]
    windows: Vec<(String, i32)>,
    /// Start each run up to so much later, always by the same time
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    jitter: Option<Duration>,
    /// Run, too, when this of the cluster changes; may be repeated, or several with commas
    #[arg(long = "on-change", value_name = "WHAT", value_enum, value_delimiter = ',')]
    changes: Vec<Change>,
}

/// What is kept.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Keeping runs")]
struct Keeping {
    /// How many runs that succeeded to keep
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=1000))]
    keep_successful: Option<i32>,
    /// How many runs that failed to keep
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=1000))]
    keep_failed: Option<i32>,
    /// How many runs to keep, whatever came of them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..=1000))]
    max_runs: Option<i32>,
    /// How long to keep runs
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    max_age: Option<Duration>,
    /// Keep the newest run that failed, whatever the limits say
    #[arg(long)]
    keep_last_failed: bool,
    /// Keep the newest run whose files can be submitted, whatever the limits say
    #[arg(long)]
    keep_last_certifiable: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Concurrency {
    /// It is made, and queues
    #[default]
    Allow,
    /// It is missed
    Forbid,
    /// The earlier one is deleted
    Replace,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Change {
    /// The API server's version
    ServerVersion,
    /// The operating system's image of any node
    NodeImage,
    /// The image of a CNI plugin or of kube-proxy
    NetworkImage,
}

/// Makes the schedule, and tells when it will run.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<(), Error> {
    profiles::known(args.asked.profiles(), global).await?;
    let schedule = object(args)?;
    let now = Timestamp::now();
    let timetable = Timetable::coming(&args.schedule, args.time_zone.as_deref(), now)?;
    create::make(&schedule, args.making, false, global, printer).await?;
    let coming = std::iter::successors(timetable.next(now), |slot| timetable.next(*slot));
    let coming: Vec<String> = coming
        .take(COMING)
        .map(|slot| {
            let local = slot.to_zoned(timetable.zone().clone());
            local.strftime("%a %Y-%m-%d %H:%M %Z").to_string()
        })
        .collect();
    printer.note(&format!("Runs fall due: {}, …", coming.join(", ")));
    Ok(())
}

fn object(args: &Args) -> Result<ConformanceSchedule, Error> {
    let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
    let (timing, keeping) = (&args.timing, &args.keeping);
    for (opens, _) in &timing.windows {
        Timetable::coming(opens, args.time_zone.as_deref(), Timestamp::now())?;
    }
    let retention = Retention {
        max_runs: keeping.max_runs,
        max_age_seconds: keeping.max_age.map(seconds),
        keep_last_failed: keeping.keep_last_failed,
        keep_last_certifiable: keeping.keep_last_certifiable,
    };
    let changes: Vec<ClusterChange> = timing.changes.iter().copied().map(changed).collect();
    let spec = ConformanceScheduleSpec {
        time_zone: args.time_zone.clone(),
        starting_deadline_seconds: timing.starting_deadline.map(seconds),
        concurrency_policy: match timing.concurrency {
            Concurrency::Allow => ConcurrencyPolicy::Allow,
            Concurrency::Forbid => ConcurrencyPolicy::Forbid,
            Concurrency::Replace => ConcurrencyPolicy::Replace,
        },
        suspend: timing.suspend,
        successful_runs_history_limit: keeping.keep_successful,
        failed_runs_history_limit: keeping.keep_failed,
        retention: Some(retention).filter(|retention| *retention != Retention::default()),
        maintenance_windows: windows(&timing.windows),
        jitter_seconds: timing
            .jitter
            .map_or(0, |jitter| i32::try_from(jitter.as_secs()).unwrap_or(i32::MAX)),
        triggers: (!changes.is_empty()).then(|| Triggers::of(changes)),
        ..ConformanceScheduleSpec::of(args.schedule.clone(), args.asked.spec())
    };
    Ok(ConformanceSchedule::new(&args.name, spec))
}

fn windows(given: &[(String, i32)]) -> Vec<MaintenanceWindow> {
    let numbered = (1..).zip(given);
    numbered
        .map(|(number, (opens, duration_seconds))| MaintenanceWindow {
            name: format!("window-{number}"),
            opens: opens.clone(),
            duration_seconds: *duration_seconds,
        })
        .collect()
}

const fn changed(what: Change) -> ClusterChange {
    match what {
        Change::ServerVersion => ClusterChange::ServerVersion,
        Change::NodeImage => ClusterChange::NodeImage,
        Change::NetworkImage => ClusterChange::NetworkImage,
    }
}

fn parse_window(text: &str) -> Result<(String, i32), String> {
    let form = || "write it like \"0 22 * * *=8h\": when it opens, and for how long".to_owned();
    let (opens, length) = text.rsplit_once('=').ok_or_else(form)?;
    let length = parse_duration(length)?;
    Ok((
        opens.trim().to_owned(),
        i32::try_from(length.as_secs()).unwrap_or(i32::MAX),
    ))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn made(arguments: &[&str]) -> Result<ConformanceSchedule, Error> {
        let words = ["create", "nightly"].iter().chain(arguments);
        object(&Command::parse_from(words).args)
    }

    #[test]
    fn options_become_fields() {
        let schedule = made(&[
            "--schedule=0 3 * * 6",
            "--time-zone=Europe/Berlin",
            "--starting-deadline=2h",
            "--concurrency=forbid",
            "--suspend",
            "--window=0 22 * * *=8h",
            "--window=@weekly=1h",
            "--jitter=10m",
            "--on-change=server-version,network-image",
            "--keep-successful=5",
            "--max-age=720h",
            "--keep-last-certifiable",
            "--profile=quick",
            "--mode=fast",
        ])
        .unwrap();
        insta::assert_yaml_snapshot!(schedule);
    }

    #[test]
    fn without_options_only_the_schedule_and_the_runs_are_said() {
        let spec = made(&["--schedule=@daily"]).unwrap().spec;
        assert_eq!((spec.retention, spec.triggers), (None, None));
    }

    #[test]
    fn windows_that_cannot_be_read_are_refused() {
        assert!(parse_window("nights").is_err());
        assert!(parse_window("0 22 * * *=soon").is_err());
        assert!(made(&["--schedule=@daily", "--window=0 0 30 2 *=1h"]).is_err());
    }
}
