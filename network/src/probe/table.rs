//! The table of a probe while it is filled in: each cell eventually, then once more. Pure.

use std::collections::HashMap;

use super::{cell::Cell, question::Question, verdict::Asked};

/// Answers as expected, one after the other, with which a cell is settled.
const ENOUGH: u8 = 2;

/// What was asked so far, and what is still to be asked.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Entry>,
    places: HashMap<(usize, Question), usize>,
}

#[derive(Debug)]
struct Entry {
    feature: usize,
    asked: Asked,
    /// How often it came out as expected since it last did not.
    streak: u8,
}

impl Table {
    /// True if a question about the feature of this number is to be asked: it was not yet, or is not settled. When time is
    /// over (`late`), only what came out as expected once is asked once more.
    pub fn is_due(&self, feature: usize, question: &Question, late: bool) -> bool {
        let place = self.places.get(&(feature, question.clone()));
        match place.and_then(|place| self.rows.get(*place)) {
            None => true,
            Some(entry) if late => entry.streak > 0 && entry.streak < ENOUGH,
            Some(entry) => entry.streak < ENOUGH,
        }
    }

    /// Writes what came of a question; what came of it before is forgotten.
    pub fn note(&mut self, feature: usize, asked: Asked) {
        let same = asked.cell == Cell::Same;
        let key = (feature, asked.question.clone());
        let known = self.places.get(&key).copied();
        if let Some(entry) = known.and_then(|place| self.rows.get_mut(place)) {
            entry.streak = if same { entry.streak.saturating_add(1) } else { 0 };
            entry.asked = asked;
        } else {
            self.places.insert(key, self.rows.len());
            self.rows.push(Entry {
                feature,
                asked,
                streak: u8::from(same),
            });
        }
    }

    /// True if a cell waits to be asked again.
    pub fn is_open(&self, late: bool) -> bool {
        self.rows
            .iter()
            .any(|entry| entry.streak < ENOUGH && (!late || entry.streak > 0))
    }

    /// True if every cell came out as expected when it was asked last.
    pub fn is_as_expected(&self) -> bool {
        self.rows.iter().all(|entry| entry.streak > 0)
    }

    /// The cells of so many features, each in the order in which they were asked first.
    pub fn into_rows(self, features: usize) -> Vec<Vec<Asked>> {
        let mut rows: Vec<Vec<Asked>> = std::iter::repeat_with(Vec::new).take(features).collect();
        for entry in self.rows {
            if let Some(row) = rows.get_mut(entry.feature) {
                row.push(entry.asked);
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Transport;

    fn question(port: u16) -> Question {
        Question {
            service: "shop".to_owned(),
            sender: (0, false),
            node: "a".to_owned(),
            from: [10, 0, 0, 1].into(),
            to: ([10, 96, 0, 1], port).into(),
            kind: "cluster IP",
            transport: Transport::Tcp,
        }
    }

    fn note(table: &mut Table, port: u16, same: bool) {
        let cell = if same {
            Cell::Same
        } else {
            Cell::NotMeasured("lost".to_owned())
        };
        table.note(
            0,
            Asked {
                question: question(port),
                expected: Vec::new(),
                unaware: Vec::new(),
                cell,
            },
        );
    }

    #[test]
    fn a_cell_is_asked_until_it_is_right_twice_in_a_row() {
        let mut table = Table::default();
        assert!(table.is_due(0, &question(80), false));
        for (same, due) in [(true, true), (false, true), (true, true), (true, false)] {
            note(&mut table, 80, same);
            assert_eq!(table.is_due(0, &question(80), false), due);
            assert_eq!(table.is_open(false), due);
            assert_eq!(table.is_as_expected(), same);
        }
        assert!(
            table.is_due(1, &question(80), false),
            "another feature's is another cell"
        );
    }

    #[test]
    fn late_only_what_was_right_once_is_asked_once_more() {
        let mut table = Table::default();
        note(&mut table, 80, true);
        note(&mut table, 81, false);
        assert!(table.is_due(0, &question(80), true) && !table.is_due(0, &question(81), true));
        assert!(table.is_open(true));
        note(&mut table, 80, false);
        assert!(!table.is_open(true) && table.is_open(false));
    }

    #[test]
    fn what_came_last_stands() {
        let mut table = Table::default();
        note(&mut table, 81, true);
        note(&mut table, 80, true);
        note(&mut table, 81, false);
        let rows = table.into_rows(2);
        let cells: Vec<(u16, bool)> = rows[0]
            .iter()
            .map(|asked| (asked.question.to.port(), asked.cell == Cell::Same))
            .collect();
        assert_eq!(cells, [(81, false), (80, true)]);
        assert!(rows[1].is_empty());
    }
}
