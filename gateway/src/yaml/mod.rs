//! YAML as it is written: a tree in which every value keeps its text, its quotes and its place.
//!
//! A reader that goes by types would take the version `1.20` for the number 1.2. Here a value is what stands in the file,
//! and whoever wants a number asks for one. Files are hostile: aliases are refused, since they are what makes a small file
//! large, and size, depth and number of values are bounded.

mod node;
mod read;
mod write;

pub use node::{Entry, Node, Place, Scalar, Value};
pub use read::{MAX_BYTES, MAX_DEPTH, MAX_DOCUMENTS, MAX_NODES, YamlError, read};
pub use write::write;
