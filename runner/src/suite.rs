//! The suite while it runs: one process, or several at once.

use std::{io, process::ExitStatus};

use crate::{parallel::ParallelSuite, suite_process::SuiteProcess};

/// A running suite.
#[derive(Debug)]
pub enum Suite {
    /// Ginkgo and one process of the suite.
    Serial(SuiteProcess),
    /// Several processes of the suite, of which this program takes Ginkgo's part.
    Parallel(ParallelSuite),
}

impl Suite {
    /// Waits for it to end.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        match self {
            Self::Serial(suite) => suite.wait().await,
            Self::Parallel(suite) => suite.wait().await,
        }
    }

    /// Asks it to end its tests and write its files.
    pub fn interrupt(&self) {
        match self {
            Self::Serial(suite) => suite.interrupt(),
            Self::Parallel(suite) => suite.interrupt(),
        }
    }

    /// Ends every process of it.
    pub fn kill(&self) {
        match self {
            Self::Serial(suite) => suite.kill(),
            Self::Parallel(suite) => suite.kill(),
        }
    }

    /// Waits, after its end, until its output is in the log file. Says what is wrong with the file, or lost, if anything.
    pub async fn finish_output(self) -> Option<String> {
        match self {
            Self::Serial(suite) => suite.finish_output().await,
            Self::Parallel(suite) => suite.finish_output().await,
        }
    }
}
