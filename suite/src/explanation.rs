//! The story of a test or a feature.

mod find;
mod needs;
mod story;

pub use find::{ExplainError, explain};
pub use story::{Event, Explanation, FeatureStory, FeatureTestStory, NameStory, StageStory, TestStory};

#[cfg(test)]
mod tests;
