//! What a probe adds to what was observed. Pure.

use conform_crds::{
    CheckState, MAX_CHECK_MESSAGE, MAX_FINDINGS, Readiness, ServiceCidrFinding, ServiceCidrReport,
    ServiceCidrTopic as Topic, conditions::reasons,
};

use crate::{
    probe::{Report, Row, Status},
    text::bounded,
};

/// The features that are probed: the further range, and the one that is there as its control.
pub const FEATURES: [&str; 2] = ["cluster-ip", "service-cidr"];

/// True if a probe may follow: nothing that was seen is broken, and nobody has opted out.
pub fn may_probe(observed: &ServiceCidrReport) -> bool {
    observed.readiness == Readiness::Unknown && observed.reason != reasons::OPTED_OUT
}

/// True if packets say something of the added range.
pub fn was_measured(report: &Report) -> bool {
    let [_, ranged] = FEATURES;
    let mut rows = report.rows.iter();
    rows.any(|row| row.feature == ranged && matches!(row.status, Status::Supported | Status::Unsupported))
}

/// Joins what a probe of both features said to what was observed before it. Only packets make a cluster ready, and only if the
/// range is gone again; a failure counts against the range only where the control works.
pub fn probed(mut observed: ServiceCidrReport, report: &Report) -> ServiceCidrReport {
    let row = |id: &str| report.rows.iter().find(|row| row.feature == id);
    let [control, ranged] = FEATURES.map(row);
    let mut add = |topic, state, component: Option<&str>, message: String| {
        if observed.findings.len() < MAX_FINDINGS {
            observed.findings.push(ServiceCidrFinding {
                topic,
                state,
                component: component.map(str::to_owned),
                message: bounded(&message, MAX_CHECK_MESSAGE),
            });
        }
    };
    for (words, row) in [("present range", control), ("added range", ranged)] {
        let Some(row) = row else {
            continue;
        };
        let (state, component) = match row.status {
            Status::Supported => (CheckState::Passed, None),
            Status::Unsupported => (CheckState::Failed, Some(row.component.as_str())),
            Status::Unevaluated | Status::NotApplicable => (CheckState::Warned, None),
        };
        add(
            Topic::Traffic,
            state,
            component,
            format!("The {words}: {}", said(row)),
        );
    }
    for stranger in &report.strangers {
        let message = format!("Service {stranger} got an address of the range while it was there.");
        add(Topic::Removal, CheckState::Failed, None, message);
    }
    match &report.remains {
        Some(why) => add(Topic::Removal, CheckState::Failed, None, format!("{why}.")),
        None => add(
            Topic::Removal,
            CheckState::Passed,
            None,
            "The range is gone again.".to_owned(),
        ),
    }
    let control = control.map(|row| row.status);
    let (readiness, reason, message) = match (ranged.map(|row| (row.status, row)), control) {
        (Some((Status::Supported, _)), _) if report.remains.is_none() && report.strangers.is_empty() => (
            Readiness::Ready,
            reasons::PROBED,
            "Services of an added range were reached from every node and pod, and the range is gone again."
                .to_owned(),
        ),
        (Some((Status::Supported, _)), _) => {
            let why = report.remains.clone();
            let why = why.unwrap_or_else(|| {
                format!(
                    "Services of others took addresses of it: {}",
                    report.strangers.join(", ")
                )
            });
            (Readiness::Unknown, reasons::NOT_REMOVED, why)
        }
        (Some((Status::Unsupported, row)), Some(Status::Supported)) => (
            Readiness::NotReady,
            reasons::PROBE_FAILED,
            format!(
                "{} fails Services of an added range: {}",
                row.component,
                said(row)
            ),
        ),
        (Some((Status::Unsupported, _)), _) => (
            Readiness::Unknown,
            reasons::PROBE_INCOMPLETE,
            "Services of the added range fail, but so do those of the present one.".to_owned(),
        ),
        (Some((_, row)), _) => (Readiness::Unknown, reasons::PROBE_INCOMPLETE, said(row)),
        (None, _) => (
            Readiness::Unknown,
            reasons::PROBE_INCOMPLETE,
            "The range was not measured.".to_owned(),
        ),
    };
    observed.readiness = readiness;
    reason.clone_into(&mut observed.reason);
    observed.message = bounded(&message, MAX_CHECK_MESSAGE);
    observed
}

/// A row in a sentence.
fn said(row: &Row) -> String {
    match row.because.first() {
        None => format!("{} of {} cells as expected.", row.same, row.cells),
        Some(first) => format!("{} of {} cells as expected. {first}.", row.same, row.cells),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn row(feature: &str, status: Status) -> Row {
        Row {
            feature: feature.to_owned(),
            source: "KEP-1880".to_owned(),
            title: "",
            status,
            basis: None,
            component: "some-proxy v1".to_owned(),
            same: 1,
            cells: 2,
            telling: 1,
            because: Vec::new(),
            upstream: None,
            table: None,
        }
    }

    fn report(control: Status, ranged: Status) -> Report {
        Report {
            rows: vec![row("cluster-ip", control), row("service-cidr", ranged)],
            ..Report::default()
        }
    }

    fn observed() -> ServiceCidrReport {
        ServiceCidrReport {
            readiness: Readiness::Unknown,
            reason: reasons::NOT_PROBED.to_owned(),
            message: String::new(),
            findings: Vec::new(),
        }
    }

    #[rstest]
    #[case::works(report(Status::Supported, Status::Supported), Readiness::Ready, "Probed")]
    #[case::fails(
        report(Status::Supported, Status::Unsupported),
        Readiness::NotReady,
        "ProbeFailed"
    )]
    #[case::nothing_works(
        report(Status::Unsupported, Status::Unsupported),
        Readiness::Unknown,
        "ProbeIncomplete"
    )]
    #[case::unmeasured(
        report(Status::Supported, Status::Unevaluated),
        Readiness::Unknown,
        "ProbeIncomplete"
    )]
    #[case::nothing(Report::default(), Readiness::Unknown, "ProbeIncomplete")]
    #[case::remains(
        Report { remains: Some("it is still there".to_owned()), ..report(Status::Supported, Status::Supported) },
        Readiness::Unknown, "NotRemoved"
    )]
    #[case::strangers(
        Report { strangers: vec!["shop/cart".to_owned()], ..report(Status::Supported, Status::Supported) },
        Readiness::Unknown, "NotRemoved"
    )]
    fn says(#[case] report: Report, #[case] readiness: Readiness, #[case] reason: &str) {
        let found = probed(observed(), &report);
        assert_eq!(
            (found.readiness, found.reason.as_str()),
            (readiness, reason),
            "{found:#?}"
        );
    }

    #[rstest]
    #[case::works(report(Status::Supported, Status::Supported), true)]
    #[case::fails(report(Status::Supported, Status::Unsupported), true)]
    #[case::refused(report(Status::Supported, Status::Unevaluated), false)]
    #[case::nothing(Report::default(), false)]
    fn only_packets_measure(#[case] report: Report, #[case] measured: bool) {
        assert_eq!(was_measured(&report), measured);
    }

    #[test]
    fn who_fails_is_named() {
        let found = probed(observed(), &report(Status::Supported, Status::Unsupported));
        assert!(
            found.message.starts_with("some-proxy v1 fails"),
            "{}",
            found.message
        );
        assert!(
            found
                .findings
                .iter()
                .any(|finding| finding.component.as_deref() == Some("some-proxy v1"))
        );
    }

    #[test]
    fn who_opted_out_is_not_probed() {
        let mut denied = observed();
        denied.reason = reasons::OPTED_OUT.to_owned();
        assert!(!may_probe(&denied) && may_probe(&observed()));
        denied.readiness = Readiness::NotReady;
        assert!(!may_probe(&denied));
    }
}
