//! `verify`: whether a submission for certification would be taken.

use std::{path::PathBuf, time::Duration};

use conform_suite::{
    Release,
    catalogue::upstream,
    evaluation::Criteria,
    submission::{Terms, verify},
};
use jiff::{Zoned, civil::Date};

use crate::{
    cli::Global,
    error::Error,
    exit::ExitStatus,
    offline::{self, Lists, ReportFormat},
    online,
    printer::Printer,
    render,
};

/// How long an answer of the web is waited for if --request-timeout says for ever.
const PAGE_LIMIT: Duration = Duration::from_secs(30);

/// Options of `verify`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Exit codes: 0 it would be taken, 1 a check failed, 2 a check could not be made or the folder not be read."
)]
pub struct Args {
    /// Folder with the four files, such as v1.36/my-product
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Title of the pull request
    #[arg(long)]
    title: Option<String>,
    /// Ask the web whether the addresses of PRODUCT.yaml lead to pages
    #[arg(long)]
    online: bool,
    /// How many commits the pull request has
    #[arg(long, value_name = "N")]
    commits: Option<u32>,
    #[command(flatten)]
    terms: TermsArgs,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: ReportFormat,
}

/// By what a submission is judged.
#[derive(clap::Args, Debug)]
pub struct TermsArgs {
    /// Newest release of Kubernetes: it and the two before it are certified; by default the newest that is known
    #[arg(long, value_name = "1.N")]
    newest: Option<Release>,
    /// Day of the submission, for age and validity; by default today
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Date>,
    #[command(flatten)]
    lists: Lists,
}

impl TermsArgs {
    /// The release and the day.
    pub fn terms(&self) -> Terms {
        let newest = self.newest.or_else(|| upstream().newest());
        Terms {
            newest: newest.unwrap_or(Release::new(1, 0)),
            is_told: self.newest.is_some(),
            today: self.day.unwrap_or_else(|| Zoned::now().date()),
        }
    }

    /// What is required. A list that lacks what a known release requires is refused: by it, a part would be the whole.
    pub fn criteria(&self, release: Option<Release>) -> Result<Criteria, Error> {
        let criteria = Criteria::default().with_lists(self.lists.load()?);
        let demands = release.and_then(|release| criteria.demands(release).ok());
        if let (Some(demands), Some(release)) = (demands, release) {
            self.lists.refuse_part(release, demands.lacking())?;
        }
        Ok(criteria)
    }
}

/// Makes every check.
pub async fn run(args: &Args, global: &Global, printer: &Printer) -> Result<ExitStatus, Error> {
    let mut given = offline::load_submission(&args.folder)?;
    let criteria = args.terms.criteria(given.release())?;
    offline::judge(&mut given, &criteria);
    given.title.clone_from(&args.title);
    given.commits = args.commits;
    if let (true, Some(Ok(product))) = (args.online, &given.product) {
        let limit = Some(global.request_timeout).filter(|limit| *limit > Duration::ZERO);
        given.pages = Some(online::pages(product.pages(), limit.unwrap_or(PAGE_LIMIT)).await?);
    }
    let source = args.folder.display().to_string();
    let verification = verify(&source, &given, args.terms.terms());
    args.output.write(printer, &verification, |wide| {
        render::verification(&verification, wide, printer.width())
    })?;
    Ok(offline::exit_status(verification.verdict))
}
