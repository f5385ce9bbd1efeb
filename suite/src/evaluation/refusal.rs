//! What the checks of a submission find wrong with the two files of one run, whoever asks.

use jiff::civil::{Date, DateTime};

use crate::{
    Junit, LogSummary, Properties, Property, Refusal, Release,
    submission::{Check, CheckState, FOUR_FILES, HandedIn, Submission, Terms, verify},
};

/// What the JUnit file and the log of one suite run say against each other and against the run. What depends on the day is left
/// to [`of_day`], and what circumstances tell already is not told twice.
pub(super) fn of_files(junit: &Junit, log: &LogSummary, release: Release, is_skewed: bool) -> Vec<Refusal> {
    let mut given = submission(release, junit.clone());
    given.log = Some(log.clone());
    let properties = &junit.properties;
    let asked = |check| match check {
        Check::Versions => !is_skewed,
        // How often tests were tried, circumstances tell; not that what the file says of it cannot be gone by.
        Check::TriedOnce => {
            properties.flake_attempts <= 1 || properties.faults.contains_key(&Property::FlakeAttempts)
        }
        check => !is_of_day(check) && check != Check::JunitWhole,
    };
    let (mut versions, mut refusals) = (Vec::new(), Vec::new());
    for refusal in failed(&given, release, Date::MIN, asked) {
        if refusal.check == Check::Versions.id() {
            // The check speaks of the folder of a submission, which there is none of yet.
            let message =
                format!("e2e.log or the tests name another release than {release}, which they are judged by");
            versions.push(Refusal { message, ..refusal });
        } else {
            refusals.push(refusal);
        }
    }
    refusals.append(&mut versions);
    refusals
}

/// What there is against a run that started then, if it is submitted today. How long a mark would be valid is no matter of the
/// files.
pub(super) fn of_day(started_at: Option<DateTime>, release: Release, today: Date) -> Vec<Refusal> {
    let junit = Junit {
        properties: Properties {
            started_at,
            named: started_at.map(|_| Property::Timestamp).into_iter().collect(),
            ..Properties::default()
        },
        ..Junit::default()
    };
    failed(&submission(release, junit), release, today, |check| {
        check == Check::Age
    })
}

const fn is_of_day(check: Check) -> bool {
    matches!(check, Check::Age | Check::MarkValid)
}

/// The checks that the programme's bot does not make and that failed.
fn failed(given: &Submission, release: Release, today: Date, asked: impl Fn(Check) -> bool) -> Vec<Refusal> {
    let terms = Terms {
        newest: release,
        is_told: true,
        today,
    };
    let checks = verify("", given, terms).checks.into_iter();
    let failed = checks.filter(|one| !one.bot && one.state == CheckState::Failed && asked(one.check));
    failed
        .map(|one| Refusal {
            check: one.check.id().to_owned(),
            message: one.message,
        })
        .collect()
}

/// What would be handed in, as far as a run's own files go.
fn submission(release: Release, junit: Junit) -> Submission {
    let file = |name: &str| HandedIn {
        name: name.to_owned(),
        bytes: Some(1),
        fault: None,
    };
    Submission {
        title: None,
        commits: None,
        folder: format!("v{release}/files"),
        files: FOUR_FILES.map(file).to_vec(),
        product: None,
        junit: Some(Ok(junit)),
        log: None,
        pages: None,
        judged: None,
    }
}
