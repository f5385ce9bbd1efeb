//! What a service proxy has to do on a node, over gRPC: the node-local state of KEP-2104 and its changes.
//!
//! The messages are those of [`v1alpha1`]. [`Board`] holds a cluster and what nodes were told of it, and [`Replica`] what a
//! client has made of that: both are pure, and a property test holds them together. [`Hub`] lets clients wait for changes,
//! [`serve`] puts it on a socket, and [`Client`] follows one, over lost connections too.

mod address;
mod board;
mod client;
mod entry;
mod feed;
mod follower;
mod hub;
mod listener;
mod replica;
mod server;

pub mod v1alpha1;

pub use address::{Address, BadAddress};
pub use board::{Board, Rules};
pub use client::{Client, Event, Refused, Server};
pub use entry::Value;
pub use feed::{Batch, Feed, Key, Position, Step};
pub use follower::Follower;
pub use hub::{Denied, Hub, Limits};
pub use listener::{Listener, ServeError};
pub use replica::{Change, Replica, Update, Violation};
pub use server::{Tls, serve};
