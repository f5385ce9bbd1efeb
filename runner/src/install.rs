//! Puts the program where the suite's container finds it.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Name of the program in its new place.
const NAME: &str = "conform-runner";

/// The program could not be copied. Another try helps only if the place changes.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The system does not say where this program is.
    #[error("cannot find this program's own file: {0}")]
    Own(#[source] io::Error),
    /// The copy could not be made.
    #[error("cannot copy {from} to {to}: {source}", from = from.display(), to = to.display())]
    Copy {
        /// This program.
        from: PathBuf,
        /// Its new place.
        to: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Copies this program to `dir/conform-runner`, executable for everybody.
pub fn install(dir: &Path) -> Result<(), InstallError> {
    let from = std::env::current_exe().map_err(InstallError::Own)?;
    let to = dir.join(NAME);
    copy(&from, &to).map_err(|source| InstallError::Copy { from, to, source })
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    // Under another name first: a restarted init container may find the old copy in use.
    let new = to.with_extension("new");
    fs::copy(from, &new)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755))?;
    fs::rename(&new, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_is_the_program_and_executable() {
        let dir = tempfile::tempdir().unwrap();
        install(dir.path()).unwrap();
        install(dir.path()).unwrap();
        let copy = dir.path().join(NAME);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o755);
        assert_eq!(
            fs::metadata(&copy).unwrap().len(),
            fs::metadata(std::env::current_exe().unwrap()).unwrap().len()
        );
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = install(Path::new("/nonexistent/folder")).unwrap_err();
        assert!(
            error.to_string().contains("/nonexistent/folder/conform-runner"),
            "{error}"
        );
    }
}
