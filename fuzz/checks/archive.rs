//! Any bytes are read or refused as a tarball, within the limits.

use conform_suite::{ArchiveLimits, archive};

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let limits = ArchiveLimits {
        unpacked: 1 << 20,
        entries: 100,
        files: 10,
        ..ArchiveLimits::default()
    };
    if let Ok(evidence) = archive::read_tarball(bytes, &limits) {
        for found in &evidence.junit {
            assert!(!found.path.starts_with('/') && found.path.split('/').all(|part| part != ".."));
        }
        let _ = (
            evidence.suite_junit(),
            evidence.suite_log(),
            evidence.suite_report(),
        );
    }
}
