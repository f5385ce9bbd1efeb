//! `bundle`: what is handed in for certification, put together.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use conform_crds::{ConformanceRun, conditions};
use conform_suite::{
    Limits, Release, Stage, Verdict,
    evaluation::{Measured, MeasuredError},
    junit, log,
    submission::{
        CheckState, FOUR_FILES, HandedIn, JUNIT, LOG, PRODUCT, Product, README, RanBy, Submission,
        Verification, readme, readme_fault, verify,
    },
};

use super::verify::TermsArgs;
use crate::{
    artifact, assess, cli::Global, cluster::Cluster, condition, error::Error, exit::ExitStatus, offline,
    printer::Printer, sink, text::clean_line,
};

/// Longest file of a submission that is taken, in bytes.
const MOST_BYTES: u64 = 128 << 20;

/// Longest name of a product's folder, in characters.
const NAME: usize = 100;

/// Why nothing is written, if the bot refuses it.
const NOT_TAKEN: &str = "it would not be taken";

/// Why nothing is written, if only conform does.
const OBJECTS: &str = "conform objects to it";

/// Options of `bundle`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 written, 1 the results cannot be submitted, 2 it cannot be told or the command failed. Unless 0, nothing is written."
)]
pub struct Args {
    /// A folder with junit_01.xml and e2e.log, or the name of a run in the cluster
    #[arg(value_name = "DIR|RUN")]
    from: String,
    /// What was tested: vendor, name, version, URLs, type, description and contact
    #[arg(long, value_name = "FILE")]
    product: PathBuf,
    /// How the run can be repeated, instead of a text that tells it from the files
    #[arg(long, value_name = "FILE")]
    readme: Option<PathBuf>,
    /// Name of the product's folder; by default made from its name
    #[arg(long, value_parser = folder)]
    name: Option<String>,
    /// Release of the cluster; without it the run, e2e.log or the tests that the file names say
    #[arg(long, value_name = "1.N")]
    release: Option<Release>,
    /// Folder to write to; the files go to v1.N/NAME in it
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Overwrite files that differ
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    terms: TermsArgs,
}

/// What the suite left.
struct Left {
    junit: Vec<u8>,
    log: Vec<u8>,
    release: Option<Release>,
    by: RanBy,
}

/// Checks first, and writes only what can be handed in.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let path = Path::new(&args.from);
    if path.is_dir() {
        let left = Left {
            junit: read(&path.join(JUNIT))?,
            log: read(&path.join(LOG))?,
            release: None,
            by: RanBy::Others,
        };
        bundle(args, &left, printer)
    } else if args.from.contains(['/', '.']) {
        Err(Error::Missing(format!("there is no folder {:?}", args.from)))
    } else {
        of_run(args, &Cluster::connect(global).await?, printer).await
    }
}

/// The same for a run in the cluster.
pub async fn of_run(args: &Args, cluster: &Cluster, printer: &Printer) -> Result<ExitStatus, Error> {
    let run = cluster.run(&args.from).await?;
    if let Some(why) = not_certifiable(&run) {
        printer.note(&format!("Run {} cannot be submitted: {why}", args.from));
        return Ok(ExitStatus::NotConformant);
    }
    bundle(args, &fetched(&run, &args.from, cluster).await?, printer)
}

fn bundle(args: &Args, left: &Left, printer: &Printer) -> Result<ExitStatus, Error> {
    let product = read(&args.product)?;
    let own_readme = args.readme.as_deref().map(read).transpose()?;
    let mut given = given(args, left, &product, own_readme.as_deref())?;
    let release = match args.release.or(left.release).map_or_else(|| inferred(&given), Ok) {
        Ok(release) => release,
        Err(Unknown::Wrong(problem)) => {
            printer.note(&refused([format!("{JUNIT}: {problem}")]));
            return Ok(ExitStatus::NotConformant);
        }
        Err(Unknown::Open(problem)) => {
            let path = PathBuf::from(&args.from);
            return Err(Error::Input { path, problem });
        }
    };
    let parsed = given.product.clone().and_then(Result::ok).unwrap_or_default();
    let name = args.name.clone().unwrap_or_else(|| folder_name(&parsed));
    given.folder = format!("v{release}/{name}");
    offline::judge(&mut given, &args.terms.criteria(Some(release))?);
    let verification = verify(&args.from, &given, args.terms.terms());
    if verification.verdict != Verdict::Conformant {
        printer.note(&refusal(&verification));
        return Ok(offline::exit_status(verification.verdict));
    }
    // The programme takes tests that ran beside each other, and conform does not certify them.
    if let Some(Ok(report)) = &given.judged
        && !report.certifiable.value
    {
        printer.note(&nothing_written(
            OBJECTS,
            report.certifiable.reasons.iter().cloned(),
        ));
        return Ok(ExitStatus::NotConformant);
    }
    let readme = own_readme.unwrap_or_else(|| readme(&given, &parsed, left.by).into_bytes());
    let folder = args.out.join(format!("v{release}")).join(&name);
    if let Some(wrong) = wrong_place(&folder)? {
        printer.note(&refused([format!(
            "{wrong}: take it away, or choose another --out or --name"
        )]));
        return Ok(ExitStatus::NotConformant);
    }
    let files = FOUR_FILES.map(|name| folder.join(name));
    let contents = [&readme, &product, &left.log, &left.junit];
    // Each is looked at before the first is written: half a submission is none.
    for (path, bytes) in files.iter().zip(contents) {
        sink::is_written(path, bytes, args.force)?;
    }
    for (path, bytes) in files.iter().zip(contents) {
        sink::write(path, bytes, args.force)?;
        printer.out(&path.display().to_string())?;
    }
    Ok(ExitStatus::Done)
}

/// What would be handed in, before it is known as which release. What is wrong with the content is for the checks to say.
fn given(args: &Args, left: &Left, product: &[u8], readme: Option<&[u8]>) -> Result<Submission, Error> {
    let log = log::read(left.log.as_slice()).map_err(|error| Error::Input {
        path: Path::new(&args.from).join(LOG),
        problem: error.to_string(),
    })?;
    let lengths = [
        (PRODUCT, product.len()),
        (JUNIT, left.junit.len()),
        (LOG, left.log.len()),
        // One that is written is not empty.
        (README, readme.map_or(1, <[u8]>::len)),
    ];
    let file = |(name, length): (&str, usize)| HandedIn {
        name: name.to_owned(),
        bytes: u64::try_from(length).ok(),
        fault: readme.filter(|_| name == README).and_then(readme_fault),
    };
    Ok(Submission {
        title: None,
        commits: None,
        folder: String::new(),
        files: lengths.map(file).to_vec(),
        product: Some(Product::read(product)),
        junit: Some(junit::read_telling(left.junit.as_slice(), &Limits::default())),
        log: Some(log),
        pages: None,
        judged: None,
    })
}

/// Why it is not known which release the files are of.
enum Unknown {
    /// They cannot be handed in as any.
    Wrong(String),
    /// They do not say.
    Open(String),
}

/// The release that the files themselves say.
fn inferred(given: &Submission) -> Result<Release, Unknown> {
    let junit = match &given.junit {
        Some(Ok(junit)) => junit,
        Some(Err(error)) => return Err(Unknown::Wrong(error.to_string())),
        None => return Err(Unknown::Wrong("it is missing".to_owned())),
    };
    let measured = Measured::of_files(JUNIT, std::slice::from_ref(junit), given.log.as_ref(), None);
    match measured {
        Ok(measured) => Ok(measured.release),
        Err(error @ MeasuredError::Junit(_)) => Err(Unknown::Wrong(error.to_string())),
        Err(error @ (MeasuredError::NoRelease | MeasuredError::Newer { .. })) => {
            Err(Unknown::Open(error.to_string()))
        }
    }
}

/// Why a submission cannot be written into a folder: it is a link, or it holds something that is none of the four files.
fn wrong_place(folder: &Path) -> Result<Option<String>, Error> {
    let failed = |source| Error::File {
        action: "read",
        path: folder.to_path_buf(),
        source,
    };
    let shown = folder.display();
    if fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_symlink()) {
        return Ok(Some(format!(
            "folder: {shown} is a link, and nothing is written to where one leads"
        )));
    }
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let is_file = entry.file_type().map_err(failed)?.is_file();
        let name = entry.file_name();
        if !is_file || !FOUR_FILES.iter().any(|file| name == *file) {
            let name = clean_line(&name.to_string_lossy());
            let what = if is_file { "" } else { "no plain file and " };
            return Ok(Some(format!(
                "files-only: {shown} holds {name}, which is {what}no part of a submission"
            )));
        }
    }
    Ok(None)
}

/// Why a run says of itself that its files cannot be handed in.
fn not_certifiable(run: &ConformanceRun) -> Option<String> {
    let found = condition::find(run, conditions::CERTIFIABLE);
    match found {
        Some(found) if found.status == "True" => None,
        Some(found) => Some(found.message.clone()),
        None => Some("it has not come to its end".to_owned()),
    }
}

/// The files of the last attempt at what is required now.
async fn fetched(run: &ConformanceRun, name: &str, cluster: &Cluster) -> Result<Left, Error> {
    let missing = |what: &str| Error::Missing(format!("run {name:?} has left no {what}"));
    let result = cluster.result_of(run).await?.ok_or_else(|| missing("files"))?;
    let attempts = result.status.iter().flat_map(|status| &status.attempts);
    let mut attempts: Vec<_> = attempts.collect();
    attempts.sort_by_key(|attempt| attempt.start_time.0);
    let mut present = attempts
        .into_iter()
        .rev()
        .filter(|attempt| attempt.stage == Stage::Present && !attempt.artifacts.is_empty());
    let attempt = present.next().ok_or_else(|| missing("files"))?;
    let mut files = Vec::new();
    for file in [JUNIT, LOG] {
        let mut artifacts = attempt.artifacts.iter();
        let found = artifacts
            .find(|artifact| artifact.name == file)
            .ok_or_else(|| missing(file))?;
        files.push(artifact::fetch(cluster, &result, &attempt.name, found).await?);
    }
    let mut files = files.into_iter();
    Ok(Left {
        junit: files.next().unwrap_or_default(),
        log: files.next().unwrap_or_default(),
        release: run.status.as_ref().and_then(assess::server_release),
        by: RanBy::Conform,
    })
}

/// A folder's name from that of the product: letters, digits and dashes.
fn folder_name(product: &Product) -> String {
    let name = product.name().unwrap_or("product").to_lowercase();
    let dashed = name.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let words: Vec<&str> = dashed.split_whitespace().collect();
    let name: String = words.join("-").chars().take(NAME).collect();
    match name.trim_end_matches('-') {
        "" => "product".to_owned(),
        name => name.to_owned(),
    }
}

/// Reads the name of a product's folder: one that every system and web address takes as it is.
fn folder(name: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts_well && name.len() <= NAME && name.chars().all(is_plain) {
        Ok(name.to_owned())
    } else {
        Err(format!(
            "the name of a product's folder has only letters a to z, digits, dots, dashes and underscores, starts with a letter or \
             a digit, and has at most {NAME} characters, such as my-product"
        ))
    }
}

fn refusal(verification: &Verification) -> String {
    let wanted = match verification.verdict {
        Verdict::NotConformant => CheckState::Failed,
        Verdict::Conformant | Verdict::Undecided => CheckState::Unevaluated,
    };
    let because = match (verification.verdict, verification.bots_verdict()) {
        (Verdict::NotConformant, Verdict::NotConformant) => NOT_TAKEN,
        (Verdict::NotConformant, _) => OBJECTS,
        (Verdict::Conformant | Verdict::Undecided, _) => "not every check could be made",
    };
    let reports = verification.checks.iter().filter(|report| report.state == wanted);
    let reasons = reports.map(|report| format!("{}: {}", report.check.id(), report.message));
    nothing_written(because, reasons)
}

fn refused(reasons: impl IntoIterator<Item = String>) -> String {
    nothing_written(NOT_TAKEN, reasons)
}

fn nothing_written(because: &str, reasons: impl IntoIterator<Item = String>) -> String {
    let lines = reasons.into_iter().map(|reason| format!("  {reason}"));
    let lines: Vec<String> = lines.collect();
    format!("Nothing is written, since {because}:\n{}", lines.join("\n"))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::File {
        action: "read",
        path: path.to_path_buf(),
        source,
    };
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    let count = file
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if u64::try_from(count).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(Error::Input {
            path: path.to_path_buf(),
            problem: format!("it is longer than {MOST_BYTES} bytes"),
        });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_a_plain_name() {
        let name = |text: &str| folder_name(&Product::read(format!("name: {text:?}").as_bytes()).unwrap());
        assert_eq!(
            name("Example Kubernetes (EKS-like) 2"),
            "example-kubernetes-eks-like-2"
        );
        assert_eq!(name("../../etc"), "etc");
        assert_eq!(name("日本"), "product");
        assert_eq!(name(&"a ".repeat(200)).len(), NAME - 1);
    }

    #[test]
    fn a_folder_s_name_that_is_given_is_plain() {
        for good in ["my-product", "K8s_1.2", "7"] {
            assert_eq!(folder(good).as_deref(), Ok(good));
        }
        for bad in ["", ".", "..", "ä", "a b", "a/b", "-a", &"a".repeat(300)] {
            assert!(folder(bad).unwrap_err().contains("a product's folder"), "{bad}");
        }
    }
}
