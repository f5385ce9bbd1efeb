//! Two commands at once wait for each other instead of undoing each other's work.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::files::{at, folder_of, mkdir};
use crate::{Result, printer};

/// A lock on a file; it ends with the value, and with the process however that ends.
pub(crate) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Lock {
    /// Waits until nobody else holds it, and says so if that takes a while.
    pub(crate) fn take(path: &Path, what: &str) -> Result<Self> {
        mkdir(folder_of(path))?;
        let file = File::create(path).map_err(at("open the lock", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                printer::note(&format!(
                    "another conform-testbed is busy with {what}; waiting for it"
                ));
                file.lock().map_err(at("lock", path))?;
            }
            Err(TryLockError::Error(error)) => return Err(at("lock", path)(error)),
        }
        Ok(Self(file))
    }
}
