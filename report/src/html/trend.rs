//! How runs went over time, as a page.

use askama::Template;
use conform_suite::{Outcome, Point, Standing, Trend, Unsteady, Verdict};

use super::{PageError, frame::Frame, tests_list::word, tone};
use crate::{
    text::{clean_line, count},
    words::verdict as words,
};

/// Room for a run in the picture, in pixels.
const STEP: i32 = 64;

/// Where the bars stand, and how high the highest is.
const GROUND: i32 = 180;
const HIGHEST: i32 = 150;

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
    day: String,
}

struct Row {
    tone: &'static str,
    time: String,
    day: String,
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
        bars: trend
            .points
            .iter()
            .zip(0..)
            .map(|(point, at)| bar(point, at, most))
            .collect(),
        rows: trend.points.iter().map(row).collect(),
        tests: trend.unsteady.iter().take(MOST).map(test).collect(),
        frame: Frame::new(),
    };
    Ok(page.render()?)
}

fn bar(point: &Point, at: i32, most: i32) -> Bar {
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
        day: day(point),
    }
}

/// Month and day.
fn day(point: &Point) -> String {
    point.time.get(5..10).map_or_else(|| "-".to_owned(), clean_line)
}

fn row(point: &Point) -> Row {
    Row {
        tone: tone(point.verdict),
        time: clean_line(&point.time),
        day: day(point),
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
