//! Badges: one small picture for a profile.

use super::Standing;

/// Width of a character, in pixels, as wide as the widest of the usual ones.
const WIDTH: usize = 7;
/// Space beside a text, in pixels.
const SPACE: usize = 6;

/// A picture (SVG) that says what a profile comes to. It needs no font and no script, and has its text for readers.
pub fn badge(release: &str, profile: &str, standing: Standing) -> String {
    let label = format!("Gateway API {release} {profile}");
    let (label, word) = (escaped(&label), standing.word());
    let width = |text: &str| text.chars().count() * WIDTH + 2 * SPACE;
    let (left, right) = (width(&label), width(word));
    let colour = match standing {
        Standing::Conformant => "#2d7a3a",
        Standing::Partial => "#8a6100",
        Standing::Failed => "#b3261e",
        Standing::NotMeasured => "#5f6368",
    };
    let (total, middle, end) = (left + right, left / 2, left + right / 2);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total}\" height=\"20\" role=\"img\" aria-label=\"{label}: {word}\">\
         <title>{label}: {word}</title><rect width=\"{left}\" height=\"20\" fill=\"#444\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"{colour}\"/>\
         <g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,sans-serif\" font-size=\"11\">\
         <text x=\"{middle}\" y=\"14\">{label}</text><text x=\"{end}\" y=\"14\">{word}</text></g></svg>\n"
    )
}

/// True for a picture that [`badge`] made.
pub fn is_badge(picture: &str) -> bool {
    picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"")
        && picture.contains("aria-label=\"Gateway API ")
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}
