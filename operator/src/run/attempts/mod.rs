//! The attempts of a run: which there were, where each stands, what they measured. All of it is read from the run's
//! status, its Jobs, their pods and the result.

mod entries;
mod log;
mod standing;
mod state;
mod trouble;

pub use entries::{entries, known_outcomes, left, measured_something};
pub use log::{Logged, log};
pub use standing::progress;
pub use state::{Activity, AttemptState, is_over, job};
pub use trouble::Trouble;
