//! Checks that the programme's bot does not make: whether the files are those of one real and whole run.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    Check, CheckReport, Submission, Terms,
    bot::some,
    counts::counts_agree,
    mark::{expiry, released},
    narrowed::{skip_strings, whole_selection},
    processes::serial,
    succeeded::suite_succeeded,
    told,
};
use crate::{Junit, LogSummary, Obstacle, Property, Release, Standing, evaluation::release_of_files};

/// Makes them, in their order.
pub(super) fn checks(given: &Submission, terms: Terms) -> Vec<CheckReport> {
    let log = given.log.as_ref();
    vec![
        really_run(given),
        tried_once(given),
        whole_selection(given),
        skip_strings(given),
        serial(given),
        junit_whole(told::junit(given)),
        suite_succeeded(given),
        counts_agree(given),
        seeds_agree(given, log),
        versions(given, told::junit(given), log),
        age(given, terms.today),
        mark_valid(given, terms.today),
    ]
}

fn really_run(given: &Submission) -> CheckReport {
    let check = Check::ReallyRun;
    let Some(junit) = told::junit(given) else {
        return check.unevaluated("there is no JUnit file that can be read");
    };
    if junit.properties.dry_run {
        return check.failed("the JUnit file is of a dry run: every test passes in one, and none is run");
    }
    if let Some(untold) = told::untold(given, check, &[Property::DryRun]) {
        return untold;
    }
    // A file from which the property was taken out, or changed, still has no time in it.
    let ran: Vec<_> = junit
        .cases
        .iter()
        .filter(|case| case.outcome.standing() == Standing::Met)
        .collect();
    let timeless = ran.iter().filter(|case| case.duration.is_zero());
    let timeless: Vec<&str> = timeless.map(|case| case.name.as_str()).collect();
    if told::is_due(given) {
        return check.is(
            timeless.is_empty(),
            "the suite was run",
            format!(
                "{} of {} passed tests have no time that a test can take, as in a dry run: {}",
                timeless.len(),
                ran.len(),
                some(&timeless)
            ),
        );
    }
    check.is(
        ran.is_empty() || timeless.len() < ran.len(),
        "the suite was run",
        format!(
            "none of {} passed tests took any time, as in a dry run",
            ran.len()
        ),
    )
}

/// The file has to say that no failing test was tried again.
fn tried_once(given: &Submission) -> CheckReport {
    let check = Check::TriedOnce;
    let junit = match told::of_run(given, check, Property::FlakeAttempts) {
        Ok(junit) => junit,
        Err(report) => return report,
    };
    if !junit.properties.named.contains(&Property::FlakeAttempts) {
        return check.unevaluated(
            "the JUnit file does not say how often tests were tried, as suites before v1.25 do not",
        );
    }
    let attempts = junit.properties.flake_attempts;
    check.is(
        attempts <= 1,
        "every test was tried once",
        Obstacle::FlakeAttempts { attempts }.brief(),
    )
}

fn junit_whole(junit: Option<&Junit>) -> CheckReport {
    let check = Check::JunitWhole;
    match junit {
        None => check.unevaluated("there is no JUnit file that can be read"),
        Some(junit) => match &junit.truncated {
            None => check.passed("it has its end"),
            Some(cut) => check.failed(cut.to_string()),
        },
    }
}

fn seeds_agree(given: &Submission, log: Option<&LogSummary>) -> CheckReport {
    let check = Check::SeedsAgree;
    if let Some(untold) = told::untold(given, check, &[Property::RandomSeed]) {
        return untold;
    }
    let seeds = log.map(|log| &log.told.seeds).filter(|seeds| seeds.len() > 1);
    if let Some(seeds) = seeds {
        return check.failed(format!(
            "e2e.log names several seeds, and so is of several runs: {}",
            listed(seeds)
        ));
    }
    let in_junit = told::junit(given).and_then(|junit| junit.properties.random_seed);
    match (in_junit, log.and_then(|log| log.random_seed)) {
        (Some(a), Some(b)) => check.is(
            a == b,
            format!("both have seed {a}"),
            format!("the JUnit file has seed {a}, e2e.log has {b}: they are of two runs"),
        ),
        (Some(a), None) if log.is_some() => check.failed(format!(
            "the JUnit file has seed {a}, e2e.log names none: it is not the whole log"
        )),
        _ => check.unevaluated("not both files name their seed, as suites before v1.25 do not"),
    }
}

fn versions(given: &Submission, junit: Option<&Junit>, log: Option<&LogSummary>) -> CheckReport {
    let check = Check::Versions;
    let Some(release) = given.release() else {
        return check.unevaluated("the folder names no release");
    };
    let several = log.map(|log| &log.told.server_versions);
    if let Some(several) = several.filter(|versions| versions.len() > 1) {
        return check.failed(format!(
            "e2e.log names several versions of the API server: {}",
            listed(several)
        ));
    }
    let said = log.into_iter().flat_map(|log| {
        let versions = [("API server", &log.server_version), ("suite", &log.suite_version)];
        versions
            .into_iter()
            .filter_map(|(what, version)| Some((what, version.clone()?)))
    });
    let said: Vec<(&str, String)> = said.collect();
    let of = |version: &str| version.parse::<Release>().ok();
    if let Some((what, version)) = said.iter().find(|(_, version)| of(version) != Some(release)) {
        return check.failed(format!(
            "e2e.log says that the {what} is of {version}, and the folder {release}"
        ));
    }
    if !said.is_empty() {
        return check.passed(format!("e2e.log names {release}"));
    }
    // Suites from v1.27 on name no version. Then the tests that there are tell the release of the suite.
    match junit.and_then(|junit| release_of_files(std::slice::from_ref(junit))) {
        Some(fit) if fit.is_exact() => check.is(
            fit.release == release,
            format!("the tests are those of {release}"),
            format!(
                "the tests are those of {}, and the folder says {release}",
                fit.release
            ),
        ),
        _ => check.unevaluated("neither e2e.log nor the names of the tests say the release"),
    }
}

fn age(given: &Submission, today: Date) -> CheckReport {
    let check = Check::Age;
    if let Some(untold) = told::untold(given, check, &[Property::Timestamp]) {
        return untold;
    }
    let Some(started) = told::junit(given).and_then(|junit| junit.properties.started_at) else {
        return check.unevaluated("the JUnit file does not say when the suite started");
    };
    let day = started.date();
    // The file has no zone, so that its day may be tomorrow.
    if day > today.tomorrow().unwrap_or(Date::MAX) {
        return check.failed(format!("the suite started on {day}, which is still to come"));
    }
    let out = given.release().and_then(released);
    if let Some(out) = out.filter(|out| day < *out) {
        // A release candidate has the suite's tests and not its name.
        return check.failed(format!(
            "the suite started on {day}, before the release came out on {out}"
        ));
    }
    let days = today.duration_since(day).as_hours() / 24;
    check.passed(format!("the suite started on {day}, {} days ago", days.max(0)))
}

fn listed<T: ToString>(values: &BTreeSet<T>) -> String {
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn mark_valid(given: &Submission, today: Date) -> CheckReport {
    let check = Check::MarkValid;
    let Some(release) = given.release() else {
        return check.unevaluated("the folder names no release");
    };
    match expiry(release) {
        None => check.unevaluated(format!("it is not known when {release} came out")),
        Some((day, known)) => check.is(
            day >= today || !known,
            if known {
                format!("a mark for {release} is valid until {day}")
            } else {
                format!("a mark for {release} is valid until {day} at least, or nine months after the next release")
            },
            format!("a mark for {release} was valid until {day}"),
        ),
    }
}
