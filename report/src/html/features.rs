//! What the network was measured to do, and the truth table behind each verdict.

use conform_suite::{Answer, TruthTable, evaluation::Feature};

use crate::text::clean_line;

/// One row of the matrix.
pub(super) struct FeatureLine {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) tone: &'static str,
    pub(super) verdict: String,
    pub(super) cells: String,
    pub(super) component: String,
    pub(super) because: Vec<String>,
    pub(super) table: Option<Truth>,
}

/// One truth table.
pub(super) struct Truth {
    pub(super) from: Vec<String>,
    pub(super) rows: Vec<(String, Vec<Mark>)>,
}

/// One cell: the class that gives it its colour, its sign, and what it says.
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) says: &'static str,
}

pub(super) fn line(feature: &Feature) -> FeatureLine {
    let (tone, verdict) = match feature.status.as_str() {
        "Supported" => ("good", "supported".to_owned()),
        "Unsupported" => ("bad", "not supported".to_owned()),
        "Unevaluated" => ("open", "not evaluated".to_owned()),
        "NotApplicable" => ("calm", "not applicable".to_owned()),
        other => ("open", clean_line(other)),
    };
    FeatureLine {
        name: clean_line(&feature.name),
        source: clean_line(&feature.source),
        tone,
        verdict,
        cells: if feature.cells > 0 {
            format!("{}/{}", feature.same, feature.cells)
        } else {
            "-".to_owned()
        },
        component: clean_line(&feature.component),
        because: feature.because.iter().map(|why| clean_line(why)).collect(),
        table: feature.table.as_ref().map(truth),
    }
}

fn truth(table: &TruthTable) -> Truth {
    Truth {
        from: table.from.iter().map(|from| clean_line(from)).collect(),
        rows: table
            .rows()
            .map(|(to, answers)| (clean_line(to), answers.into_iter().map(mark).collect()))
            .collect(),
    }
}

const fn mark(answer: Answer) -> Mark {
    let (class, sign, says) = match answer {
        Answer::Same => ("p", "\u{2713}", "as expected"),
        Answer::Different => ("f", "\u{2717}", "different"),
        Answer::NotMeasured => ("u", "?", "could not measure"),
        Answer::NotAsked => ("n", "\u{b7}", "no such way"),
    };
    Mark { class, sign, says }
}
