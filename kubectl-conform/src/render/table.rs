//! Tables in kubectl's manner: upper-case titles, no lines, two spaces between columns.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement};

use crate::text::clean_line;

/// Spaces between columns.
const GAP: u16 = 2;
/// Least room of a column that gives way, in characters.
const ROOM: usize = 12;

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    title: &'static str,
    alignment: CellAlignment,
    wraps: bool,
}

impl Column {
    /// A column of words.
    pub const fn left(title: &'static str) -> Self {
        Self {
            title,
            alignment: CellAlignment::Left,
            wraps: false,
        }
    }

    /// A column of numbers.
    pub const fn right(title: &'static str) -> Self {
        Self {
            title,
            alignment: CellAlignment::Right,
            wraps: false,
        }
    }

    /// A column of words that gives way if the table is too wide.
    pub const fn wrapping(title: &'static str) -> Self {
        Self {
            title,
            alignment: CellAlignment::Left,
            wraps: true,
        }
    }
}

/// A table that is being filled.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self {
            columns: columns.into(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Cells may come from anywhere: they are cleaned here.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| clean_line(&cell)).collect());
    }

    /// Lays the table out in `width`, or as wide as it needs.
    pub fn render(self, width: Option<u16>) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        let is_tight = width.is_some_and(|width| self.least_width() > width.into());
        let titles = self.columns.iter().map(|column| {
            // Titles of two words are often wider than what stands below them.
            if is_tight {
                column.title.replace(' ', "\n")
            } else {
                column.title.to_owned()
            }
        });
        table.set_header(titles);
        table.add_rows(self.rows);
        match width {
            Some(width) => table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        for (column, laid_out) in self.columns.iter().zip(table.column_iter_mut()) {
            laid_out
                .set_padding((0, GAP))
                .set_cell_alignment(column.alignment);
            if !column.wraps {
                laid_out.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
        table.trim_fmt()
    }

    /// How wide it is if what gives way has as little room as can be read.
    fn least_width(&self) -> usize {
        let of = |(at, column): (usize, &Column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let cells = cells.map(|cell| cell.chars().count());
            let widest = cells.chain([column.title.len()]).max().unwrap_or_default();
            let least = if column.wraps { widest.min(ROOM) } else { widest };
            least + usize::from(GAP)
        };
        let all: usize = self.columns.iter().enumerate().map(of).sum();
        all.saturating_sub(GAP.into())
    }
}
