//! Reads what other tools leave of a run: the tarballs of sonobuoy and the folders of hydrophone.
//!
//! Nothing is unpacked: an archive is read once from front to end, and what it says of the run is taken on the way.

mod budget;
mod collect;
mod error;
mod evidence;
mod layout;
mod limits;
mod path;
mod tarball;
mod versions;

pub use collect::read_files;
pub use error::ArchiveError;
pub use evidence::{Evidence, Found, Note, Versions};
pub use layout::is_wanted;
pub use limits::ArchiveLimits;
pub use tarball::read_tarball;
