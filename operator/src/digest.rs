//! Short names for long texts.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first `bytes` bytes of the SHA-256 of some parts, in hexadecimal. Parts that are cut elsewhere give another.
pub fn hex(parts: &[&str], bytes: usize) -> String {
    let digest = of(parts);
    digest.iter().take(bytes).fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A number that is evenly spread over many texts.
pub fn number(text: &str) -> u64 {
    let digest = of(&[text]);
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn of(parts: &[&str]) -> Vec<u8> {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().to_vec()
}
