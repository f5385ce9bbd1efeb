//! The runner's own log. It goes to stderr: stdout carries the suite's output, byte for byte.

use tracing_subscriber::EnvFilter;

/// Environment variable with a filter such as `debug`; without it, `info`.
const ENV_FILTER: &str = "CONFORM_LOG";

/// Starts the log.
pub fn start() {
    let filter = EnvFilter::try_from_env(ENV_FILTER).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}
