//! The folder that a checklist lies in, and the files that it may name.

use std::io::BufRead;

/// The files of a folder.
pub trait Files {
    /// Opens a file by its path in the folder: names with slashes between them, none of which is `..`. No link is followed.
    fn open(&self, path: &str) -> Result<Box<dyn BufRead + '_>, NoFile>;
}

/// Why there is nothing to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFile {
    /// Nothing has this path.
    #[error("there is no such file in the product's folder")]
    Missing,
    /// A part of the path is a link.
    #[error("it is a link or lies behind one, and whoever fetches the folder may not have what it leads to")]
    Link,
    /// It is a folder.
    #[error("it is a folder, and no file")]
    Folder,
    /// It is something else, or the system does not give it.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

/// The folder of a product: `v1.36/my-product`.
#[derive(Clone, Copy, Default)]
pub struct Folder<'a> {
    release: Option<&'a str>,
    name: Option<&'a str>,
    files: Option<&'a dyn Files>,
}

impl<'a> Folder<'a> {
    /// The folder of a checklist by the checklist's path, as far as that says it. What the folder holds is not known.
    pub fn of(path: &'a str) -> Self {
        let mut names = path.rsplit(['/', '\\']).skip(1);
        let name = names.next().filter(|name| !matches!(*name, "" | "." | ".."));
        let release = names
            .next()
            .filter(|release| name.is_some() && is_release(release));
        Self {
            release,
            name,
            files: None,
        }
    }

    /// The same with what it holds, so that evidence in it is looked at.
    #[must_use]
    pub const fn with(mut self, files: &'a dyn Files) -> Self {
        self.files = Some(files);
        self
    }

    /// The release whose products it lies among, such as `v1.36`.
    pub(super) const fn release(&self) -> Option<&'a str> {
        self.release
    }

    /// What it holds, if that is known.
    pub(super) const fn files(&self) -> Option<&'a dyn Files> {
        self.files
    }

    /// A path without the folder's own; the error names the folder of another product. Of a folder that lies among none of a
    /// release the path's own word counts.
    pub(super) fn inside<'path>(&self, path: &'path str) -> Result<&'path str, &'path str> {
        let mut parts = path.splitn(3, '/');
        let (Some(release), Some(name), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Ok(path);
        };
        if !is_release(release) {
            return Ok(path);
        }
        let is_own = self
            .release
            .is_none_or(|own| (own, self.name) == (release, Some(name)));
        let whole = release.len() + 1 + name.len();
        if is_own {
            Ok(rest)
        } else {
            Err(path.get(..whole).unwrap_or(path))
        }
    }
}

/// True for `v1.36`, which is what folders of releases are called.
pub(super) fn is_release(name: &str) -> bool {
    let numbers = name.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numbers.is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("v1.37/acme/PRODUCT.yaml", "v1.37/acme/a/junit.xml", Ok("a/junit.xml"))]
    #[case("v1.37/acme/PRODUCT.yaml", "a/b/junit.xml", Ok("a/b/junit.xml"))]
    #[case("v1.37/acme/PRODUCT.yaml", "v1.37/junit.xml", Ok("v1.37/junit.xml"))]
    #[case("v1.37/acme/PRODUCT.yaml", "v1.36/acme/junit.xml", Err("v1.36/acme"))]
    #[case("v1.37/acme/PRODUCT.yaml", "v1.37/other/junit.xml", Err("v1.37/other"))]
    #[case("draft/PRODUCT.yaml", "v1.37/acme/junit.xml", Ok("junit.xml"))]
    fn only_the_folder_s_own_path_is_taken_off(
        #[case] checklist: &str,
        #[case] path: &str,
        #[case] expected: Result<&str, &str>,
    ) {
        assert_eq!(Folder::of(checklist).inside(path), expected);
    }
}
