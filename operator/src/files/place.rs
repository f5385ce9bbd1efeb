//! What lies where in storage. Pure.

use conform_report::files::{ArtifactError, safe_name};

/// The folder of a run in that of its cluster: its name, for people, and its uid, which no other run has.
pub fn folder(run: &str, uid: &str) -> String {
    format!("{run}.{uid}")
}

/// The run's name and uid of a folder; none if it is nobody's.
pub fn run_of(folder: &str) -> Option<(&str, &str)> {
    let (run, uid) = folder.rsplit_once('.')?;
    let is_uid = !uid.is_empty()
        && uid
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_uid && !run.is_empty()).then_some((run, uid))
}

/// Where a file of an attempt lies in the run's folder. What the runner says of names is not trusted.
pub fn key(attempt: &str, file: &str) -> Result<String, ArtifactError> {
    Ok(format!("{}/{}.gz", safe_name(attempt)?, safe_name(file)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_whose_it_is() {
        let uid = "0b7c1f0e-8f52-4f55-9d56-1d8f6ad5c0a1";
        assert_eq!(run_of(&folder("nightly-1.a", uid)), Some(("nightly-1.a", uid)));
        for other in ["", "x", ".y", "x.", "x.y/z"] {
            assert_eq!(run_of(other), None, "{other:?}");
        }
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        assert_eq!(key("present-1", "e2e.log").unwrap(), "present-1/e2e.log.gz");
        assert!(key("..", "e2e.log").is_err());
        assert!(key("present-1", "../../other").is_err());
    }
}
