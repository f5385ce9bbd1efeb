//! What the checks of a submission say.

use conform_suite::{
    Verdict,
    submission::{CheckState, Verification},
};

use super::{Column, Table};
use crate::text::{clean_line, count, hang};

/// The checks as a table, and what they come to.
pub fn verification(verification: &Verification, wide: bool, width: u16) -> String {
    let mut table = Table::new([
        Column::left("CHECK"),
        Column::left("BY"),
        Column::left("RESULT"),
        Column::wrapping("MESSAGE"),
    ]);
    for report in &verification.checks {
        table.row([
            report.check.id().to_owned(),
            if report.bot { "bot" } else { "conform" }.to_owned(),
            format!("{:?}", report.state).to_lowercase(),
            report.message.clone(),
        ]);
    }
    let product = verification.product.as_deref().unwrap_or("no product");
    let head = format!("{}: {product}", clean_line(&verification.folder));
    let checks = |state| {
        let number = verification.counted(state);
        count(i64::try_from(number).unwrap_or(i64::MAX), "check")
    };
    let end = match verification.verdict {
        Verdict::Conformant => "As far as the files tell, the submission is as it has to be.".to_owned(),
        Verdict::NotConformant => format!(
            "The submission would not be taken: {} failed.",
            checks(CheckState::Failed)
        ),
        Verdict::Undecided => format!(
            "Not decided: {} could not be made.",
            checks(CheckState::Unevaluated)
        ),
    };
    let table = table.render(if wide { None } else { Some(width) });
    let end = hang("", &end, width.into());
    [hang("", &clean_line(&head), width.into()), table, end].join("\n\n")
}
