//! The README.md of a submission: how somebody else repeats the run.

use std::fmt::Write;

use super::{Product, Submission};
use crate::text::printable;

/// Who ran the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RanBy {
    /// A run of conform's in a cluster.
    Conform,
    /// Whoever left the files; they do not say who.
    Others,
}

/// Writes it from what is handed in. How a cluster is made is the product's own to tell, so that its page is named.
/// Nothing is said of how the files came about that they do not say.
pub fn readme(given: &Submission, product: &Product, by: RanBy) -> String {
    let field = |name: &str| printable(product.field(name).unwrap_or_default()).replace(['\n', '\r'], " ");
    let release = given
        .release()
        .map(|release| format!("v{release}"))
        .unwrap_or_default();
    let (name, version) = (escaped(&field("name")), escaped(&field("version")));
    let mut text = format!("# Conformance of {name} {version} with Kubernetes {release}\n\n");
    let mut line = |words: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{words}");
    };
    let junit = given.junit.as_ref().and_then(|junit| junit.as_ref().ok());
    if let Some(started) = junit.and_then(|junit| junit.properties.started_at) {
        line(format!(
            "The suite ran on {}, once, with one test after the other.\n",
            started.date()
        ));
    }
    if let Some(server) = given.log.as_ref().and_then(|log| log.server_version.as_deref()) {
        line(format!("The API server's version was {}.\n", printable(server)));
    }
    line("## How to repeat it\n".to_owned());
    line(format!(
        "1. Make a cluster of {name} {version} with Kubernetes {release}, as its documentation says: <{}>.\n   It needs two nodes \
         that take pods, and you need the rights of a cluster administrator.",
        field("documentation_url").replace(['<', '>'], "")
    ));
    for part in steps(by, &release) {
        line(part);
    }
    text
}

/// Text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// What is done with that cluster.
fn steps(by: RanBy, release: &str) -> Vec<String> {
    let with_conform = "```\n   kubectl conform install\n   kubectl conform run certification --profile kubernetes --stages \
                        present --wait\n   ```\n";
    let bundled = "3. Put the files together, and look whether they are as they have to be:\n\n   ```\n   kubectl conform bundle \
                   certification --product PRODUCT.yaml --out results\n   kubectl conform verify results\n   ```\n";
    match by {
        RanBy::Conform => vec![
            format!(
                "2. Install conform, run everything that the release requires, and wait for the end:\n\n   {with_conform}"
            ),
            bundled.to_owned(),
            "conform runs the conformance image of the cluster's own release with that image's defaults. `e2e.log` and \
             `junit_01.xml` are\nas the suite wrote them."
                .to_owned(),
        ],
        RanBy::Others => vec![
            format!(
                "2. Run every test that Kubernetes {release} marks `[Conformance]`, one after the other and none skipped, with \
                 the conformance\n   image of that release. Any tool that runs the image so will do, such as sonobuoy in mode \
                 certified-conformance, hydrophone with\n   --conformance, or conform:\n\n   {with_conform}"
            ),
            bundled.to_owned(),
            "`e2e.log` and `junit_01.xml` are as the suite wrote them.".to_owned(),
        ],
    }
}
