//! The checks of the programme's bot.

use std::collections::HashSet;

use super::{
    Check, CheckReport, FOUR_FILES, HandedIn, PRODUCT, Page, Product, Submission, Terms,
    mark::released,
    product::{CONTACT, LOGO, TYPES, URLS},
    syntax, taken,
};
use crate::{
    Outcome, Stage, Standing,
    evaluation::{InputReport, TestReport},
};

/// Most names that a message has.
const MOST_NAMES: usize = 5;

/// Days after which the next release is likely out. There are three a year; from v1.29 on the longest wait was 126 days.
const CYCLE_DAYS: i64 = 140;

/// Makes them, in the bot's order.
pub(super) fn checks(given: &Submission, terms: Terms) -> Vec<CheckReport> {
    let [title_given, title_form, title_release] = title(given);
    let [complete, only] = files(given);
    let [fields, syntax, pages, kind] = product(given);
    vec![
        title_given,
        title_form,
        complete,
        only,
        folder(given),
        title_release,
        fields,
        syntax,
        pages,
        kind,
        supported(given, terms),
        tests_complete(given),
        tests_passed(given),
        one_commit(given),
    ]
}

fn title(given: &Submission) -> [CheckReport; 3] {
    let checks = [Check::TitleGiven, Check::TitleForm, Check::TitleRelease];
    let Some(title) = &given.title else {
        return checks.map(|check| check.unevaluated("no title was given: --title TEXT"));
    };
    let [is_given, form, release] = checks;
    let titled = syntax::titled(title);
    let is_form = form.is(
        titled.is_some(),
        "it has the usual form",
        "it has to be like: Conformance results for v1.36/my-product",
    );
    let same = match (titled, given.release()) {
        (Some(titled), Some(folder)) => release.is(
            titled == folder,
            format!("title and folder say {folder}"),
            format!("the title says {titled}, the folder {folder}"),
        ),
        _ => release.failed("title or folder names no release"),
    };
    let is_given = is_given.is(!title.trim().is_empty(), "there is a title", "the title is empty");
    [is_given, is_form, same]
}

fn files(given: &Submission) -> [CheckReport; 2] {
    let mut wrong = Vec::new();
    for name in FOUR_FILES {
        match HandedIn::of(&given.files, name) {
            None => wrong.push(format!("{name} is missing")),
            Some(file) => match file.bytes {
                None => wrong.push(format!("{name} is no plain file")),
                Some(0) => wrong.push(format!("{name} is empty")),
                Some(_) => wrong.extend(file.fault.iter().map(|fault| format!("{name}: {fault}"))),
            },
        }
    }
    if let Some(Err(error)) = &given.product {
        wrong.push(format!("{PRODUCT} cannot be read: {error}"));
    }
    if let Some(Err(error)) = &given.junit {
        wrong.push(format!("{}: {error}", super::JUNIT));
    }
    // The bot takes a file in another case for the one that it misses, and for one that does not belong there too.
    let others = given
        .files
        .iter()
        .filter(|file| !FOUR_FILES.contains(&file.name.as_str()));
    let others: Vec<String> = others
        .map(|file| {
            let meant = FOUR_FILES
                .into_iter()
                .find(|name| HandedIn::of(&given.files, name) == Some(file));
            meant.map_or_else(
                || file.name.clone(),
                |name| format!("{}, whose name has to be {name}", file.name),
            )
        })
        .collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    [
        Check::FilesComplete.is(wrong.is_empty(), "the four files are there", wrong.join("; ")),
        Check::FilesOnly.is(
            others.is_empty(),
            "there is nothing else",
            format!("these do not belong there: {}", some(&others)),
        ),
    ]
}

fn folder(given: &Submission) -> CheckReport {
    Check::Folder.is(
        given.release().is_some(),
        given.folder.clone(),
        format!(
            "{} is not like v1.36/my-product: the folder of a product lies in that of a release",
            given.folder
        ),
    )
}

fn product(given: &Submission) -> [CheckReport; 4] {
    let checks = [
        Check::ProductComplete,
        Check::ProductSyntax,
        Check::ProductPages,
        Check::ProductType,
    ];
    let Some(Ok(product)) = &given.product else {
        return checks.map(|check| check.failed(format!("{PRODUCT} cannot be read")));
    };
    let [complete, form, pages, kind] = checks;
    let missing = product.missing(given.release());
    [
        complete.is(
            missing.is_empty(),
            "every field is there",
            format!("these fields are missing or empty: {}", missing.join(", ")),
        ),
        product_syntax(form, product),
        product_pages(pages, given.pages.as_deref()),
        product_kind(kind, product.field("type").unwrap_or_default()),
    ]
}

/// What the bot takes passes, with a remark if it is unlikely to lead anywhere.
fn product_syntax(check: Check, product: &Product) -> CheckReport {
    let (mut wrong, mut odd) = (Vec::new(), Vec::new());
    for name in URLS.iter().chain([&LOGO, &CONTACT]) {
        if product.is_no_text(name) {
            wrong.push(format!(
                "{name}: it is a list or a mapping, and has to be one text"
            ));
        }
        let Some(text) = product.field(name) else {
            continue;
        };
        let (is_taken, is_plain, what) = if *name == CONTACT {
            (taken::is_email(text), syntax::is_email(text), "e-mail address")
        } else {
            (taken::is_url(text), syntax::is_url(text), "URL")
        };
        if !is_taken {
            wrong.push(format!("{name}: {text:?} is no {what}"));
        } else if !is_plain {
            odd.push(format!("{name}: {text:?} is taken, though it is no plain {what}"));
        }
    }
    let well = if odd.is_empty() {
        "URLs and address are well-formed".to_owned()
    } else {
        odd.join("; ")
    };
    check.is(wrong.is_empty(), well, wrong.join("; "))
}

/// The step of the bot that has a list of words never fails for one that is there, and products have been certified with
/// others.
fn product_kind(check: Check, kind: &str) -> CheckReport {
    if TYPES.contains(&kind) {
        return check.passed(kind);
    }
    let documented = TYPES.join(", ");
    check.is(
        !kind.is_empty(),
        format!("{kind} is taken, though the programme's instructions say: {documented}"),
        format!("type {kind:?} is none of: {documented}"),
    )
}

/// What was seen on the web, if somebody looked.
fn product_pages(check: Check, pages: Option<&[Page]>) -> CheckReport {
    let Some(pages) = pages else {
        return check
            .unevaluated("the web was not asked whether each URL leads to a page of HTML: --online does");
    };
    let wrong = pages.iter().filter_map(|Page { field, url, seen }| match seen {
        Ok(kind)
            if kind
                .split(';')
                .next()
                .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html")) =>
        {
            None
        }
        Ok(kind) => Some(format!("{field}: {url} is {kind:?} and no page of HTML")),
        Err(why) => Some(format!("{field}: {url}: {why}")),
    });
    let wrong: Vec<String> = wrong.collect();
    check.is(
        wrong.is_empty(),
        format!("each of {} leads to a page of HTML", pages.len()),
        wrong.join("; "),
    )
}

fn supported(given: &Submission, terms: Terms) -> CheckReport {
    let check = Check::ReleaseSupported;
    let Some(release) = given.release() else {
        return check.failed("the folder names no release");
    };
    let newest = terms.newest;
    if release > newest {
        return check.unevaluated(format!(
            "{release} is newer than {newest}, the newest release that is known: --newest 1.N says which is"
        ));
    }
    let age = released(newest).map(|day| terms.today.duration_since(day).as_hours() / 24);
    if !terms.is_told && release.releases_until(newest) == 2 && age.is_some_and(|days| days > CYCLE_DAYS) {
        return check.unevaluated(format!(
            "a release newer than {newest} is likely out, so that {release} may not be certified any more: \
             --newest 1.N says which is the newest"
        ));
    }
    check.is(
        release.releases_until(newest) <= 2,
        format!("{release} is certified while {newest} is the newest"),
        format!(
            "{release} is not certified any more: {newest} is the newest release, and only two before it are; \
             --newest 1.N says it for another day"
        ),
    )
}

/// What the tests of a required list say, if they can be judged.
fn judged(given: &Submission, check: Check) -> Result<&InputReport, CheckReport> {
    match &given.judged {
        Some(Ok(report)) => Ok(report),
        Some(Err(error)) => Err(check.unevaluated(error.to_string())),
        None => Err(check.unevaluated("there is no JUnit file and release to judge by")),
    }
}

fn tests_complete(given: &Submission) -> CheckReport {
    let check = Check::TestsComplete;
    let report = match judged(given, check) {
        Ok(report) => report,
        Err(unevaluated) => return unevaluated,
    };
    let left_out = |test: &&TestReport| {
        test.stage == Stage::Present && matches!(test.outcome, Outcome::NotRun | Outcome::Skipped)
    };
    let tests = report.tests.iter().flatten();
    let left_out: Vec<&str> = tests.filter(left_out).map(|test| test.name.as_str()).collect();
    let required = report.present.required;
    if left_out.is_empty() {
        let misnamed = misnamed(given, report);
        if !misnamed.is_empty() {
            return check.failed(format!(
                "{} of {required} required tests are not in the JUnit file under their exact names, with [Conformance] in \
                 them: {}",
                misnamed.len(),
                some(&misnamed)
            ));
        }
    }
    check.is(
        left_out.is_empty() && required > 0,
        format!("all {required} required tests were run"),
        format!(
            "{} of {required} required tests were not run: {}",
            left_out.len(),
            some(&left_out)
        ),
    )
}

/// The required tests that the file has under other names only. The bot takes those with the mark, and by their exact names.
fn misnamed<'a>(given: &Submission, report: &'a InputReport) -> Vec<&'a str> {
    let cases = given.junit.iter().flatten().flat_map(|junit| &junit.cases);
    let marked: HashSet<&str> = cases
        .filter(|case| case.name.has_tag("Conformance"))
        .map(|case| case.name.as_str())
        .collect();
    let tests = report.tests.iter().flatten();
    tests
        .filter(|test| test.stage == Stage::Present)
        .map(|test| test.name.as_str())
        .filter(|name| !marked.contains(name))
        .collect()
}

/// Whatever is marked `[Conformance]` counts here, required or not.
fn tests_passed(given: &Submission) -> CheckReport {
    let check = Check::TestsPassed;
    let Some(Ok(junit)) = &given.junit else {
        return check.failed("there is no JUnit file that can be read");
    };
    if junit.properties.dry_run {
        return check.unevaluated("a dry run has no outcomes");
    }
    let marked = junit.cases.iter().filter(|case| case.name.has_tag("Conformance"));
    let ran: Vec<_> = marked
        .filter(|case| !matches!(case.outcome, Outcome::NotRun | Outcome::Skipped))
        .collect();
    let bad = ran.iter().filter(|case| case.outcome.standing() != Standing::Met);
    let bad: Vec<&str> = bad.map(|case| case.name.as_str()).collect();
    if ran.is_empty() {
        return check.failed("no conformance test was run");
    }
    check.is(
        bad.is_empty(),
        format!("all {} conformance tests that were run passed", ran.len()),
        format!("{} of {} did not pass: {}", bad.len(), ran.len(), some(&bad)),
    )
}

fn one_commit(given: &Submission) -> CheckReport {
    let check = Check::OneCommit;
    given.commits.map_or_else(
        || check.unevaluated("it is not said how many there are: --commits N"),
        |count| {
            check.is(
                count == 1,
                "there is one",
                format!("there are {count}: squash them into one"),
            )
        },
    )
}

/// At most [`MOST_NAMES`] of the names, and how many more there are.
pub(super) fn some(names: &[&str]) -> String {
    let shown = names.iter().take(MOST_NAMES).copied();
    let shown = shown.collect::<Vec<_>>().join("; ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}
