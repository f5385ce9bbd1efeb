//! All checks together.

use serde::Serialize;

use super::{Check, CheckReport, CheckState, Submission, Terms, bot, integrity, mark::expiry, told};
use crate::{Release, Verdict, evaluation::REPORT_VERSION};

/// What the checks of a submission say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// The version of this form.
    pub api_version: &'static str,
    /// `Verification`.
    pub kind: &'static str,
    /// The folder, as its user named it.
    pub source: String,
    /// The folder's place among submissions, such as `v1.36/my-product`.
    pub folder: String,
    /// The product, as PRODUCT.yaml names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The release, as the folder says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Release>,
    /// The last day of a mark for this release, as far as it is known: `2027-04-22`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark_valid_until: Option<String>,
    /// Every check: those of the programme's bot in its order, then those that it does not make.
    pub checks: Vec<CheckReport>,
    /// NotConformant if a check failed; Undecided if one could not be made that the files alone have to answer; else
    /// Conformant: the submission is as it has to be.
    pub verdict: Verdict,
}

/// Makes every check.
pub fn verify(source: &str, given: &Submission, terms: Terms) -> Verification {
    let mut checks = bot::checks(given, terms);
    checks.extend(integrity::checks(given, terms));
    let verdict = verdict(checks.iter(), |check| may_stay_open(given, check));
    let release = given.release();
    let product = given.product.as_ref().and_then(|product| product.as_ref().ok());
    Verification {
        api_version: REPORT_VERSION,
        kind: "Verification",
        source: source.to_owned(),
        folder: crate::text::printable(&given.folder).into_owned(),
        product: product
            .and_then(|product| product.name())
            .map(|name| crate::text::printable(name).into_owned()),
        release,
        mark_valid_until: release.and_then(expiry).map(|(day, _)| day.to_string()),
        checks,
        verdict,
    }
}

impl Verification {
    /// What the programme's bot would say: the same as the verdict, of the bot's own checks alone.
    pub fn bots_verdict(&self) -> Verdict {
        let checks = self.checks.iter().filter(|report| report.bot);
        verdict(checks, Check::is_about_more_than_files)
    }

    /// How many checks came to this.
    pub fn counted(&self, state: CheckState) -> usize {
        self.checks.iter().filter(|report| report.state == state).count()
    }
}

/// The worst that checks came to. One that could not be made is no matter if it may stay open.
fn verdict<'a>(
    checks: impl Iterator<Item = &'a CheckReport>,
    may_stay_open: impl Fn(Check) -> bool,
) -> Verdict {
    let mut verdict = Verdict::Conformant;
    for report in checks {
        match report.state {
            CheckState::Failed => return Verdict::NotConformant,
            CheckState::Unevaluated if !may_stay_open(report.check) => verdict = Verdict::Undecided,
            CheckState::Unevaluated | CheckState::Passed => {}
        }
    }
    verdict
}

/// True for what old suites do not say, and for what only a pull request or the web can tell.
fn may_stay_open(given: &Submission, check: Check) -> bool {
    match check {
        Check::TriedOnce
        | Check::WholeSelection
        | Check::SkipStrings
        | Check::Serial
        | Check::SeedsAgree
        | Check::Age => !told::is_due(given),
        Check::Versions | Check::MarkValid => true,
        other => other.is_about_more_than_files(),
    }
}
