//! What became of packets from each place to each address, in a table that is small enough to be kept.

use serde::{Deserialize, Serialize};

/// Most places that packets came from, and most addresses that they went to. A larger table is not kept.
const MOST_FROM: usize = 32;
const MOST_TO: usize = 64;
/// Longest name of a place or an address, in bytes.
const LONGEST: usize = 160;

/// What one way through the network came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Nobody asked: there is no such way.
    NotAsked,
    /// What had to become of the packets.
    Same,
    /// Nothing can be said.
    NotMeasured,
    /// Something else.
    Different,
}

/// What became of packets from each place to each address, held against what had to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TruthTable {
    /// Where packets came from, such as `pod on node-a`: the columns.
    #[cfg_attr(feature = "schema", schemars(length(max = 32), inner(length(max = 160))))]
    pub from: Vec<String>,
    /// Where they went to, such as `cluster IP 10.96.0.12:80 TCP of plain`: the rows.
    #[cfg_attr(feature = "schema", schemars(length(max = 64), inner(length(max = 160))))]
    pub to: Vec<String>,
    /// A text for each row with a character for each column: `=` as expected, `x` different, `?` not measured, `.` no such way.
    #[cfg_attr(feature = "schema", schemars(length(max = 64), inner(length(max = 32))))]
    pub cells: Vec<String>,
}

impl Answer {
    const fn sign(self) -> char {
        match self {
            Self::NotAsked => '.',
            Self::Same => '=',
            Self::NotMeasured => '?',
            Self::Different => 'x',
        }
    }

    /// What nobody wrote is nothing that was measured.
    const fn of(sign: char) -> Self {
        match sign {
            '=' => Self::Same,
            'x' => Self::Different,
            '.' => Self::NotAsked,
            _ => Self::NotMeasured,
        }
    }
}

impl TruthTable {
    /// The table of these answers, each with where from and where to, in the order in which they come first. Of several answers for
    /// the same way the worst counts. Nothing if there are none, or too many to keep.
    pub fn new(answers: impl IntoIterator<Item = (String, String, Answer)>) -> Option<Self> {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        let mut cells: Vec<Vec<Answer>> = Vec::new();
        for (sender, target, answer) in answers {
            let (column, row) = (place(&mut from, sender), place(&mut to, target));
            if from.len() > MOST_FROM || to.len() > MOST_TO {
                return None;
            }
            cells.resize(to.len(), Vec::new());
            let row = cells.get_mut(row)?;
            if row.len() <= column {
                row.resize(column + 1, Answer::NotAsked);
            }
            let cell = row.get_mut(column)?;
            *cell = answer.max(*cell);
        }
        let columns = from.len();
        let line = |mut row: Vec<Answer>| {
            row.resize(columns, Answer::NotAsked);
            row.into_iter().map(Answer::sign).collect()
        };
        (columns > 0).then(|| Self {
            from,
            to,
            cells: cells.into_iter().map(line).collect(),
        })
    }

    /// The rows: where to, and the answer for each place that packets came from.
    pub fn rows(&self) -> impl Iterator<Item = (&str, Vec<Answer>)> {
        self.to.iter().enumerate().map(|(at, to)| {
            let mut signs = self.cells.get(at).map_or("", String::as_str).chars();
            let answer = |_: &String| signs.next().map_or(Answer::NotAsked, Answer::of);
            (to.as_str(), self.from.iter().map(answer).collect())
        })
    }
}

fn place(names: &mut Vec<String>, name: String) -> usize {
    let name = if name.len() > LONGEST {
        name.chars().take(LONGEST / 4).collect()
    } else {
        name
    };
    if let Some(at) = names.iter().position(|known| *known == name) {
        return at;
    }
    names.push(name);
    names.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: &str, to: &str, answer: Answer) -> (String, String, Answer) {
        (from.to_owned(), to.to_owned(), answer)
    }

    #[test]
    fn a_way_that_nobody_asked_for_is_no_answer() {
        let table = TruthTable::new([
            way("pod on a", "x:80", Answer::Same),
            way("node b", "y:80", Answer::Different),
            way("pod on a", "y:80", Answer::NotMeasured),
        ])
        .unwrap();
        assert_eq!(table.cells, ["=.", "?x"]);
        let rows: Vec<_> = table.rows().collect();
        assert_eq!(rows[0], ("x:80", vec![Answer::Same, Answer::NotAsked]));
        assert_eq!(rows[1], ("y:80", vec![Answer::NotMeasured, Answer::Different]));
    }

    #[test]
    fn the_worst_of_several_answers_counts() {
        let worse = [Answer::Same, Answer::Different, Answer::Same].map(|answer| way("a", "b", answer));
        assert_eq!(TruthTable::new(worse).unwrap().cells, ["x"]);
        let open = [Answer::NotMeasured, Answer::Same].map(|answer| way("a", "b", answer));
        assert_eq!(TruthTable::new(open).unwrap().cells, ["?"]);
    }

    #[test]
    fn what_is_too_large_is_not_kept_and_nothing_is_no_table() {
        assert_eq!(TruthTable::new([]), None);
        let many = |number: usize| (0..number).map(|at| way("a", &at.to_string(), Answer::Same));
        assert_eq!(TruthTable::new(many(64)).unwrap().to.len(), 64);
        assert_eq!(TruthTable::new(many(65)), None);
    }

    #[test]
    fn a_table_that_somebody_else_wrote_is_read_without_faith() {
        let table = TruthTable {
            from: vec!["a".to_owned(), "b".to_owned()],
            to: vec!["x".to_owned(), "y".to_owned()],
            cells: vec!["=#===".to_owned()],
        };
        let rows: Vec<_> = table.rows().map(|(_, answers)| answers).collect();
        assert_eq!(rows[0], [Answer::Same, Answer::NotMeasured]);
        assert_eq!(rows[1], [Answer::NotAsked, Answer::NotAsked]);
    }
}
