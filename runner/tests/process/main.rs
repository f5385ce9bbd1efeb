//! The runner as a process, with a suite that fails in ways that a real one cannot be made to, and with an API server
//! that takes what it is sent.

// Said once more of a test program, so that the lints know helpers for tests.
#[cfg(test)]
mod api_server;
#[cfg(test)]
mod checked_cluster;
#[cfg(test)]
mod fake_suite;
#[cfg(test)]
mod own_suite;
mod parallel;
#[cfg(test)]
mod preflight;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod suite_name;
