//! The most that an archive may hold.

use crate::Limits;

/// The most that an archive or a folder may hold. The default is an order of magnitude above real ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes as they are stored.
    pub packed: u64,
    /// Bytes once unpacked, those of an archive in the archive included.
    pub unpacked: u64,
    /// Entries, those of an archive in the archive included.
    pub entries: u64,
    /// Bytes of one path.
    pub path: usize,
    /// Files that are read for what they say.
    pub files: usize,
    /// The most that one of the results files may hold.
    pub file: Limits,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            packed: 1 << 30,
            unpacked: 2 << 30,
            entries: 200_000,
            path: 1024,
            files: 256,
            file: Limits::default(),
        }
    }
}
