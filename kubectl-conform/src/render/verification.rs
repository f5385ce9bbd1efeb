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
    let table = table.render(if wide { None } else { Some(width) });
    let end = hang("", &end(verification), width.into());
    [hang("", &clean_line(&head), width.into()), table, end].join("\n\n")
}

/// What the checks come to. What only conform objects to, the bot would take.
fn end(verification: &Verification) -> String {
    let checks = |number: usize| count(i64::try_from(number).unwrap_or(i64::MAX), "check");
    let failed = |bot: bool| {
        let of = verification.checks.iter().filter(|report| report.bot == bot);
        of.filter(|report| report.state == CheckState::Failed).count()
    };
    let objects = format!("conform objects: {} failed.", checks(failed(false)));
    match (verification.verdict, verification.bots_verdict()) {
        (Verdict::Conformant, _) => "As far as the files tell, the submission is as it has to be.".to_owned(),
        (Verdict::Undecided, _) => format!(
            "Not decided: {} could not be made.",
            checks(verification.counted(CheckState::Unevaluated))
        ),
        (Verdict::NotConformant, Verdict::NotConformant) => {
            let refuses = format!(
                "The bot would refuse the submission: {} failed",
                checks(failed(true))
            );
            if failed(false) == 0 {
                format!("{refuses}.")
            } else {
                format!("{refuses}; {objects}")
            }
        }
        (Verdict::NotConformant, Verdict::Conformant) => {
            format!("As far as the files tell, the bot would take the submission, but {objects}")
        }
        (Verdict::NotConformant, Verdict::Undecided) => {
            format!("Whether the bot would take the submission is not decided, but {objects}")
        }
    }
}
