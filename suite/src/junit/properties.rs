//! How the suite was run.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;

use super::property::Property;
use crate::text;

/// How the suite was run. Files of Ginkgo v1 say nothing of it.
///
/// Of what a file says several times, the worst counts, and what cannot be read is as bad as it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Properties {
    /// The tests were listed and not run.
    pub dry_run: bool,
    /// How often a failing test was tried; 0 and 1 are once.
    pub flake_attempts: u32,
    /// The focus patterns. Ginkgo joins several by commas, which patterns have too, so those of one suite stay one.
    pub focus: Vec<String>,
    /// The skip patterns, joined likewise.
    pub skip: Vec<String>,
    /// The label filter.
    pub label_filter: Option<String>,
    /// The seed of the order.
    pub random_seed: Option<i64>,
    /// How many processes ran the suite.
    pub parallel_total: Option<u32>,
    /// When the suite started, by the clock of its pod: files have no zone.
    pub started_at: Option<DateTime>,
    /// Which of them the file has, whatever it says of them. What is not here was not said, which is not the same as no.
    pub named: BTreeSet<Property>,
    /// What is wrong with those that cannot be read, or of which the file says two things.
    pub faults: BTreeMap<Property, String>,
    /// Every other property in the order of the file, shortened to 4 KiB each.
    pub others: Vec<(String, String)>,
}

/// Longest value that a fault quotes, in bytes.
const QUOTED: usize = 64;

impl Properties {
    pub(super) fn take(&mut self, name: &str, value: &str) {
        let property = Property::of(name);
        self.named.extend(property);
        match property {
            // Only a plain "false" says that tests were really run.
            Some(Property::DryRun) => self.dry_run |= value != "false",
            Some(Property::FlakeAttempts) => {
                let attempts = self.number(Property::FlakeAttempts, value);
                self.flake_attempts = self.flake_attempts.max(attempts);
            }
            Some(Property::FocusStrings) => self.focus.extend(given(value)),
            Some(Property::SkipStrings) => self.skip.extend(given(value)),
            Some(Property::LabelFilter) => {
                self.label_filter = given(value).or_else(|| self.label_filter.take());
            }
            Some(Property::RandomSeed) => self.take_seed(value),
            Some(Property::ParallelTotal) => {
                let processes = self.number(Property::ParallelTotal, value);
                self.parallel_total = self.parallel_total.max(Some(processes));
            }
            _ => {
                let kept =
                    |text: &str| text::printable(text::truncated(text, text::MESSAGE_BYTES)).into_owned();
                self.others.push((kept(name), kept(value)));
            }
        }
    }

    /// Takes the time of a suite's start. The first of several suites counts.
    pub(super) fn take_start(&mut self, timestamp: &str) {
        if !self.named.insert(Property::Timestamp) {
            return;
        }
        self.started_at = timestamp.parse().ok();
        if self.started_at.is_none() {
            self.fault(Property::Timestamp, format!("{} is no time", quoted(timestamp)));
        }
    }

    /// The values of a property that is kept as it is.
    pub fn values(&self, property: Property) -> impl Iterator<Item = &str> {
        let of = self
            .others
            .iter()
            .filter(move |(name, _)| name == property.word());
        of.map(|(_, value)| value.as_str())
    }

    /// True if the file has what only Ginkgo v2 writes.
    pub(crate) fn is_of_ginkgo_2(&self) -> bool {
        // Many tools say when a suite started.
        self.named.iter().any(|property| *property != Property::Timestamp)
    }

    fn number(&mut self, property: Property, value: &str) -> u32 {
        value.parse().unwrap_or_else(|_| {
            self.fault(property, format!("{} is no number", quoted(value)));
            u32::MAX
        })
    }

    fn take_seed(&mut self, value: &str) {
        let fault = match (value.parse::<i64>().ok(), self.random_seed) {
            (None, _) => format!("{} is no number", quoted(value)),
            (Some(seed), Some(other)) if seed != other => format!("it is said to be {other} and {seed}"),
            (Some(seed), _) => {
                self.random_seed = Some(seed);
                return;
            }
        };
        self.fault(Property::RandomSeed, fault);
    }

    /// The first fault of a property counts.
    fn fault(&mut self, property: Property, fault: String) {
        self.faults.entry(property).or_insert(fault);
    }
}

fn given(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", text::printable(text::truncated(value, QUOTED)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn taken(said: &[(&str, &str)]) -> Properties {
        let mut properties = Properties::default();
        for (name, value) in said {
            properties.take(name, value);
        }
        properties
    }

    #[rstest]
    #[case(&["8", "1"], Some(8), None)]
    #[case(&["1", "8"], Some(8), None)]
    #[case(&["1"], Some(1), None)]
    #[case(&["1", "eight"], Some(u32::MAX), Some("\"eight\" is no number"))]
    #[case(&["-1", "1"], Some(u32::MAX), Some("\"-1\" is no number"))]
    #[case(&[], None, None)]
    fn of_numbers_of_processes_the_worst_counts(
        #[case] values: &[&str],
        #[case] processes: Option<u32>,
        #[case] fault: Option<&str>,
    ) {
        let said: Vec<_> = values.iter().map(|value| ("ParallelTotal", *value)).collect();
        let properties = taken(&said);
        let found = properties.faults.get(&Property::ParallelTotal);
        assert_eq!(
            (properties.parallel_total, found.map(String::as_str)),
            (processes, fault)
        );
    }

    #[test]
    fn two_seeds_are_a_fault_and_one_twice_is_none() {
        let twice = taken(&[("RandomSeed", "7"), ("RandomSeed", "7")]);
        assert_eq!((twice.random_seed, twice.faults.len()), (Some(7), 0));
        let two = taken(&[("RandomSeed", "5"), ("RandomSeed", "7")]);
        assert_eq!(two.faults[&Property::RandomSeed], "it is said to be 5 and 7");
        let text = taken(&[("RandomSeed", "7"), ("RandomSeed", "abc")]);
        assert_eq!(text.faults[&Property::RandomSeed], "\"abc\" is no number");
    }

    #[test]
    fn what_was_not_said_is_told_from_what_is_empty() {
        let properties = taken(&[("SkipStrings", ""), ("LabelFilter", "!Slow"), ("LabelFilter", "")]);
        assert!(properties.named.contains(&Property::SkipStrings));
        assert!(!properties.named.contains(&Property::FocusStrings));
        assert_eq!(properties.label_filter.as_deref(), Some("!Slow"));
        assert!(properties.is_of_ginkgo_2());
        let mut started = Properties::default();
        started.take_start("yesterday");
        started.take_start("2026-11-01T00:21:54");
        assert_eq!((started.started_at, started.is_of_ginkgo_2()), (None, false));
        assert_eq!(started.faults[&Property::Timestamp], "\"yesterday\" is no time");
    }
}
