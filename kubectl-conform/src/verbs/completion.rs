//! `completion`: a script for a shell.

use clap_complete::{Shell, generate};

use crate::{cli::command, error::Error, printer::Printer};

/// Options of `completion`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args, printer: &Printer) -> Result<(), Error> {
    let mut script = Vec::new();
    // Shells complete the file that is called, not kubectl's way of calling it.
    generate(
        args.shell,
        &mut command("kubectl-conform".to_owned()),
        "kubectl-conform",
        &mut script,
    );
    printer.data(&script)
}
