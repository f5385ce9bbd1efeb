//! What every page has around it.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../../templates/page.css");
const SCRIPT: &str = include_str!("../../templates/page.js");

/// A page's style and script, and by what a browser knows that they are its own.
pub(super) struct Frame {
    pub(super) version: &'static str,
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    pub(super) style_digest: String,
    pub(super) script_digest: String,
}

impl Frame {
    pub(super) fn new() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            style: STYLE,
            script: SCRIPT,
            style_digest: digest(STYLE),
            script_digest: digest(SCRIPT),
        }
    }
}

impl Frame {
    /// What a browser may do with the page.
    pub(super) fn policy(&self) -> String {
        format!(
            "default-src 'none'; img-src data:; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            self.style_digest, self.script_digest
        )
    }
}

/// What a browser asks for before it uses a style or a script of the page itself.
fn digest(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}
