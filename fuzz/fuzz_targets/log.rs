//! Any bytes are read as a log.
#![no_main]

use conform_suite::log;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = log::read(bytes).expect("bytes in memory can be read");
    if bytes.len() < 64 << 10 {
        assert_eq!(read, log::read_tail(&String::from_utf8_lossy(bytes)));
    }
});
