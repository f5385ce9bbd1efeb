//! What changed between two runs, as a page for a pull request.

use conform_report::verdict as words;
use conform_suite::{Change, Diff, Side};

use super::{
    diff::stage,
    markdown::{MOST, NAME, REST, escaped, length},
};
use crate::text::count;

/// The two runs, then a row for each change, as many as a comment holds. What did not fit is counted.
pub fn diff_markdown(diff: &Diff) -> String {
    let mut lines = vec![
        "## What changed".to_owned(),
        String::new(),
        "| Run | Source | Release | Verdict |".to_owned(),
        "|---|---|---|---|".to_owned(),
        side("Before", &diff.before),
        side("After", &diff.after),
        String::new(),
    ];
    if diff.changes.is_empty() {
        lines.push("Nothing changed.".to_owned());
        return lines.join("\n");
    }
    lines.push("| Stage | Change | Before | After | Test |".to_owned());
    lines.push("|---|---|---|---|---|".to_owned());
    let mut used: usize = lines.iter().map(|line| length(line) + 1).sum();
    let mut shown = 0;
    for line in diff.changes.iter().map(row) {
        used += length(&line) + 1;
        if used > MOST - REST {
            break;
        }
        lines.push(line);
        shown += 1;
    }
    let more = diff.changes.len().saturating_sub(shown);
    if more > 0 {
        let more = count(i64::try_from(more).unwrap_or(i64::MAX), "further change");
        lines.extend([String::new(), format!("{more} not shown.")]);
    }
    lines.join("\n")
}

fn side(word: &str, side: &Side) -> String {
    format!(
        "| {word} | {} | {} | **{}** |",
        escaped(&side.source, NAME),
        side.release,
        words(side.verdict)
    )
}

fn row(change: &Change) -> String {
    let was = change
        .before_name
        .as_ref()
        .map(|name| format!(" (was {})", escaped(name, NAME)));
    format!(
        "| {} | {} | {:?} | {:?} | {}{} |",
        stage(change),
        change.kind.words(),
        change.before,
        change.after,
        escaped(&change.name, NAME),
        was.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use conform_suite::diff;

    use super::{
        super::offline_tests::{failing, run},
        *,
    };

    #[test]
    fn changes_in_a_pull_request() {
        let diff = diff(&run("before|<b>", &[]), &failing(), Vec::new()).unwrap();
        let page = diff_markdown(&diff);
        assert!(!page.contains(['\u{1b}', '<']), "{page}");
        insta::assert_snapshot!(page);
    }

    #[test]
    fn no_change_is_said() {
        let diff = diff(&failing(), &failing(), Vec::new()).unwrap();
        assert!(diff_markdown(&diff).ends_with("Nothing changed."));
    }

    #[test]
    fn a_comment_of_many_changes_is_bounded() {
        let mut diff = diff(&run("before", &[]), &failing(), Vec::new()).unwrap();
        let mut change = diff.changes[0].clone();
        change.name = "&<".repeat(3000);
        diff.changes = vec![change; 1000];
        let page = diff_markdown(&diff);
        assert!(length(&page) <= MOST);
        assert!(page.ends_with("further changes not shown."));
    }
}
