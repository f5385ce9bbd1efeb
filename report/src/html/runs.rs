//! The runs of a cluster, as a page that leads to those of each.

use askama::Template;

use super::{PageError, frame::Frame, tone};
use crate::{
    run_list::RunLine,
    text::{clean_line, count},
    words::verdict,
};

#[derive(Template)]
#[template(path = "runs.html")]
struct Page {
    title: String,
    summary: String,
    rows: Vec<Row>,
    frame: Frame,
}

struct Row {
    /// The name is a part of an address too: names of objects need no encoding.
    name: String,
    tone: &'static str,
    verdict: &'static str,
    release: String,
    passed: String,
    failed: i32,
    unevaluated: i32,
    ended: String,
    state: String,
}

/// A row for each run, with a link to its page. `more` says that there are others that are not listed.
pub fn runs_html(runs: &[RunLine], more: bool) -> Result<String, PageError> {
    let listed = count(i64::try_from(runs.len()).unwrap_or(i64::MAX), "run");
    let page = Page {
        title: "Conformance runs of this cluster".to_owned(),
        summary: if more {
            format!("{listed}; there are more, which are not listed.")
        } else {
            format!("{listed}, the newest first.")
        },
        rows: runs.iter().map(row).collect(),
        frame: Frame::new(),
    };
    Ok(page.render()?)
}

fn row(run: &RunLine) -> Row {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    Row {
        name: clean_line(&run.name),
        tone: tone(run.verdict),
        verdict: verdict(run.verdict),
        release: or_dash(run.release.map(|release| release.to_string())),
        passed: format!("{}/{}", run.present.passed, run.present.required),
        failed: run.present.failed,
        unevaluated: run.present.unevaluated,
        ended: or_dash(run.ended.clone()),
        state: clean_line(&run.state),
    }
}

#[cfg(test)]
mod tests {
    use conform_suite::{Tally, Verdict};

    use super::*;

    #[test]
    fn what_runs_say_stays_text() {
        let run = RunLine {
            name: "nightly-1".to_owned(),
            verdict: Verdict::NotConformant,
            release: None,
            present: Tally::default(),
            ended: None,
            state: "failed, <script>alert(1)</script>\u{1b}[2J".to_owned(),
        };
        let page = runs_html(&[run], true).unwrap();
        assert!(page.contains("<a href=\"nightly-1/\">nightly-1</a>"), "{page}");
        assert!(page.contains("1 run; there are more"), "{page}");
        assert_eq!(page.matches("<script").count(), 1, "only the page's own");
        assert!(!page.contains('\u{1b}'));
    }
}
