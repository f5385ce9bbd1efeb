//! What is handed in for certification (cncf/k8s-conformance), and whether it would be taken.
//!
//! [`verify`] looks at a [`Submission`] as the programme's bot does, check by check, and besides at what the bot does not
//! look at and people should: whether the files can be what a real, whole run left. Pages on the web and a pull request
//! are not looked at here; what only they can tell is unevaluated.

mod bot;
mod check;
mod counts;
mod given;
mod integrity;
mod mark;
mod narrowed;
mod processes;
mod product;
mod readme;
mod succeeded;
mod syntax;
mod taken;
mod told;
mod verification;

pub use check::{Check, CheckReport, CheckState};
pub use given::{
    FOUR_FILES, HandedIn, JUNIT, LOG, NotJudged, PRODUCT, Page, README, README_BYTES, Submission, Terms,
    readme_fault,
};
pub use mark::{expiry, released};
pub use product::{PRODUCT_BYTES, Product, ProductError};
pub use readme::{RanBy, readme};
pub use verification::{Verification, verify};

#[cfg(test)]
mod tests;
