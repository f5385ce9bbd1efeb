//! The verdict as a small picture for a README.

use conform_report::verdict as words;
use conform_suite::{Verdict, evaluation::Evaluation};

/// Height of the picture, in pixels.
const HEIGHT: usize = 20;

/// An SVG with two fields: what was asked, and the verdict. Its texts are conform's own, never those of a file.
pub fn evaluation_badge(evaluation: &Evaluation) -> String {
    let left = match evaluation.inputs.as_slice() {
        [only] if evaluation.unreadable.is_empty() => format!("Kubernetes {}", only.release),
        _ => "Kubernetes conformance".to_owned(),
    };
    let verdict = evaluation.total.verdict;
    let right = words(verdict).to_lowercase();
    // Each has a contrast of at least 4.5 to white.
    let colour = match verdict {
        Verdict::Conformant => "#116329",
        Verdict::NotConformant => "#a40e26",
        Verdict::Undecided => "#7a4e00",
    };
    let (first, second) = (width(&left), width(&right));
    let all = first + second;
    let middle = |start: usize, width: usize| start + width / 2;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{left}: {right}\">\n\
         <title>{left}: {right}</title>\n\
         <rect width=\"{first}\" height=\"{HEIGHT}\" fill=\"#3d444d\"/>\n\
         <rect x=\"{first}\" width=\"{second}\" height=\"{HEIGHT}\" fill=\"{colour}\"/>\n\
         <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\">\n\
         <text x=\"{}\" y=\"14\">{left}</text>\n<text x=\"{}\" y=\"14\">{right}</text>\n</g>\n</svg>\n",
        middle(0, first),
        middle(first, second),
    )
}

/// Room for a text in pixels: letters of this font are about seven wide.
fn width(text: &str) -> usize {
    text.chars().count() * 7 + 12
}
