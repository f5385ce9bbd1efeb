//! How runs went over time, as a page.

use askama::Template;
use conform_suite::{Outcome, Point, Standing, Trend, Unsteady, Verdict};

use super::{PageError, frame::Frame, tests_list::word, tone};
use crate::{
    text::{clean_line, count, shorten},
    words::verdict as words,
};

/// Room for a run in the picture, in pixels.
const STEP: i32 = 64;

/// Where the bars stand, and how high the highest is.
const GROUND: i32 = 180;
const HIGHEST: i32 = 150;

/// Longest name under a bar, in characters.
const NARROW: usize = 10;

/// Most requirements of the table.
const MOST: usize = 500;

#[derive(Template)]
#[template(path = "trend.html")]
struct Page {
    title: String,
    summary: String,
    spoken: String,
    width: i32,
    bars: Vec<Bar>,
    rows: Vec<Row>,
    tests: Vec<Test>,
    frame: Frame,
}

/// One run in the picture.
struct Bar {
    tone: &'static str,
    title: String,
    x: i32,
    /// Top and height.
    now: (i32, i32),
    later: (i32, i32),
    failed: i32,
    failing_later: i32,
    label: Label,
}

/// What a run is called where there is little room.
#[derive(Clone)]
struct Label {
    /// Month and day.
    day: String,
    /// What tells it from others of that day.
    rest: Option<String>,
}

struct Row {
    tone: &'static str,
    time: String,
    label: Label,
    run: String,
    verdict: &'static str,
    release: String,
    passed: String,
    failed: i32,
    unevaluated: i32,
    failing_later: i32,
}

struct Test {
    name: String,
    changes: usize,
    cells: Vec<(&'static str, &'static str)>,
}

/// A picture of the failures, a table of the runs, and a table of the requirements that were not always met.
pub fn trend_html(trend: &Trend) -> Result<String, PageError> {
    let failures = trend
        .points
        .iter()
        .flat_map(|point| [point.present.failed, point.future_failed]);
    let most = failures.max().unwrap_or(0).max(1);
    let runs = i64::try_from(trend.points.len()).unwrap_or(i64::MAX);
    let last = trend.points.last();
    let labels = labels(&trend.points);
    let labelled = || trend.points.iter().zip(&labels);
    let page = Page {
        title: format!("{}: {}", clean_line(&trend.name), count(runs, "run")),
        summary: last.map_or_else(String::new, |last| {
            format!("The last one: {}.", words(last.verdict).to_lowercase())
        }),
        spoken: format!(
            "Failures of {}; the table below has the numbers",
            count(runs, "run")
        ),
        width: STEP * i32::try_from(trend.points.len()).unwrap_or(i32::MAX / STEP),
        bars: labelled()
            .zip(0..)
            .map(|((point, label), at)| bar(point, label, at, most))
            .collect(),
        rows: labelled().map(row).collect(),
        tests: trend.unsteady.iter().take(MOST).map(test).collect(),
        frame: Frame::new(),
    };
    Ok(page.render()?)
}

fn bar(point: &Point, label: &Label, at: i32, most: i32) -> Bar {
    let high = |failed: i32| {
        let height = i64::from(HIGHEST) * i64::from(failed.max(0)) / i64::from(most);
        let height = i32::try_from(height).unwrap_or(HIGHEST);
        (GROUND - height, height)
    };
    Bar {
        tone: tone(point.verdict),
        title: format!("{}: {}", clean_line(&point.run), words(point.verdict)),
        x: STEP * at + 12,
        now: high(point.present.failed),
        later: high(point.future_failed),
        failed: point.present.failed,
        failing_later: point.future_failed,
        label: Label {
            rest: label.rest.as_deref().map(|rest| shorten(rest, NARROW)),
            ..label.clone()
        },
    }
}

/// A day each; runs of one day are told apart by the minute, or else by their names.
fn labels(points: &[Point]) -> Vec<Label> {
    let part = |point: &Point, from, to| point.time.get(from..to).map(clean_line);
    let day = |point: &Point| part(point, 5, 10).unwrap_or_else(|| "-".to_owned());
    let minute = |point: &Point| part(point, 11, 16);
    let times = |is: &dyn Fn(&Point) -> bool| points.iter().filter(|point| is(point)).count();
    let label = |point: &Point| {
        let (of_day, of_minute) = (day(point), minute(point));
        let alike = times(&|other| day(other) == of_day);
        let at_once = times(&|other| day(other) == of_day && minute(other) == of_minute);
        let rest = match of_minute {
            _ if alike < 2 => None,
            Some(minute) if at_once < 2 => Some(minute),
            _ => Some(clean_line(&point.run)),
        };
        Label { day: of_day, rest }
    };
    points.iter().map(label).collect()
}

fn row((point, label): (&Point, &Label)) -> Row {
    Row {
        tone: tone(point.verdict),
        time: clean_line(&point.time),
        label: label.clone(),
        run: clean_line(&point.run),
        verdict: words(point.verdict),
        release: point.release.to_string(),
        passed: format!("{}/{}", point.present.passed, point.present.required),
        failed: point.present.failed,
        unevaluated: point.present.unevaluated,
        failing_later: point.future_failed,
    }
}

fn test(one: &Unsteady) -> Test {
    let cell = |outcome: &Outcome| {
        let verdict = match outcome.standing() {
            Standing::Met => Verdict::Conformant,
            Standing::Missed => Verdict::NotConformant,
            Standing::Unevaluated => Verdict::Undecided,
        };
        (tone(verdict), word(*outcome))
    };
    Test {
        name: clean_line(&one.name),
        changes: one.changes,
        cells: one.outcomes.iter().map(cell).collect(),
    }
}

#[cfg(test)]
mod tests {
    use conform_suite::{Release, Tally};

    use super::*;

    fn point(run: &str, time: &str) -> Point {
        Point {
            run: run.to_owned(),
            time: time.to_owned(),
            release: Release::new(1, 36),
            verdict: Verdict::Undecided,
            present: Tally::default(),
            future_failed: 0,
        }
    }

    #[test]
    fn no_two_columns_have_one_head() {
        let points = [
            point("a", "2026-11-20T01:00:00Z"),
            point("b", "2026-11-21T01:00:00Z"),
            point("c", "2026-11-21T02:30:00Z"),
            point("d", "2026-11-22T02:30:00"),
            point("e", "2026-11-22T02:30:59"),
            point("f", ""),
            point("g", "née"),
        ];
        let heads: Vec<String> = labels(&points)
            .into_iter()
            .map(|label| format!("{} {}", label.day, label.rest.unwrap_or_default()))
            .collect();
        assert_eq!(
            heads,
            [
                "11-20 ",
                "11-21 01:00",
                "11-21 02:30",
                "11-22 d",
                "11-22 e",
                "- f",
                "- g"
            ]
        );
    }
}
