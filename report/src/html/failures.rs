//! What was missed, in cards.

use conform_suite::{
    Stage,
    evaluation::{InputReport, TestReport},
};

use crate::text::{clean, clean_line, count, shorten};

/// Most cards of a stage; the list of all requirements names the others.
const MOST: usize = 200;

/// Longest first line of a message that a card shows; the excerpt has all of it.
const SAID: usize = 300;

/// What was missed of one stage.
pub(super) struct Failures {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) tone: &'static str,
    pub(super) cards: Vec<Failure>,
    /// What to say of those without a card.
    pub(super) more: Option<String>,
}

pub(super) struct Failure {
    pub(super) name: String,
    pub(super) outcome: &'static str,
    pub(super) chips: Vec<String>,
    pub(super) said: Option<String>,
    pub(super) log: Option<String>,
}

impl Failures {
    pub(super) fn of(report: &InputReport, stage: Stage) -> Option<Self> {
        let of_stage = || report.missed.iter().filter(|test| test.stage == stage);
        let cards: Vec<Failure> = of_stage().take(MOST).map(|test| failure(report, test)).collect();
        let more = i64::try_from(of_stage().skip(MOST).count()).unwrap_or(i64::MAX);
        let (id, title, tone) = match stage {
            Stage::Present => ("failing", "Failing now", "bad"),
            Stage::Future => ("failing-later", "Failing today and required later", "open"),
        };
        (!cards.is_empty()).then_some(Self {
            id,
            title: format!("{title}: {}", of_stage().count()),
            tone,
            cards,
            more: (more > 0).then(|| {
                format!(
                    "{}: see the list of every requirement.",
                    count(more, "further failure")
                )
            }),
        })
    }
}

fn failure(report: &InputReport, test: &TestReport) -> Failure {
    let message = test.message.as_deref().map(clean);
    let said = message.as_deref().map(|message| {
        let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
        shorten(lines.next().unwrap_or_default(), SAID)
    });
    let said = said.filter(|said| !said.is_empty());
    let all_said = message.as_deref().map(str::trim) == said.as_deref();
    Failure {
        name: clean_line(test.name.as_str()),
        outcome: super::tests_list::word(test.outcome),
        chips: chips(report, test),
        log: message.filter(|_| said.is_some() && !all_said),
        said,
    }
}

fn chips(report: &InputReport, test: &TestReport) -> Vec<String> {
    let mut chips = vec![match &test.component {
        Some(component) => format!("{}: {}", test.area.word(), clean_line(component)),
        None => test.area.word().to_owned(),
    }];
    if test.stage == Stage::Future {
        chips.push(format!(
            "required in {} ({})",
            test.required_in,
            test.authority.word()
        ));
        let left = report.release.releases_until(test.required_in);
        if left > 0 {
            chips.push(format!("{} left", count(left.into(), "release")));
        }
    }
    chips
}
