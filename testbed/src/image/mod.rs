//! Container images made from files, without a container engine: docker-archive tars with the same bytes for the same
//! content, which `docker load`, `ctr images import` and `kind load image-archive` read.

mod archive;
mod builder;
pub(crate) mod catalogue;
pub(crate) mod debian;
mod layer;
mod recipes;

pub(crate) use archive::names_in;
pub use archive::write_archive;
pub use builder::{Builder, Image};
pub use layer::Layer;
