//! The story of a test or a feature.

use conform_suite::{
    Area, Release,
    catalogue::Life,
    explanation::{Explanation, FeatureStory, StageStory, TestStory},
};

use crate::text::{clean_line, count, hang};

/// Everything that is known, as text.
pub fn explanation(story: &Explanation, width: u16) -> String {
    let test = story
        .test
        .as_ref()
        .map(|test| of_test(test, story.release, width));
    let feature = story
        .feature
        .as_ref()
        .map(|feature| of_feature(feature, story.release, width));
    [test, feature]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn of_test(test: &TestStory, release: Release, width: u16) -> String {
    let mut page = Page::new(&test.id, width);
    page.fact(&format!("For {release}"), &life(&test.standing));
    page.fact("Area", test.area.word());
    page.fact("SIG", test.sig.as_deref().unwrap_or_default());
    page.fact("Tags", &test.tags.join(", "));
    page.fact("Needs", &test.needs.join(", "));
    page.fact("Changed in", &releases(&test.changed_in));
    for name in test.names.iter().skip(1) {
        page.fact(
            "Earlier name",
            &format!("{} ({})", name.name, releases(&name.releases)),
        );
    }
    stages(&mut page, &test.stages);
    page.end()
}

/// What it is for each release: a run of releases that say the same is one line.
fn stages(page: &mut Page, stages: &[StageStory]) {
    let mut stages = stages.iter().peekable();
    while let Some(first) = stages.next() {
        let said = kind(&first.standing);
        let mut last = first.release;
        while let Some(next) = stages.next_if(|next| kind(&next.standing) == said) {
            last = next.release;
        }
        let range = if last == first.release {
            last.to_string()
        } else {
            format!("{}-{last}", first.release)
        };
        page.fact(&range, said);
    }
}

fn of_feature(feature: &FeatureStory, release: Release, width: u16) -> String {
    let mut page = Page::new(&format!("{}: {}", feature.reference, feature.title), width);
    page.fact(&format!("For {release}"), &life(&feature.standing));
    let areas: Vec<&str> = feature.areas.iter().map(|area: &Area| area.word()).collect();
    page.fact("Areas", &areas.join(", "));
    page.fact(
        "Optional",
        if feature.optional {
            "yes: a cluster need not have it"
        } else {
            ""
        },
    );
    page.fact("Rule", &feature.rule);
    page.fact("Needs", &feature.needs.to_string());
    for event in &feature.history {
        page.fact(&format!("In {}", event.release), &event.event);
    }
    stages(&mut page, &feature.stages);
    if feature.tests.is_empty() {
        page.fact("Tests", "none upstream");
    }
    for test in &feature.tests {
        let obstacle = test.obstacle.as_ref().map(|why| format!("; {why}"));
        page.fact(
            "Test",
            &format!(
                "{}: {}{}",
                test.name,
                kind(&test.standing),
                obstacle.unwrap_or_default()
            ),
        );
    }
    page.fact("Remark", &feature.remark);
    page.end()
}

/// What a requirement is, in a sentence.
fn life(life: &Life) -> String {
    match life {
        Life::Present { since } => format!("required, since {since}"),
        Life::Future {
            from,
            releases,
            authority,
        } => format!(
            "future: in {} ({}), {} left",
            from,
            authority.word(),
            count((*releases).into(), "release")
        ),
        Life::Optional => "optional: nobody requires it".to_owned(),
        Life::Demoted { since, earlier } => {
            let earlier = earlier.iter().map(|patch| format!("{patch}, "));
            format!(
                "demoted: no longer required since {}{since}",
                earlier.collect::<String>()
            )
        }
        Life::Absorbed { by } => format!("absorbed: shown by {}", by.join("; ")),
    }
}

const fn kind(life: &Life) -> &'static str {
    match life {
        Life::Present { .. } => "required",
        Life::Future { .. } => "future",
        Life::Optional => "optional",
        Life::Demoted { .. } => "demoted",
        Life::Absorbed { .. } => "absorbed",
    }
}

fn releases(releases: &[Release]) -> String {
    releases
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Lines of a word and what it says.
struct Page {
    lines: Vec<String>,
    width: u16,
}

impl Page {
    fn new(title: &str, width: u16) -> Self {
        Self {
            lines: vec![hang("", &clean_line(title), width.into())],
            width,
        }
    }

    /// Nothing is said where there is nothing to say.
    fn fact(&mut self, word: &str, text: &str) {
        if !text.is_empty() {
            let first = format!("  {:<14}", format!("{word}:"));
            self.lines
                .push(hang(&first, &clean_line(text), self.width.into()));
        }
    }

    fn end(self) -> String {
        self.lines.join("\n")
    }
}
