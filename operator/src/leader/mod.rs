//! Which of several operators acts. One leads, the others stand by; see "One leader" in docs/design.md.

mod claim;
mod election;
mod fence;
mod terms;
#[cfg(test)]
mod tests;

pub use election::{Election, Standing};
pub use fence::{Fence, FenceLayer};
pub use terms::Terms;
