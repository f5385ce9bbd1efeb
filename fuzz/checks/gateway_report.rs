//! Files of reports: whatever is in them, they are read without harm, and what is written of them can be read again.

use conform_gateway::{
    ConformanceReport, Findings, report, validate,
    yaml::{self, Entry, Node, Value},
};

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let validated = validate("v1.7/acme-operator/x-report.yaml", bytes);
    // Which of two values of one key counts, nobody can say: it is an error, and either may come back.
    let mut findings = validated.findings.into_sorted().into_iter();
    let is_twice = findings.any(|finding| finding.rule == "duplicate-key");
    for (mut read, _) in validated.reports {
        let written = read.to_yaml();
        let mut documents = yaml::read(written.as_bytes()).expect("what was written is YAML");
        let document = documents.pop().expect("what was written is a document");
        let (mut again, _) = report::read(document, &mut Findings::default());
        if is_twice {
            continue;
        }
        // Keys are written in the order of the alphabet, and kept in that of the file.
        sort_others(&mut read);
        sort_others(&mut again);
        assert_eq!(again.profiles, read.profiles);
        assert_eq!(again.implementation, read.implementation);
    }
}

fn sort_others(report: &mut ConformanceReport) {
    sort(&mut report.implementation.others);
    for profile in &mut report.profiles {
        sort(&mut profile.others);
        for level in profile.extended.iter_mut().chain([&mut profile.core]) {
            sort(&mut level.others);
            sort(&mut level.statistics.others);
        }
    }
}

fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    for entry in entries {
        sort_node(&mut entry.value);
    }
}

fn sort_node(node: &mut Node) {
    match &mut node.value {
        Value::Map(entries) => sort(entries),
        Value::List(nodes) => nodes.iter_mut().for_each(sort_node),
        Value::Scalar(_) => {}
    }
}
