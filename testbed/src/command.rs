//! Running the programs that do the work.

use std::io::Write;
use std::process::{Command, ExitStatus, Output, Stdio};

use crate::files::tail;
use crate::{Error, Result};

/// A command together with what it is for, so that its failure can be told.
pub(crate) struct Task {
    command: Command,
    purpose: String,
}

impl Task {
    pub(crate) fn new(purpose: impl Into<String>, command: Command) -> Self {
        Self {
            command,
            purpose: purpose.into(),
        }
    }

    /// A program with arguments.
    pub(crate) fn of(purpose: impl Into<String>, program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments);
        Self::new(purpose, command)
    }

    /// Runs it to its end and returns what it wrote to stdout.
    pub(crate) fn run(mut self) -> Result<String> {
        self.command.stdin(Stdio::null());
        let output = self.command.output().map_err(|error| self.spawn_error(error))?;
        self.finish(&output)
    }

    /// Runs it with a text as its stdin.
    pub(crate) fn run_with(mut self, input: &str) -> Result<String> {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().map_err(|error| self.spawn_error(error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends early shows it in its status and its output, which is what gets reported.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child
            .wait_with_output()
            .map_err(|error| self.spawn_error(error))?;
        self.finish(&output)
    }

    /// Runs it on the caller's terminal.
    pub(crate) fn run_attached(mut self) -> Result<ExitStatus> {
        self.command.status().map_err(|error| self.spawn_error(error))
    }

    fn finish(&self, output: &Output) -> Result<String> {
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        Err(Error::Failed {
            command: self.line(),
            purpose: self.purpose.clone(),
            status: output.status,
            tail: tail(&String::from_utf8_lossy(&both), 20),
        })
    }

    fn spawn_error(&self, source: std::io::Error) -> Error {
        let program = self.command.get_program().to_string_lossy();
        let hint = match program.as_ref() {
            "go" => "; install Go 1.26 or newer (https://go.dev/dl)",
            "cc" => "; install a C compiler (Debian: gcc, libc6-dev)",
            _ => "",
        };
        Error::Spawn {
            command: self.line(),
            purpose: self.purpose.clone(),
            source,
            hint: hint.into(),
        }
    }

    fn line(&self) -> String {
        let mut line = self.command.get_program().to_string_lossy().into_owned();
        for argument in self.command.get_args() {
            line.push(' ');
            line.push_str(&argument.to_string_lossy());
        }
        // A shell script or a long list of flags would bury the message.
        if line.chars().count() > 300 {
            line.chars().take(297).chain("...".chars()).collect()
        } else {
            line
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_purpose_command_and_output() {
        let error = Task::of("try it", "sh", &["-c", "echo oops >&2; exit 3"])
            .run()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("could not try it") && error.contains("oops") && error.contains('3'),
            "{error}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Task::of("try it", "/nonexistent/x", &[])
            .run()
            .unwrap_err()
            .to_string();
        assert!(error.contains("/nonexistent/x"), "{error}");
    }

    #[test]
    fn input_reaches_the_program() {
        assert_eq!(Task::of("echo", "cat", &[]).run_with("hello").unwrap(), "hello");
    }
}
