//! What was missed, in cards.

use conform_suite::{
    Stage,
    evaluation::{InputReport, TestReport},
};

use crate::text::{clean, clean_line, count, first_line, shorten};

/// Most cards of a stage; the list of all requirements names the others.
const MOST: usize = 200;

/// Longest first line of a message that a card shows; the excerpt has all of it.
const SAID: usize = 300;

/// Room for the logs of a stage's cards, in bytes, so that the page stays below a megabyte.
const LOGS: usize = 192 << 10;

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
        let mut room = LOGS;
        let cards: Vec<Failure> = of_stage()
            .take(MOST)
            .map(|test| failure(report, test, &mut room))
            .collect();
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

/// `room` is what is left of the room for logs.
fn failure(report: &InputReport, test: &TestReport, room: &mut usize) -> Failure {
    let message = test.message.as_deref().map(clean);
    let said = message.as_deref().and_then(first_line);
    let said = said.map(|line| shorten(line, SAID));
    let all_said = message.as_deref().map(str::trim) == said.as_deref();
    Failure {
        name: clean_line(test.name.as_str()),
        outcome: super::tests_list::word(test.outcome),
        chips: chips(report, test),
        log: excerpt(
            message.filter(|_| said.is_some() && !all_said),
            test.log.as_deref().map(clean),
            room,
        ),
        said,
    }
}

/// All of the message, if the card does not show it yet, and below it the end of the log.
fn excerpt(message: Option<String>, log: Option<String>, room: &mut usize) -> Option<String> {
    let log = log.filter(|log| log.len() <= *room);
    *room = room.saturating_sub(log.as_ref().map_or(0, String::len));
    let parts: Vec<String> = [message, log].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
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
