//! Live progress on stderr: a bar on a terminal, lines elsewhere.

use std::{collections::BTreeSet, time::Duration};

use conform_crds::{ConformanceRun, Progress, conditions};
use conform_suite::{Stage, TestName};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use crate::{
    condition,
    error::Error,
    pace::Pace,
    printer::Printer,
    text::{clean_line, shorten},
    time,
};

/// Shows how far a run is.
pub struct Display<'a> {
    printer: &'a Printer,
    bar: Option<ProgressBar>,
    pace: Option<Pace>,
    named: BTreeSet<(Stage, TestName)>,
    last: String,
    in_trouble: bool,
}

impl<'a> Display<'a> {
    /// A bar if people watch stderr, else lines.
    pub fn new(printer: &'a Printer) -> Self {
        let bar = printer.is_interactive().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(spinner());
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self {
            printer,
            bar,
            pace: None,
            named: BTreeSet::new(),
            last: String::new(),
            in_trouble: false,
        }
    }

    /// Shows the newest state of the run.
    pub fn update(&mut self, run: &ConformanceRun, now: Timestamp) {
        if std::mem::take(&mut self.in_trouble) {
            self.say("The API server answers again.");
        }
        let status = run.status.as_ref();
        for failure in status.into_iter().flat_map(|status| &status.failures) {
            self.failure(failure.stage, &failure.name);
        }
        match status.and_then(|status| status.progress.as_ref()) {
            Some(progress) if !condition::is_finished(run) => self.progress(progress, now),
            _ => self.state(run),
        }
    }

    fn progress(&mut self, progress: &Progress, now: Timestamp) {
        let pace = self.pace.unwrap_or_else(|| Pace::new(progress, now));
        let (pace, left) = pace.seconds_left(progress, now);
        self.pace = Some(pace);
        let counts = counts(progress);
        if let Some(bar) = &self.bar {
            bar.set_style(style());
            bar.set_length(length(progress.total));
            bar.set_position(length(progress.completed));
            bar.set_prefix(progress.stage.word());
            bar.set_message(with_time_left(&counts, left));
        } else if counts != self.last {
            self.printer.note(&format!(
                "{}: {}",
                progress.stage.word(),
                with_time_left(&counts, left)
            ));
        }
        self.last = counts;
    }

    fn state(&mut self, run: &ConformanceRun) {
        let Some(succeeded) = condition::find(run, conditions::SUCCEEDED) else {
            return;
        };
        let text = format!(
            "{}: {}",
            succeeded.reason,
            shorten(&clean_line(&succeeded.message), 200)
        );
        if text == self.last {
            return;
        }
        match &self.bar {
            Some(bar) => bar.set_message(text.clone()),
            None => self.printer.note(&text),
        }
        self.last = text;
    }

    /// Names a test that failed, once.
    pub fn failure(&mut self, stage: Stage, name: &TestName) {
        if self.named.insert((stage, name.clone())) {
            let later = if stage == Stage::Future {
                " (required later)"
            } else {
                ""
            };
            self.say(&format!("failed{later}: {}", clean_line(name.as_str())));
        }
    }

    /// How many failures of the running stage are counted and not named yet.
    pub fn unnamed_failures(&self, run: &ConformanceRun) -> usize {
        let Some(status) = &run.status else { return 0 };
        let Some(progress) = &status.progress else {
            return 0;
        };
        let in_status = status
            .failures
            .iter()
            .map(|failure| (failure.stage, failure.name.clone()));
        let named: BTreeSet<_> = self.named.iter().cloned().chain(in_status).collect();
        let named = named.iter().filter(|(stage, _)| *stage == progress.stage).count();
        usize::try_from(progress.failed)
            .unwrap_or(0)
            .saturating_sub(named)
    }

    /// Says that the API server does not answer; once, however often it is tried.
    pub fn trouble(&mut self, error: &Error) {
        if !std::mem::replace(&mut self.in_trouble, true) {
            self.say(&format!("Trying again, the run goes on meanwhile: {error}"));
        }
    }

    /// Says something that stays on the screen.
    pub fn say(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.printer.note(text)),
            None => self.printer.note(text),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// How many tests of a stage ended, and how.
pub fn counts(progress: &Progress) -> String {
    let Progress {
        total,
        completed,
        failed,
        ..
    } = *progress;
    format!(
        "{completed} of {total} done, {} passed, {failed} failed",
        completed.saturating_sub(failed)
    )
}

fn with_time_left(counts: &str, seconds: Option<i64>) -> String {
    match seconds {
        Some(seconds) => format!("{counts}, about {} left", time::short(seconds)),
        None => counts.to_owned(),
    }
}

fn length(count: i32) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{prefix} [{bar:30}] {msg} {elapsed}");
    style
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

fn spinner() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_counts_and_time_left() {
        let progress = Progress {
            stage: Stage::Present,
            total: 446,
            completed: 120,
            failed: 2,
            running: Vec::new(),
            estimated_completion_time: None,
        };
        let line = with_time_left(&counts(&progress), Some(1930));
        assert_eq!(line, "120 of 446 done, 118 passed, 2 failed, about 32m left");
    }
}
