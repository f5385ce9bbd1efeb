//! What is handed in.

use jiff::civil::Date;

use super::{Product, ProductError};
use crate::{
    Junit, JunitError, LogSummary, Release,
    evaluation::{InputReport, MeasuredError, UnknownRelease},
};

/// The file that says how the run can be repeated.
pub const README: &str = "README.md";
/// The file that says what was tested.
pub const PRODUCT: &str = "PRODUCT.yaml";
/// The log of the suite.
pub const LOG: &str = "e2e.log";
/// The results.
pub const JUNIT: &str = "junit_01.xml";
/// What a submission consists of, and nothing else.
pub const FOUR_FILES: [&str; 4] = [README, PRODUCT, LOG, JUNIT];

/// A file of the folder. Folders and links count as files that do not belong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedIn {
    /// Its name, or its path below the folder.
    pub name: String,
    /// Its length in bytes; none if it is no plain file.
    pub bytes: Option<u64>,
    /// Why its content is not what the file has to be, if somebody looked.
    pub fault: Option<String>,
}

impl HandedIn {
    /// The file that counts as the one of this name. The bot finds it in whatever case it is written, and goes by the exact
    /// name if there is one.
    pub fn of<'a>(files: &'a [Self], name: &str) -> Option<&'a Self> {
        let find = |is: fn(&str, &str) -> bool| files.iter().find(|file| is(&file.name, name));
        find(|a, b| a == b).or_else(|| find(str::eq_ignore_ascii_case))
    }
}

/// Most bytes of a README.md that are read. Real ones have less than 20 KB.
pub const README_BYTES: usize = 1 << 20;

/// Why these bytes are no README.md that people can read.
pub fn readme_fault(bytes: &[u8]) -> Option<String> {
    if bytes.len() > README_BYTES {
        return Some(format!("it is longer than {README_BYTES} bytes"));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Some(format!("byte {} is not UTF-8", error.valid_up_to())),
    };
    let is_binary = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    if text.contains(is_binary) {
        return Some("it is no text: it has control characters".to_owned());
    }
    let is_blank = text.chars().all(|c| c.is_whitespace() || c == '\u{feff}');
    is_blank.then(|| "it has nothing but blanks".to_owned())
}

/// What is handed in, as far as it could be read.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Title of the pull request, if there is one.
    pub title: Option<String>,
    /// How many commits the pull request has, if there is one.
    pub commits: Option<u32>,
    /// The last two names of the folder's path, such as `v1.36/my-product`.
    pub folder: String,
    /// What the folder holds.
    pub files: Vec<HandedIn>,
    /// PRODUCT.yaml; none if it is missing.
    pub product: Option<Result<Product, ProductError>>,
    /// The JUnit file; none if it is missing.
    pub junit: Option<Result<Junit, JunitError>>,
    /// The log; none if it is missing.
    pub log: Option<LogSummary>,
    /// Where the addresses of the product lead to; none if nobody looked.
    pub pages: Option<Vec<Page>>,
    /// What the tests say, judged by the release of the folder.
    pub judged: Option<Result<InputReport, NotJudged>>,
}

/// Where an address leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The field of PRODUCT.yaml that has it.
    pub field: &'static str,
    /// The address.
    pub url: String,
    /// The type of its content, such as `text/html; charset=utf-8`, or why there is nothing.
    pub seen: Result<String, String>,
}

/// Why tests cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJudged {
    /// Nothing was measured.
    #[error(transparent)]
    Measured(#[from] MeasuredError),
    /// It is not known what the release requires.
    #[error("{0}: give its list with --requirements")]
    Release(#[from] UnknownRelease),
}

/// By what is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The newest release of Kubernetes; it and the two before it are certified.
    pub newest: Release,
    /// True if somebody said so; else it is the newest that is known, and a newer one may be out.
    pub is_told: bool,
    /// Today.
    pub today: Date,
}

impl Submission {
    /// The release that the folder says.
    pub fn release(&self) -> Option<Release> {
        let (version, product) = self.folder.split_once('/')?;
        let is_name = !product.is_empty() && !product.contains('/');
        version
            .strip_prefix('v')
            .filter(|_| is_name)
            .and_then(super::syntax::release)
            .filter(|release| super::syntax::is_of_folder(*release))
    }
}
