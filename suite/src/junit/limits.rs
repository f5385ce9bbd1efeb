//! The most that a file may hold.

/// The most that a JUnit file may hold. The default is an order of magnitude above real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file.
    pub bytes: u64,
    /// Nested elements.
    pub depth: usize,
    /// Bytes of one tag, attributes included. The focus of a run can be long.
    pub tag: usize,
    /// Bytes of one piece of text. The log of a failed test can be long.
    pub text: usize,
    /// Test cases, the suite's own nodes included.
    pub cases: usize,
    /// Properties.
    pub properties: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 128 << 20,
            depth: 16,
            tag: 2 << 20,
            text: 16 << 20,
            cases: 100_000,
            properties: 256,
        }
    }
}
