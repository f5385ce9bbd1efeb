//! The committed list of the newest suite's tests that KEP-2578 asks for, from the names that its dry run gave.

use std::{fs::File, io::Read};

use anyhow::{Context, Result};
use conform_suite::{TestName, windows_tests};
use flate2::read::GzDecoder;

use crate::{committed::Committed, process::root};

const FILE: Committed = Committed {
    path: "suite/data/windows.txt",
    word: "windows",
    what: "the list of Windows tests",
};

/// Names of every test of the newest suite, a name a line.
const NAMES: &str = "suite/tests/fixtures/names/v1.36.3.txt.gz";

/// Writes the list.
pub fn write() -> Result<()> {
    FILE.write(&current()?)
}

/// Checks the committed list.
pub fn check() -> Result<()> {
    FILE.compare(&FILE.read()?, Some(&current()?))
}

fn current() -> Result<String> {
    let path = root().join(NAMES);
    let file = File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut names = String::new();
    GzDecoder::new(file)
        .read_to_string(&mut names)
        .with_context(|| format!("cannot unpack {}", path.display()))?;
    let names: Vec<TestName> = names.lines().map(TestName::new).collect::<Result<_, _>>()?;
    let mut text = String::from(
        "# Tests of v1.36.3 that KEP-2578 asks for and no release requires. Written by `cargo xtask generate windows`.\n",
    );
    for name in windows_tests(&names) {
        text.push_str(name.as_str());
        text.push('\n');
    }
    Ok(text)
}
