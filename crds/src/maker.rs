//! Who made an object: the name that a suite's test processes give themselves towards the API server.
//!
//! client-go calls itself by the name of its program (`rest.DefaultKubernetesUserAgent`), and the API server records
//! the part before the first `/` as the field manager of whatever such a client writes. A suite that is started under a
//! name of its own therefore signs every object that its tests make, in `metadata.managedFields`, wherever it is.

use std::{fmt, str::FromStr};

/// What a name of a suite's process begins with.
const PREFIX: &str = "conform:";
/// The longest field manager that the API server keeps, in bytes; it cuts longer ones off.
pub const MAX_FIELD_MANAGER: usize = 128;

/// One attempt of one run, as the maker of objects. Written `conform:RUN:UID:ATTEMPT`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Maker {
    /// Name of the run.
    pub run: String,
    /// `metadata.uid` of the run: another run of the same name has another.
    pub uid: String,
    /// Name of the attempt, such as `present-1`.
    pub attempt: String,
}

/// A text is not the name of a suite's process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAMaker;

impl fmt::Display for NotAMaker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not of the form {PREFIX}RUN:UID:ATTEMPT")
    }
}

impl std::error::Error for NotAMaker {}

impl fmt::Display for Maker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{PREFIX}{}:{}:{}", self.run, self.uid, self.attempt)
    }
}

impl FromStr for Maker {
    type Err = NotAMaker;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.strip_prefix(PREFIX).ok_or(NotAMaker)?.split(':');
        let mut part = || {
            let part = parts.next().filter(|part| is_name(part)).ok_or(NotAMaker)?;
            Ok(part.to_owned())
        };
        let maker = Self {
            run: part()?,
            uid: part()?,
            attempt: part()?,
        };
        match parts.next() {
            None => Ok(maker),
            Some(_) => Err(NotAMaker),
        }
    }
}

/// True for what object names and uids are made of: such a part can be shown and be a file's name.
fn is_name(part: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    !part.is_empty() && part.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names;

    fn maker(run: &str, attempt: &str) -> Maker {
        Maker {
            run: run.into(),
            uid: "0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11".into(),
            attempt: attempt.into(),
        }
    }

    #[test]
    fn it_is_read_as_it_is_written() {
        let nightly = maker("nightly", "present-1");
        let written = nightly.to_string();
        assert_eq!(
            written,
            "conform:nightly:0ae2b6a0-59b1-4c9c-9b52-3d2f1b4f8a11:present-1"
        );
        assert_eq!(written.parse(), Ok(nightly));
    }

    #[test]
    fn the_api_server_keeps_the_longest_whole() {
        let run = "r".repeat(names::MAX_RUN_NAME);
        let longest = maker(&run, &names::combined_attempt(i32::MAX)).to_string();
        assert!(longest.len() <= MAX_FIELD_MANAGER, "{}", longest.len());
        assert!(!longest.contains('/'), "the API server would cut it there");
    }

    #[test]
    fn other_field_managers_are_nobodys() {
        for other in [
            "",
            "e2e.test",
            "conform:",
            "conform-operator",
            "conform:a:b",
            "conform:a:b:",
            "conform:a::c",
            "conform:a:b:c:d",
            "conform:a:b:../c",
            "conform:a:b:\u{1b}[31m",
        ] {
            assert_eq!(other.parse::<Maker>(), Err(NotAMaker), "{other:?}");
        }
    }
}
