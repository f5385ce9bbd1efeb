//! Hashes as text.

use std::fmt::Write;

/// All of a hash in hexadecimal digits.
pub(crate) fn hex(hash: &[u8]) -> String {
    hash.iter()
        .fold(String::with_capacity(2 * hash.len()), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The first 12 digits: enough to keep a few builds apart.
pub(crate) fn short_hex(hash: &[u8]) -> String {
    hex(hash.get(..6).unwrap_or(hash))
}
