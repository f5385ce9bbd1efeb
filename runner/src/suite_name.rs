//! The name under which the suite runs.
//!
//! The API server records a test process's name with every object that it makes (see [`Maker`]), so the suite of each
//! attempt gets one of its own. ginkgo starts a file, and the file decides what its process is called: it is a link to
//! this very program, which then becomes the suite, in the suite's own folder. Were it a link to the suite, its folder
//! would stand in the suite's log and JUnit file.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::{fs::symlink, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

use conform_crds::{ConformanceResult, ConformanceRun, Maker};
use kube::Resource;

/// Name that the suite's process is to have.
const ENV_NAME: &str = "CONFORM_SUITE_NAME";
/// The suite's program.
const ENV_PROGRAM: &str = "CONFORM_SUITE_PROGRAM";
/// Folder of the link, beside the folder of the results.
const FOLDER: &str = "conform-suite";

/// Who `attempt` of the run behind `result` is. None if nobody owns the result, which the operator's own always has.
pub fn maker(result: &ConformanceResult, run: &str, attempt: &str) -> Option<Maker> {
    let owners = result.metadata.owner_references.iter().flatten();
    let mut runs = owners.filter(|owner| owner.kind == ConformanceRun::kind(&()) && owner.name == run);
    Some(Maker {
        run: run.to_owned(),
        uid: runs.next()?.uid.clone(),
        attempt: attempt.to_owned(),
    })
}

/// What ginkgo is to start so that `program` runs as `maker`, and the variables that it needs.
#[derive(Debug)]
pub struct Disguise {
    /// The file for ginkgo.
    pub file: PathBuf,
    /// Variables for ginkgo's environment.
    pub variables: Vec<(&'static str, OsString)>,
}

/// Prepares that `program` runs as `maker`. May be repeated.
pub fn disguise(program: &Path, maker: &Maker, results_dir: &Path) -> io::Result<Disguise> {
    let folder = results_dir.parent().unwrap_or(results_dir).join(FOLDER);
    fs::create_dir_all(&folder)?;
    // ginkgo names the suite after the file.
    let file = folder.join(program.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    symlink(std::env::current_exe()?, &file)?;
    Ok(Disguise {
        file,
        variables: vec![
            (ENV_NAME, maker.to_string().into()),
            (ENV_PROGRAM, std::path::absolute(program)?.into()),
        ],
    })
}

/// Becomes the suite, if ginkgo started this program in its place. Returns only if it did not, or with what went wrong.
pub fn become_suite() -> Option<io::Error> {
    let name = std::env::var_os(ENV_NAME)?;
    let program = PathBuf::from(std::env::var_os(ENV_PROGRAM)?);
    let mut suite = Command::new(&program);
    suite
        .arg0(name)
        .args(std::env::args_os().skip(1))
        .env_remove(ENV_NAME)
        .env_remove(ENV_PROGRAM);
    if let Some(folder) = program.parent() {
        suite.current_dir(folder).env("PWD", folder);
    }
    Some(suite.exec())
}

#[cfg(test)]
mod tests {
    use conform_crds::ConformanceResultSpec;

    use super::*;

    #[test]
    fn the_link_is_this_program_and_has_the_suites_file_name() {
        let dir = tempfile::tempdir().unwrap();
        let maker: Maker = "conform:demo:uid:present-1".parse().unwrap();
        for _ in 0..2 {
            let disguise = disguise(
                Path::new("/usr/local/bin/e2e.test"),
                &maker,
                &dir.path().join("results"),
            )
            .unwrap();
            assert_eq!(disguise.file, dir.path().join("conform-suite/e2e.test"));
            assert_eq!(
                fs::read_link(&disguise.file).unwrap(),
                std::env::current_exe().unwrap()
            );
            assert_eq!(
                disguise.variables,
                [
                    (ENV_NAME, "conform:demo:uid:present-1".into()),
                    (ENV_PROGRAM, "/usr/local/bin/e2e.test".into())
                ]
            );
        }
    }

    #[test]
    fn a_result_that_no_run_owns_names_nobody() {
        assert_eq!(
            maker(
                &ConformanceResult::new("demo", ConformanceResultSpec::default()),
                "demo",
                "present-1"
            ),
            None
        );
    }
}
