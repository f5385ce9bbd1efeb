//! Any body is read or refused as a progress report.

use conform_suite::progress;

/// Holds it against any bytes, a body a line.
pub fn check(bytes: &[u8]) {
    for body in bytes.split(|byte| *byte == b'\n') {
        let read = progress::parse(body);
        assert_eq!(read, progress::parse(body));
    }
}
