//! The suite's processes: ginkgo, and the test program that it starts.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use conform_crds::{Maker, names};
use conform_suite::Selection;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    process::{Child, Command},
    sync::{mpsc, oneshot},
};

use crate::{cli::RunArgs, live::Live, seen::Seen, suite_name, tee};

/// How long the output may stay open after ginkgo has ended and its group was killed: a process that left the group
/// may hold it.
const OUTPUT_PATIENCE: Duration = Duration::from_secs(5);

/// The suite could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its output has no place to go.
    #[error("cannot write {path}: {source}", path = path.display())]
    Output {
        /// The log file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Its processes would not find each other.
    #[error("cannot listen on loopback: {0}")]
    Listen(#[source] io::Error),
    /// The program does not start.
    #[error("cannot run {program}: {source}", program = program.display())]
    Program {
        /// ginkgo.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A running suite.
#[derive(Debug)]
pub struct SuiteProcess {
    child: Child,
    group: Option<Pid>,
    output: oneshot::Receiver<io::Result<()>>,
}

impl StartError {
    /// What went wrong with the suite's log.
    pub fn log(args: &RunArgs, source: io::Error) -> Self {
        let path = args.results_dir.join(names::E2E_LOG);
        Self::Output { path, source }
    }
}

/// A new log in the folder of the results, which is made if it is not there.
pub fn new_log(args: &RunArgs) -> io::Result<File> {
    fs::create_dir_all(&args.results_dir)?;
    File::create(args.results_dir.join(names::E2E_LOG))
}

/// Starts the suite on the tests of `selection`, as `maker` if there is one. It posts to `progress_url`, and what its
/// output tells goes to `outcomes`; the receiver gives its run's id.
pub fn start(
    args: &RunArgs,
    selection: &Selection,
    maker: Option<&Maker>,
    absent_nodes: usize,
    progress_url: &str,
    outcomes: mpsc::Sender<Seen>,
) -> Result<(SuiteProcess, mpsc::Receiver<String>), StartError> {
    let no_output = |source| StartError::log(args, source);
    let file = new_log(args).map_err(no_output)?;
    // One pipe for both streams, so that the log has them in the order in which they were written.
    let (reader, writer) = io::pipe().map_err(no_output)?;
    let disguise = maker
        .map(|maker| suite_name::disguise(&args.e2e_test, maker, &args.results_dir))
        .transpose()
        .map_err(|source| StartError::Program {
            program: args.e2e_test.clone(),
            source,
        })?;
    let program = disguise
        .as_ref()
        .map_or(&args.e2e_test, |disguise| &disguise.file);
    let mut command = Command::new(&args.ginkgo);
    command
        .args(arguments(
            args,
            program,
            selection,
            absent_nodes,
            progress_url,
            std::env::var_os("KUBECONFIG"),
        ))
        .stdin(Stdio::null())
        .stdout(writer.try_clone().map_err(no_output)?)
        .stderr(writer)
        // A group of its own, so that a signal reaches ginkgo and the test processes below it, and not this program.
        // SIGINT cannot be inherited as ignored: this program handles it (see `stop`), and what is handled is reset
        // when another program is executed.
        .process_group(0)
        .kill_on_drop(true);
    clean_environment(&mut command);
    command.envs(disguise.into_iter().flat_map(|disguise| disguise.variables));
    let child = command.spawn().map_err(|source| StartError::Program {
        program: args.ginkgo.clone(),
        source,
    })?;
    // The command holds the writing end; the output ends only when nobody does.
    drop(command);
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    let live = Live::new(
        selection
            .selected()
            .map(|requirement| requirement.name.clone())
            .collect(),
    );
    let tee = tee::start(reader, file, live, outcomes).map_err(no_output)?;
    Ok((
        SuiteProcess {
            child,
            group,
            output: tee.end,
        },
        tee.run_id,
    ))
}

/// Takes away what would change what the suite does: the image's own settings are for its own entry point.
pub fn clean_environment(command: &mut Command) {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| {
        ["E2E_", "CONFORM_"]
            .iter()
            .any(|prefix| starts_with(name, prefix))
    }) {
        command.env_remove(name);
    }
}

fn starts_with(name: &OsString, prefix: &str) -> bool {
    name.as_encoded_bytes().starts_with(prefix.as_bytes())
}

/// What the image's own entry point would pass, apart from the choice of tests and the place of the reports.
fn arguments(
    args: &RunArgs,
    program: &Path,
    selection: &Selection,
    absent_nodes: usize,
    progress_url: &str,
    kubeconfig: Option<OsString>,
) -> Vec<OsString> {
    let mut all: Vec<OsString> = selection.ginkgo_args().into_iter().map(Into::into).collect();
    // Verbose: the output tells of each test when it ends (see `live`), and who reviews a log wants to see them.
    // Ginkgo's own time limit is an hour, and a serial run takes two.
    all.extend(["--v".into(), "--no-color=true".into(), "--timeout=24h".into()]);
    all.push(program.into());
    all.push("--".into());
    all.extend(program_arguments(args, absent_nodes, kubeconfig));
    all.push(format!("--progress-report-url={progress_url}").into());
    all
}

/// What the suite's program itself is told, whoever starts it. It does not wait for `absent_nodes` of the nodes.
pub fn program_arguments(args: &RunArgs, absent_nodes: usize, kubeconfig: Option<OsString>) -> Vec<OsString> {
    let mut all = vec![
        "--disable-log-dump".into(),
        flag("--repo-root=", &args.repo_root),
        format!("--provider={}", args.provider).into(),
        flag("--report-dir=", &args.results_dir),
        // Empty: the suite uses its pod's ServiceAccount.
        flag("--kubeconfig=", Path::new(&kubeconfig.unwrap_or_default())),
    ];
    if absent_nodes > 0 {
        all.push(format!("--allowed-not-ready-nodes={absent_nodes}").into());
        // The suite would wait for the pods in kube-system on those nodes, which nobody can end before the nodes are removed.
        all.push("--minStartupPods=-1".into());
    }
    all
}

fn flag(name: &str, value: &Path) -> OsString {
    let mut flag = OsString::from(name);
    flag.push(value);
    flag
}

impl SuiteProcess {
    /// Waits for ginkgo to end.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Asks the suite to end its tests and write its files.
    pub fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Ends every process of the suite.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        let Some(group) = self.group else { return };
        match kill_process_group(group, signal) {
            // The group is gone, which is what was wanted.
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => tracing::warn!("cannot send {signal:?} to the suite: {error}"),
        }
    }

    /// Waits, after ginkgo's end, until its output is in the log file. Says what is wrong with the file, if anything.
    pub async fn finish_output(self) -> Option<String> {
        // What ginkgo left behind would hold the output open.
        self.kill();
        match tokio::time::timeout(OUTPUT_PATIENCE, self.output).await {
            Ok(Ok(Ok(()))) => None,
            Ok(Ok(Err(error))) => Some(format!("{} is incomplete: {error}", names::E2E_LOG)),
            Ok(Err(_)) | Err(_) => Some(format!("{} may lack its end", names::E2E_LOG)),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use conform_suite::Stage;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn the_suite_is_called_as_the_image_itself_would() {
        let Command::Run(args) = Cli::parse_from(["conform-runner", "run"]).command else {
            panic!()
        };
        let selection = Selection {
            stage: Stage::Present,
            requirements: vec![],
            narrowings: vec![],
            digest: String::new(),
            by_mark: false,
        };
        let chosen = selection.ginkgo_args().len();
        let all = arguments(&args, &args.e2e_test, &selection, 0, "http://127.0.0.1:1/", None);
        assert_eq!(
            all.get(chosen..).unwrap(),
            [
                "--v",
                "--no-color=true",
                "--timeout=24h",
                "/usr/local/bin/e2e.test",
                "--",
                "--disable-log-dump",
                "--repo-root=/kubernetes",
                "--provider=skeleton",
                "--report-dir=/tmp/results",
                "--kubeconfig=",
                "--progress-report-url=http://127.0.0.1:1/",
            ]
        );
        let without_two = program_arguments(&args, 2, None);
        for flag in ["--allowed-not-ready-nodes=2", "--minStartupPods=-1"] {
            assert!(without_two.contains(&flag.into()), "{flag}");
        }
    }
}
