//! Any bytes are read as a log.

use conform_suite::log;

/// Holds it against any bytes.
pub fn check(bytes: &[u8]) {
    let read = log::read(bytes).expect("bytes in memory can be read");
    if bytes.len() < 64 << 10 {
        assert_eq!(read, log::read_tail(&String::from_utf8_lossy(bytes)));
    }
}
