//! Takes tokens out of what leaves the pod: the suite's output and files are kept for all who may look at runs.
//!
//! A token here is what Kubernetes gives to ServiceAccounts: a signed JSON web token, whose header and claims are JSON
//! objects in base64url and so begin with `eyJ`, in the clear or once more in base64, as a Secret's data are shown.

use std::io::{self, Read, Write};

use memchr::memmem;

/// What stands in a token's place.
pub const REDACTED: &[u8] = b"[redacted]";
/// How a header begins: `{"` in base64url.
const HEADER: &[u8] = b"eyJ";
/// What follows the header: the dot, and how the claims begin.
const CLAIMS: &[u8] = b".eyJ";
/// `eyJhbGciOi` in base64: the header of a token that was encoded once more begins with its algorithm.
const ENCODED: &[u8] = b"ZXlKaGJHY2lPa";
/// Longest header that is waited for, in bytes; those of Kubernetes have some hundred.
const MAX_HEADER: usize = 1024;

/// Passes bytes on without the tokens in them. Holds back no more than a header that may begin a token.
#[derive(Debug, Default)]
pub struct Redactor {
    held: Vec<u8>,
    /// Within a token, whose bytes are dropped until it ends.
    inside: bool,
}

impl Redactor {
    /// What can be passed on now that `piece` is known.
    pub fn take(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(piece);
        self.pass(&all, false)
    }

    /// The rest, once nothing follows.
    pub fn finish(&mut self) -> Vec<u8> {
        let all = std::mem::take(&mut self.held);
        self.pass(&all, true)
    }

    fn pass(&mut self, all: &[u8], last: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(all.len());
        let mut rest = all;
        loop {
            if self.inside {
                let end = rest.iter().position(|byte| !is_token(*byte));
                let Some(end) = end else { return out };
                rest = rest.get(end..).unwrap_or_default();
                self.inside = false;
            }
            match next(rest, last) {
                Next::Token { at } => {
                    out.extend_from_slice(rest.get(..at).unwrap_or_default());
                    out.extend_from_slice(REDACTED);
                    rest = rest.get(at..).unwrap_or_default();
                    self.inside = true;
                }
                Next::Wait { at } => {
                    out.extend_from_slice(rest.get(..at).unwrap_or_default());
                    self.held = rest.get(at..).unwrap_or_default().to_vec();
                    return out;
                }
                Next::Nothing => {
                    out.extend_from_slice(rest);
                    return out;
                }
            }
        }
    }
}

enum Next {
    /// A token begins here.
    Token { at: usize },
    /// What begins here may be one: it depends on what follows.
    Wait { at: usize },
    /// No token.
    Nothing,
}

/// The first place in `text` where a token begins or may begin.
fn next(text: &[u8], last: bool) -> Next {
    let encoded = memmem::find(text, ENCODED);
    let before = text.get(..encoded.unwrap_or(text.len())).unwrap_or_default();
    for at in memmem::find_iter(before, HEADER) {
        let begun = text.get(at..).unwrap_or_default();
        let header = begun.iter().take_while(|byte| is_word(**byte)).count();
        let after = begun.get(header..).unwrap_or_default();
        if after.starts_with(CLAIMS) {
            return Next::Token { at };
        }
        if !last && header <= MAX_HEADER && CLAIMS.starts_with(after) {
            return Next::Wait { at };
        }
    }
    if let Some(at) = encoded {
        return Next::Token { at };
    }
    if last {
        return Next::Nothing;
    }
    // A beginning may be cut in two.
    let cut = (1..ENCODED.len().min(text.len() + 1)).rev().find(|length| {
        let end = text.get(text.len() - length..).unwrap_or_default();
        ENCODED.starts_with(end) || HEADER.starts_with(end)
    });
    cut.map_or(Next::Nothing, |length| Next::Wait {
        at: text.len() - length,
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// What a token is made of, encoded once more or not.
fn is_token(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'+' | b'=')
}

/// `text` without tokens.
pub fn text(text: &str) -> String {
    let mut redactor = Redactor::default();
    let mut out = redactor.take(text.as_bytes());
    out.extend(redactor.finish());
    String::from_utf8_lossy(&out).into_owned()
}

/// Copies `from` to `to` without tokens.
pub fn copy(mut from: impl Read, mut to: impl Write) -> io::Result<()> {
    let mut redactor = Redactor::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return to.write_all(&redactor.finish()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        to.write_all(&redactor.take(buffer.get(..count).unwrap_or_default()))?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Shaped like a ServiceAccount's; its signature is made up.
    const TOKEN: &str =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6IkEifQ.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.c2ln-bmF0_dXJl";

    fn in_pieces(text: &[u8], sizes: &[usize]) -> Vec<u8> {
        let (mut redactor, mut out, mut rest) = (Redactor::default(), Vec::new(), text);
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, more) = rest.split_at((*size).clamp(1, rest.len()));
            out.extend(redactor.take(piece));
            rest = more;
        }
        out.extend(redactor.finish());
        out
    }

    #[test]
    fn a_token_goes_and_its_surroundings_stay() {
        let said = format!("token: \"{TOKEN}\", and {TOKEN}\nnext");
        assert_eq!(text(&said), "token: \"[redacted]\", and [redacted]\nnext");
    }

    #[test]
    fn one_that_was_encoded_once_more_goes_too() {
        let encoded =
            "ZXlKaGJHY2lPaUpTVXpJMU5pSXNJbXRwWkNJNklrRWlmUS5leUpwYzNNaU9pSnJkV0psY201bGRHVnpJbjAuYzJsbg==";
        assert_eq!(text(&format!("token: {encoded}\nca")), "token: [redacted]\nca");
    }

    #[test]
    fn what_only_begins_like_one_stays() {
        for harmless in [
            "eyJ",
            "eyJabc.def",
            "eyJhbGciOi.ey",
            "keyJar.value",
            "ZXlKaG",
            "a.eyJ.b",
            "é eyJ",
        ] {
            assert_eq!(text(harmless), harmless);
        }
    }

    #[test]
    fn little_is_held_back() {
        let mut redactor = Redactor::default();
        let long = [b"eyJ".to_vec(), vec![b'a'; 1 << 20]].concat();
        assert_eq!(redactor.take(&long).len(), long.len());
        assert_eq!(redactor.take(b"a test\n"), b"a test\n");
    }

    proptest! {
        #[test]
        fn where_the_pieces_are_cut_does_not_matter(
            before in "[ -~]{0,40}", after in "[ -~]{0,40}", sizes in prop::collection::vec(1_usize..60, 1..8),
        ) {
            let said = format!("{before} {TOKEN} {after}");
            let cut = in_pieces(said.as_bytes(), &sizes);
            prop_assert_eq!(String::from_utf8(cut).unwrap(), text(&said));
            prop_assert!(!text(&said).contains("c2ln-bmF0_dXJl"));
        }

        #[test]
        fn bytes_without_a_token_pass(bytes in prop::collection::vec(any::<u8>(), 0..300), size in 1_usize..40) {
            prop_assume!(memmem::find(&bytes, CLAIMS).is_none() && memmem::find(&bytes, ENCODED).is_none());
            prop_assert_eq!(in_pieces(&bytes, &[size]), bytes);
        }
    }
}
