//! Checks that the programme's bot does not make: whether the files are those of one real and whole run.

use jiff::civil::Date;

use super::{
    Check, CheckReport, NotJudged, Submission, Terms,
    mark::{expiry, released},
};
use crate::{
    Junit, JunitError, LogSummary, Obstacle, Outcome, Release,
    evaluation::{MeasuredError, release_of_files},
};

/// Makes them, in their order.
pub(super) fn checks(given: &Submission, terms: Terms) -> Vec<CheckReport> {
    let junit = given.junit.as_ref().and_then(|junit| junit.as_ref().ok());
    let log = given.log.as_ref();
    vec![
        really_run(junit),
        of_obstacles(given, Check::TriedOnce, "every test was tried once", |obstacle| {
            matches!(obstacle, Obstacle::FlakeAttempts { .. })
        }),
        of_obstacles(
            given,
            Check::WholeSelection,
            "all conformance tests were asked for",
            |obstacle| matches!(obstacle, Obstacle::Narrowed(_) | Obstacle::StageMixed),
        ),
        of_obstacles(given, Check::Serial, "one test ran after the other", |obstacle| {
            matches!(obstacle, Obstacle::Parallel { .. })
        }),
        junit_whole(junit),
        suite_succeeded(junit, log),
        counts_agree(junit, log),
        seeds_agree(junit, log),
        versions(given, junit, log),
        age(given, junit, terms.today),
        mark_valid(given, terms.today),
    ]
}

fn really_run(junit: Option<&Junit>) -> CheckReport {
    let check = Check::ReallyRun;
    let Some(junit) = junit else {
        return check.unevaluated("there is no JUnit file that can be read");
    };
    if junit.properties.dry_run {
        return check.failed("the JUnit file is of a dry run: every test passes in one, and none is run");
    }
    // A file from which the property was taken out still has no time in it.
    let ran = junit.cases.iter().filter(|case| case.outcome == Outcome::Passed);
    let (count, timed) = ran.fold((0_usize, 0_usize), |(count, timed), case| {
        (count + 1, timed + usize::from(!case.duration.is_zero()))
    });
    check.is(
        count == 0 || timed > 0,
        "the suite was run",
        format!("none of {count} passed tests took any time, as in a dry run"),
    )
}

/// What the rules of [`certifiable`](crate::certifiable) say.
fn of_obstacles(given: &Submission, check: Check, well: &str, is: impl Fn(&Obstacle) -> bool) -> CheckReport {
    match &given.judged {
        Some(Ok(report)) => {
            let found = report
                .certifiable
                .obstacles
                .iter()
                .filter(|obstacle| is(obstacle));
            let found: Vec<String> = found.map(Obstacle::brief).collect();
            check.is(found.is_empty(), well, found.join("; "))
        }
        Some(Err(NotJudged::Measured(MeasuredError::Junit(JunitError::DryRun)))) => {
            check.unevaluated("a dry run says nothing")
        }
        Some(Err(error)) => check.unevaluated(error.to_string()),
        None => check.unevaluated("there is no JUnit file and release to judge by"),
    }
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

fn suite_succeeded(junit: Option<&Junit>, log: Option<&LogSummary>) -> CheckReport {
    let check = Check::SuiteSucceeded;
    let said = junit.and_then(|junit| {
        let mut others = junit.properties.others.iter();
        others
            .find(|(name, _)| name == "SuiteSucceeded")
            .map(|(_, value)| value == "true")
    });
    let flaked = log.and_then(|log| log.flaked).filter(|count| *count > 0);
    match (said, log.and_then(|log| log.suite_passed)) {
        (Some(false), _) => check.failed("the JUnit file says that the suite failed"),
        (_, Some(false)) => check.failed("e2e.log says that the suite failed"),
        (_, Some(true)) => check.is(
            flaked.is_none(),
            "JUnit file and log say so",
            format!(
                "e2e.log says that {} tests passed only on a further try",
                flaked.unwrap_or_default()
            ),
        ),
        (_, None) => check.failed("e2e.log has no last line that says so: it is cut, or of something else"),
    }
}

fn counts_agree(junit: Option<&Junit>, log: Option<&LogSummary>) -> CheckReport {
    let check = Check::CountsAgree;
    let (Some(junit), Some(log)) = (junit, log) else {
        return check.unevaluated("there are no two files to compare");
    };
    let (Some(passed), Some(failed)) = (log.passed, log.failed) else {
        return check.failed("e2e.log has no line with counts");
    };
    let count = |is: fn(Outcome) -> bool| junit.cases.iter().filter(|case| is(case.outcome)).count();
    let in_junit = (
        count(|outcome| matches!(outcome, Outcome::Passed | Outcome::Flaky)),
        count(|outcome| {
            !matches!(
                outcome,
                Outcome::Passed | Outcome::Flaky | Outcome::NotRun | Outcome::Skipped
            )
        }),
    );
    let in_log = (passed as usize, failed as usize);
    check.is(
        in_junit == in_log,
        format!("both have {passed} passed, {failed} failed"),
        format!(
            "e2e.log has {passed} passed and {failed} failed, the JUnit file {} and {}",
            in_junit.0, in_junit.1
        ),
    )
}

fn seeds_agree(junit: Option<&Junit>, log: Option<&LogSummary>) -> CheckReport {
    let check = Check::SeedsAgree;
    let in_junit = junit.and_then(|junit| junit.properties.random_seed);
    match (in_junit, log.and_then(|log| log.random_seed)) {
        (Some(a), Some(b)) => check.is(
            a == b,
            format!("both have seed {a}"),
            format!("the JUnit file has seed {a}, e2e.log has {b}: they are of two runs"),
        ),
        _ => check.unevaluated("not both files name their seed, as suites before v1.25 do not"),
    }
}

fn versions(given: &Submission, junit: Option<&Junit>, log: Option<&LogSummary>) -> CheckReport {
    let check = Check::Versions;
    let Some(release) = given.release() else {
        return check.unevaluated("the folder names no release");
    };
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

fn age(given: &Submission, junit: Option<&Junit>, today: Date) -> CheckReport {
    let check = Check::Age;
    let Some(started) = junit.and_then(|junit| junit.properties.started_at) else {
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
