//! The table of faults in the documentation.

use super::{Row, all};

const HEAD: &str = "| fault | when | how the run ended | outcomes lost | leftovers | attempts | seconds |\n|---|---|---|---|---|---|---|\n";
const INTRODUCTION: &str = "\
# What happens when something breaks

Each row is a real run on the testbed that was hurt: `cargo xtask faults` does it and writes this table. Where *some tests
measured* stands, the run had 16 conformance tests, and the API server had at least four outcomes of them.

- *Outcomes lost*: of those that the API server had, and those that the suite's log showed as ended for more than ten
  seconds, how many had no outcome in the end or were run a second time. It must be 0.
- *Leftovers*: the run's rights, running pods and test namespaces after its end; everything with its name after its
  deletion; cluster-wide objects that were not there before. It must be 0.
- A verdict that claims what was not measured, a run that does not end, and an end of the wrong kind are marked **no**.

";

/// The document with these rows in it; rows of faults that were not tried now are kept from `old`.
pub fn merged(old: &str, rows: &[Row]) -> String {
    let mut text = format!("{INTRODUCTION}{HEAD}");
    for fault in all() {
        if let Some(row) = rows.iter().find(|row| row.fault == fault.name) {
            text.push_str(&line(row));
            text.push('\n');
        } else if let Some(kept) = old
            .lines()
            .find(|line| line.starts_with(&format!("| {} |", fault.name)))
        {
            text.push_str(kept);
            text.push('\n');
        }
    }
    text
}

impl Row {
    /// Whether everything is as it must be.
    pub fn holds(&self) -> bool {
        self.missed.is_empty() && self.leftovers.is_empty() && self.lost.is_none_or(|(_, lost)| lost == 0)
    }
}

fn line(row: &Row) -> String {
    let lost = match row.lost {
        Some((known, lost)) => format!("{lost} of {known}"),
        None => "–".to_owned(),
    };
    let mark = if row.holds() { "" } else { "**no**: " };
    format!(
        "| {} | {} | {mark}{} | {lost} | {} | {} | {} |",
        row.fault,
        row.when,
        row.ended,
        row.leftovers.len(),
        row.attempts,
        row.seconds
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fault: &str, lost: usize) -> Row {
        Row {
            fault: fault.into(),
            when: "then".into(),
            ended: "TestsPassed, 16 of 16 measured".into(),
            lost: Some((4, lost)),
            attempts: 2,
            seconds: 61,
            ..Row::default()
        }
    }

    #[test]
    fn new_rows_replace_old_ones_in_the_catalogues_order() {
        let first = merged("", &[row("pod-evicted", 0), row("runner-killed", 0)]);
        let second = merged(&first, &[row("pod-evicted", 1)]);
        let lines: Vec<&str> = second.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(
            lines,
            [
                "| fault | when | how the run ended | outcomes lost | leftovers | attempts | seconds |",
                "| runner-killed | then | TestsPassed, 16 of 16 measured | 0 of 4 | 0 | 2 | 61 |",
                "| pod-evicted | then | **no**: TestsPassed, 16 of 16 measured | 1 of 4 | 0 | 2 | 61 |",
            ]
        );
    }
}
