//! What changed between two runs.

use conform_report::verdict as words;
use conform_suite::{Change, Diff, Side, Stage};

use super::{Column, Table};
use crate::text::{clean_line, hang};

/// Two lines for the runs, then a row for each change.
pub fn diff(diff: &Diff, wide: bool, width: u16) -> String {
    let side = |word: &str, side: &Side| {
        let text = format!(
            "{word}: {}, release {}: {}",
            clean_line(&side.source),
            side.release,
            words(side.verdict)
        );
        hang("", &text, width.into())
    };
    let heads = format!("{}\n{}", side("Before", &diff.before), side("After", &diff.after));
    if diff.changes.is_empty() {
        return format!("{heads}\n\nNothing changed.");
    }
    let mut table = Table::new([
        Column::left("STAGE"),
        Column::left("CHANGE"),
        Column::left("BEFORE"),
        Column::left("AFTER"),
        Column::wrapping("NAME"),
    ]);
    for change in &diff.changes {
        let was = change.before_name.as_ref().map(|name| format!(" (was {name})"));
        table.row([
            stage(change),
            change.kind.words().to_owned(),
            format!("{:?}", change.before),
            format!("{:?}", change.after),
            format!("{}{}", change.name, was.unwrap_or_default()),
        ]);
    }
    format!("{heads}\n\n{}", table.render((!wide).then_some(width)))
}

/// The stage, with the release from which it binds.
pub(super) fn stage(change: &Change) -> String {
    match change.stage {
        Stage::Present => change.stage.word().to_owned(),
        Stage::Future => format!("{}, {}", change.stage.word(), change.required_in),
    }
}
