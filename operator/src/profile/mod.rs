//! Users' profiles: each is told whether runs can go by it.

pub mod controller;
mod judge;
