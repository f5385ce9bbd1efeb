//! What a cluster says of its own Gateway API before a suite runs: which release is installed, and which features its
//! implementation claims.
//!
//! The suite looks at the same and refuses to start, or leaves both unsaid in its report. Here it is known before an image
//! is pulled.

mod installed;
mod preview;

pub use installed::{Definition, Installed, NotUniform, installed};
pub use preview::{Claimant, ClaimantKind, GatewayFeatures, ProfilePreview, preview};
