//! Whether patterns and filters could hide a required test.

use regex::Regex;

use super::{Check, CheckReport, CheckState, NotJudged, Submission, told};
use crate::{
    JunitError, Obstacle, Properties, Property, Stage,
    evaluation::{InputReport, MeasuredError},
    text::printable,
};

/// The focus of a whole run of what is required, as every tool sets it.
const WHOLE: &str = r"\[Conformance\]";

/// What ginkgo puts before a name when it matches a pattern.
const SUITE: &str = "Kubernetes e2e suite ";

/// Longest part of a pattern that is shown, in characters.
const SHOWN: usize = 60;

/// The focus asks for all that is required, and nothing that was required is missing.
pub(super) fn whole_selection(given: &Submission) -> CheckReport {
    let check = Check::WholeSelection;
    if let Some(untold) = told::untold(given, check, &[Property::FocusStrings]) {
        return untold;
    }
    let well = "all conformance tests were asked for";
    let report = of_obstacles(given, check, well, |obstacle| {
        matches!(obstacle, Obstacle::Narrowed(_) | Obstacle::StageMixed)
    });
    let (Some(junit), Some(Ok(judged)), CheckState::Passed) =
        (told::junit(given), &given.judged, report.state)
    else {
        return report;
    };
    if !junit.properties.named.contains(&Property::FocusStrings) {
        return check
            .unevaluated("the JUnit file does not say what was asked for, as suites before v1.25 do not");
    }
    let others = junit.properties.focus.iter().filter(|focus| *focus != WHOLE);
    let mut seen = Vec::new();
    for focus in others {
        let matching = Patterns::new(focus);
        let missed =
            matching.map(|patterns| required(judged).filter(|name| !patterns.is_match(name)).count());
        match missed {
            None => return check.failed(format!("focus {} is no pattern that can be read", shown(focus))),
            Some(0) => seen.push(format!("focus {} matches all required tests", shown(focus))),
            Some(missed) => {
                return check.failed(format!(
                    "focus {} does not match {missed} required tests: the usual one is {WHOLE}",
                    shown(focus)
                ));
            }
        }
    }
    if seen.is_empty() {
        report
    } else {
        check.passed(seen.join("; "))
    }
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

/// No skip pattern and no filter could leave out what is required.
pub(super) fn skip_strings(given: &Submission) -> CheckReport {
    let check = Check::SkipStrings;
    let Some(junit) = told::junit(given) else {
        return check.unevaluated("there is no JUnit file that can be read");
    };
    let properties = &junit.properties;
    if let Some(untold) = told::untold(given, check, &[Property::SkipStrings]) {
        return untold;
    }
    let filters = filters(properties);
    if !filters.is_empty() {
        return check.failed(format!(
            "these can leave out required tests, and a whole run has none of them: {}",
            filters.join("; ")
        ));
    }
    if properties.skip.is_empty() {
        return if properties.named.contains(&Property::SkipStrings) {
            check.passed("there is no skip pattern or filter")
        } else {
            check.unevaluated("the JUnit file does not say what was skipped, as suites before v1.25 do not")
        };
    }
    match &given.judged {
        Some(Ok(judged)) => skipped(check, properties, judged),
        Some(Err(error)) => check.unevaluated(error.to_string()),
        None => check.unevaluated("there is no release to judge skip patterns by"),
    }
}

fn skipped(check: Check, properties: &Properties, judged: &InputReport) -> CheckReport {
    let mut seen = Vec::new();
    for skip in &properties.skip {
        let Some(patterns) = Patterns::new(skip) else {
            return check.failed(format!("skip {} is no pattern that can be read", shown(skip)));
        };
        let hidden = required(judged).filter(|name| patterns.is_match(name)).count();
        if hidden > 0 {
            return check.failed(format!("skip {} leaves out {hidden} required tests", shown(skip)));
        }
        seen.push(format!("skip {} leaves out no required test", shown(skip)));
    }
    check.passed(seen.join("; "))
}

/// What narrows a run besides patterns of names; of its effect, names tell nothing.
fn filters(properties: &Properties) -> Vec<String> {
    let mut found: Vec<String> = properties
        .label_filter
        .iter()
        .map(|filter| format!("LabelFilter {}", shown(filter)))
        .collect();
    for property in [Property::SemVerFilter, Property::FocusFiles, Property::SkipFiles] {
        let values = properties.values(property).filter(|value| !value.is_empty());
        found.extend(values.map(|value| format!("{} {}", property.word(), shown(value))));
    }
    let of_source = properties.values(Property::ProgrammaticFocus);
    let of_source = of_source.filter(|value| *value != "false");
    found.extend(of_source.map(|value| format!("{} {}", Property::ProgrammaticFocus.word(), shown(value))));
    found
}

/// A pattern, and its parts between commas: ginkgo joins several patterns so, and commas may be of one as well.
struct Patterns(Vec<Regex>);

impl Patterns {
    fn new(text: &str) -> Option<Self> {
        let whole = Regex::new(text).ok();
        let parts = || {
            text.split(',')
                .map(|part| Regex::new(part).ok())
                .collect::<Option<Vec<_>>>()
        };
        let parts = if text.contains(',') {
            parts()
        } else {
            Some(Vec::new())
        };
        match (whole, parts) {
            (None, None) => None,
            (whole, parts) => Some(Self(whole.into_iter().chain(parts.unwrap_or_default()).collect())),
        }
        .filter(|patterns: &Self| !patterns.0.is_empty())
    }

    fn is_match(&self, name: &str) -> bool {
        let text = format!("{SUITE}{name}");
        self.0.iter().any(|pattern| pattern.is_match(&text))
    }
}

fn required(judged: &InputReport) -> impl Iterator<Item = &str> {
    let tests = judged.tests.iter().flatten();
    let present = tests.filter(|test| test.stage == Stage::Present);
    present.map(|test| test.name.as_str())
}

fn shown(pattern: &str) -> String {
    let start: String = pattern.chars().take(SHOWN).collect();
    let rest = if start.len() < pattern.len() { "..." } else { "" };
    format!("\"{}{rest}\"", printable(&start))
}
