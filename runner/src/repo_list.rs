//! Where the images of tests are, if not where their authors put them.

use std::{fs, io};

use conform_crds::names;

/// Writes what the operator says of a mirror where the suite's programs look for it (`test/utils/image/manifest.go`). Does
/// nothing without a mirror. `variable` reads the environment.
pub fn place(variable: impl Fn(&str) -> Option<String>) -> io::Result<()> {
    match (
        variable(names::ENV_REPO_LIST),
        variable(names::ENV_SUITE_REPO_LIST),
    ) {
        (Some(list), Some(path)) => fs::write(path, list),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_finds_the_list_where_it_looks() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.json");
        let told = |name: &str| match name {
            names::ENV_REPO_LIST => Some(r#"{"gcRegistry":"mirror.example"}"#.to_owned()),
            names::ENV_SUITE_REPO_LIST => Some(path.display().to_string()),
            _ => None,
        };
        place(told).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            r#"{"gcRegistry":"mirror.example"}"#
        );
        place(|_| None).unwrap();
    }
}
