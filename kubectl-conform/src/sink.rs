//! Files on the user's disk: whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use tempfile::NamedTempFile;

use crate::error::Error;

/// True if a file has this content already. One that differs is an error without `force`.
pub fn is_written(path: &Path, bytes: &[u8], force: bool) -> Result<bool, Error> {
    match fs::read(path) {
        Ok(existing) if existing == bytes => Ok(true),
        Ok(_) if !force => Err(Error::WouldOverwrite(path.to_path_buf())),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(Error::File {
            action: "read",
            path: path.to_path_buf(),
            source,
        }),
    }
}

/// Writes `bytes` to `path`. A file with the same content is left alone; one that differs only goes with `force`.
pub fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Error> {
    let failed = |action| {
        move |source| Error::File {
            action,
            path: path.to_path_buf(),
            source,
        }
    };
    if is_written(path, bytes, force)? {
        return Ok(());
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder).map_err(failed("make the folder of"))?;
    // A reader sees the old file or the new one, never half of it.
    let mut temporary = NamedTempFile::new_in(folder).map_err(failed("write"))?;
    temporary.write_all(bytes).map_err(failed("write"))?;
    readable(&temporary).map_err(failed("write"))?;
    temporary
        .persist(path)
        .map_err(|error| failed("write")(error.error))?;
    Ok(())
}

/// Temporary files are private; results are not secret, and a web server or a colleague may have to read them.
#[cfg(unix)]
fn readable(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overwrites_only_by_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("future/junit_01.xml");
        write(&path, b"one", false).unwrap();
        write(&path, b"one", false).unwrap();
        assert!(matches!(
            write(&path, b"two", false),
            Err(Error::WouldOverwrite(_))
        ));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
