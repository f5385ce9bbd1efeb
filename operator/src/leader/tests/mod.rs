mod claims;
mod fences;
mod server;
mod stories;
