//! Files of runs, kept in storage instead of in the API server: moved there once a run has ended, removed with it.
//!
//! [`Storage`] is a bucket or a volume. [`place`] says what lies where. [`keep`] moves the files of one run, digests compared,
//! and [`keeper`] does so for every run that has ended, again and again until it worked. Until then they are where the runner put them.

mod keep;
mod keeper;
mod place;
mod s3;
mod storage;
#[cfg(test)]
mod tests;

pub use keeper::{forget, keep_all};
pub use place::key;
pub use storage::{Settings, Storage, StorageError};
#[cfg(test)]
pub use tests::{gzip, in_folder};
