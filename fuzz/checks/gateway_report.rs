//! Files of reports: whatever is in them, they are read without harm, and what is written of them can be read again.

use conform_gateway::{Findings, report, validate, yaml};

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    for (read, _) in validate("v1.7/acme-operator/x-report.yaml", bytes).reports {
        let written = read.to_yaml();
        let mut documents = yaml::read(written.as_bytes()).expect("what was written is YAML");
        let document = documents.pop().expect("what was written is a document");
        let (again, _) = report::read(document, &mut Findings::default());
        assert_eq!(again.profiles, read.profiles);
        assert_eq!(again.implementation, read.implementation);
    }
}
