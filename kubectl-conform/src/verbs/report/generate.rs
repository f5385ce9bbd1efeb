//! `report generate`: a report from what a Gateway API suite said of its tests.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use conform_gateway::{
    ConformanceReport, FileKind, Severity,
    checklist::Folder,
    claim::Installed,
    generate::{About, Ends, build, compare, of_junit, read_events},
    report::Implementation,
    validate, validate_at,
    yaml::MAX_BYTES,
};
use conform_suite::{Limits, junit};
use jiff::Timestamp;

use crate::{
    artifact, cli::Global, cluster::Cluster, error::Error, exit::ExitStatus, offline::failed,
    printer::Printer, sink,
};

/// Options of `report generate`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 written, 1 something was not measured or the suite's own report says otherwise, 2 the command failed. Unless 0, nothing is written."
)]
pub struct Args {
    /// What the suite left: the output of go test -json, JUnit files, its own report (YAML); or the name of a run in the
    /// cluster
    #[arg(required = true, value_name = "FILE|RUN")]
    inputs: Vec<String>,
    /// Profile of Gateway API's suite, such as GATEWAY-HTTP; may be repeated. By default those of the suite's report
    #[arg(long = "profile", value_name = "P")]
    profiles: Vec<String>,
    /// Who makes the implementation
    #[arg(long)]
    organization: Option<String>,
    /// Name of the implementation
    #[arg(long)]
    project: Option<String>,
    /// Its page
    #[arg(long)]
    url: Option<String>,
    /// Its version: a release, a tag or a commit
    #[arg(long = "of-version", value_name = "VERSION")]
    version: Option<String>,
    /// Who answers: @user, @team/name, an e-mail address or a page; may be repeated
    #[arg(long)]
    contact: Vec<String>,
    /// How the implementation was set up
    #[arg(long)]
    mode: Option<String>,
    /// Release of Gateway API, such as v1.7.0
    #[arg(long, value_name = "v1.N.P")]
    gateway_api_version: Option<String>,
    /// standard or experimental
    #[arg(long)]
    channel: Option<String>,
    /// When the tests ran (RFC 3339); by default now
    #[arg(long)]
    date: Option<Timestamp>,
    /// File to write to, instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Overwrite a file that differs
    #[arg(long)]
    force: bool,
}

/// What the inputs hold together.
#[derive(Default)]
struct Said {
    ends: Ends,
    report: Option<ConformanceReport>,
    /// What the cluster had installed when the run began.
    installed: Option<Installed>,
}

/// Reads, compares, and writes only what was measured.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    check_words(args)?;
    let mut said = Said::default();
    for input in &args.inputs {
        let path = Path::new(input);
        if path.exists() {
            said.add_file(path)?;
        } else if input.contains(['/', '.']) {
            return Err(Error::Missing(format!("there is no file {input:?}")));
        } else {
            let cluster = Cluster::connect(global).await?;
            said.add_run(input, &cluster).await?;
        }
    }
    let refused = |reasons: &[String]| {
        let lines: Vec<String> = reasons.iter().map(|reason| format!("  {reason}")).collect();
        printer.note(&format!("No report is written:\n{}", lines.join("\n")));
        Ok(ExitStatus::NotConformant)
    };
    if said.ends.is_empty() {
        return refused(&[
            "nothing was heard of the end of any test of Gateway API's suite: give what go test -json printed; the suite's own \
             report is no evidence of its own"
                .to_owned(),
        ]);
    }
    let (about, missing) = about(args, &said);
    if !missing.is_empty() {
        return Err(Error::Usage(format!("a report needs {}", missing.join(", "))));
    }
    let contradictions = contradictions(&about, &said);
    if !contradictions.is_empty() {
        return refused(&contradictions);
    }
    let named = said.report.iter().flat_map(|report| &report.profiles);
    let profiles = if args.profiles.is_empty() {
        named.filter_map(|profile| profile.name.clone()).collect()
    } else {
        args.profiles.clone()
    };
    let differences = said.report.as_ref().map(|report| compare(report, &said.ends));
    if let Some(differences) = differences.filter(|differences| !differences.is_empty()) {
        return refused(&differences);
    }
    match build(&said.ends, &profiles, &about) {
        Err(reasons) => refused(&reasons.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Ok(built) => {
            for note in &built.notes {
                printer.note(note);
            }
            let text = built.report.to_yaml();
            let errors = findings(args, &text, printer);
            if !errors.is_empty() {
                return refused(&errors);
            }
            match &args.out {
                Some(path) => {
                    sink::write(path, text.as_bytes(), args.force)?;
                    printer.out(&path.display().to_string())?;
                }
                None => printer.data(text.as_bytes())?,
            }
            Ok(ExitStatus::Done)
        }
    }
}

/// Refuses words that no report may have.
fn check_words(args: &Args) -> Result<(), Error> {
    let words = [
        ("--organization", &args.organization),
        ("--project", &args.project),
        ("--url", &args.url),
        ("--of-version", &args.version),
        ("--mode", &args.mode),
        ("--gateway-api-version", &args.gateway_api_version),
        ("--channel", &args.channel),
    ];
    let words = words
        .into_iter()
        .flat_map(|(flag, word)| word.iter().map(move |word| (flag, word)));
    for (flag, word) in words.chain(args.contact.iter().map(|word| ("--contact", word))) {
        if word.contains(char::is_control) {
            return Err(Error::Usage(format!("{flag} has control characters: {word:?}")));
        }
        if word.trim().is_empty() {
            return Err(Error::Usage(format!("{flag} is empty")));
        }
    }
    Ok(())
}

/// Says what `report validate` will say of the report, and gives the errors among it.
fn findings(args: &Args, text: &str, printer: &Printer) -> Vec<String> {
    let path = args.out.as_ref().map(|path| path.display().to_string());
    let validated = validate_at(
        &path.unwrap_or_default(),
        text.as_bytes(),
        &Folder::default(),
        Timestamp::now(),
    );
    let mut errors = Vec::new();
    for finding in validated.findings.into_sorted() {
        let path = Some(finding.path).filter(|path| !path.is_empty());
        let path = path.map(|path| format!("{path}: ")).unwrap_or_default();
        let told = format!("{}: {path}{}", finding.rule, finding.message);
        match finding.severity {
            Severity::Error => errors.push(format!("error {told}")),
            Severity::Warning => printer.note(&format!("warning {told}")),
        }
    }
    errors
}

/// What is said beside the tests: by options first, then by the suite's report, then by the cluster.
fn about(args: &Args, said: &Said) -> (About, Vec<&'static str>) {
    let report = said.report.as_ref();
    let mut missing = Vec::new();
    let of = report.map(|report| &report.implementation);
    let mut field = |option: &'static str, given: &Option<String>, said: Option<&Option<String>>| {
        let value = given.clone().or_else(|| said.cloned().flatten());
        if value.is_none() {
            missing.push(option);
        }
        value
    };
    let implementation = Implementation {
        organization: field(
            "--organization",
            &args.organization,
            of.map(|of| &of.organization),
        ),
        project: field("--project", &args.project, of.map(|of| &of.project)),
        url: field("--url", &args.url, of.map(|of| &of.url)),
        version: field("--of-version", &args.version, of.map(|of| &of.version)),
        ..Implementation::default()
    };
    let of_cluster = |of: fn(&Installed) -> &String| said.installed.as_ref().map(of).cloned();
    let version = report.and_then(|report| report.gateway_api_version.clone());
    let version = version.or_else(|| of_cluster(|installed| &installed.version));
    let version = field("--gateway-api-version", &args.gateway_api_version, Some(&version));
    let channel = report.and_then(|report| report.gateway_api_channel.clone());
    let channel = channel.or_else(|| of_cluster(|installed| &installed.channel));
    let channel = field("--channel", &args.channel, Some(&channel));
    let contact = if args.contact.is_empty() {
        of.map(|of| of.contact.clone()).unwrap_or_default()
    } else {
        args.contact.clone()
    };
    if contact.is_empty() {
        missing.push("--contact");
    }
    let mode = args
        .mode
        .clone()
        .or_else(|| report.and_then(|report| report.mode.clone()));
    let date = args.date.map(|date| date.to_string());
    let date = date.or_else(|| report.and_then(|report| report.date.clone()));
    let about = About {
        implementation: Implementation {
            contact,
            ..implementation
        },
        gateway_api_version: version.unwrap_or_default(),
        gateway_api_channel: channel.unwrap_or_default(),
        mode: mode.unwrap_or_else(|| "default".to_owned()),
        date: date.unwrap_or_else(|| now().to_string()),
    };
    (about, missing)
}

/// Where the release and the channel that are to be written are not those that the suite or the cluster tells.
fn contradictions(about: &About, said: &Said) -> Vec<String> {
    let (version, channel) = (&about.gateway_api_version, &about.gateway_api_channel);
    let report = said.report.as_ref();
    let installed = said.installed.as_ref();
    let told = [
        (
            "--gateway-api-version",
            version,
            "the suite's report says",
            report.and_then(|report| report.gateway_api_version.as_ref()),
        ),
        (
            "--gateway-api-version",
            version,
            "the cluster had",
            installed.map(|one| &one.version),
        ),
        (
            "--channel",
            channel,
            "the suite's report says",
            report.and_then(|report| report.gateway_api_channel.as_ref()),
        ),
        (
            "--channel",
            channel,
            "the cluster had",
            installed.map(|one| &one.channel),
        ),
    ];
    let differing = told
        .into_iter()
        .filter_map(|(flag, is, who, other)| Some((flag, is, who, other.filter(|other| *other != is)?)));
    differing
        .map(|(flag, is, who, other)| format!("{flag} is {is}, and {who} {other}: nothing else was measured"))
        .collect()
}

/// Now, to the second.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

impl Said {
    /// Tells a report, JUnit and events apart by how they begin.
    fn add_file(&mut self, path: &Path) -> Result<(), Error> {
        let file = File::open(path).map_err(failed("read", path))?;
        let mut file = BufReader::new(file);
        let start = file.fill_buf().map_err(failed("read", path))?.trim_ascii_start();
        if start.starts_with(b"<") {
            self.add_junit(path, file)
        } else if start.starts_with(b"apiVersion") || path.extension().is_some_and(|end| end == "yaml") {
            self.add_report(path, file)
        } else {
            let ends = read_events(file).map_err(|error| refused(path, &error.to_string()))?;
            self.ends.extend(&ends);
            Ok(())
        }
    }

    fn add_junit(&mut self, path: &Path, file: impl BufRead) -> Result<(), Error> {
        let read = junit::read_telling(file, &Limits::default());
        let read = read.map_err(|error| refused(path, &error.to_string()))?;
        if let Some(cut) = &read.truncated {
            return Err(refused(
                path,
                &format!("{cut}: what is missing may be what failed"),
            ));
        }
        self.ends.extend(&of_junit(&read));
        Ok(())
    }

    fn add_report(&mut self, path: &Path, file: impl Read) -> Result<(), Error> {
        let mut bytes = Vec::new();
        let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        file.take(most)
            .read_to_end(&mut bytes)
            .map_err(failed("read", path))?;
        let validated = validate(&path.display().to_string(), &bytes);
        if validated.findings.has_errors() || validated.kind != FileKind::ConformanceReport {
            return Err(refused(
                path,
                "it is no report without errors: `kubectl conform report validate` says what is wrong",
            ));
        }
        if self.report.is_some() || validated.reports.len() > 1 {
            return Err(refused(
                path,
                "it is one report more than the suite wrote of these tests: give one",
            ));
        }
        self.report = validated.reports.into_iter().next().map(|(report, _)| report);
        Ok(())
    }

    /// The files of every attempt of a run. Runs of the Kubernetes suite hold no test of Gateway API's.
    async fn add_run(&mut self, name: &str, cluster: &Cluster) -> Result<(), Error> {
        let run = cluster.run(name).await?;
        let gateways = run.status.iter().flat_map(|status| &status.gateways);
        self.installed = gateways.last().map(|gateway| Installed {
            version: gateway.version.clone(),
            channel: gateway.channel.clone(),
        });
        let result = cluster.result_of(&run).await?;
        let Some(result) = result else {
            return Ok(());
        };
        for attempt in result.status.iter().flat_map(|status| &status.attempts) {
            for file in &attempt.artifacts {
                let is_junit = Path::new(&file.name).extension().is_some_and(|end| end == "xml");
                if is_junit {
                    let bytes = artifact::fetch(cluster, &result, &attempt.name, file).await?;
                    self.add_junit(Path::new(&file.name), bytes.as_slice())?;
                }
            }
        }
        Ok(())
    }
}

fn refused(path: &Path, problem: &str) -> Error {
    Error::Input {
        path: path.to_path_buf(),
        problem: problem.to_owned(),
    }
}
