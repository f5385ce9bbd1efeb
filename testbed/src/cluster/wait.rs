//! Waiting for something, watching that what it depends on is still alive.

use std::time::{Duration, Instant};

use super::process::Daemon;
use crate::{Error, Result};

/// Asks again and again until there is an answer; what `ask` returns as an error is the detail of a time-out.
pub(crate) fn until<T>(
    what: &str,
    seconds: u64,
    needed: &[&Daemon],
    mut ask: impl FnMut() -> std::result::Result<T, String>,
) -> Result<T> {
    let end = Instant::now() + Duration::from_secs(seconds);
    loop {
        let detail = match ask() {
            Ok(answer) => return Ok(answer),
            Err(detail) => detail,
        };
        if let Some(dead) = needed.iter().find(|daemon| !daemon.alive()) {
            return Err(dead.died());
        }
        if Instant::now() > end {
            return Err(Error::Timeout {
                what: what.into(),
                seconds,
                detail,
            });
        }
        std::thread::sleep(Duration::from_millis(150));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_answer_ends_the_wait_and_its_absence_is_told() {
        let mut count = 0;
        let answer = super::until("x", 5, &[], || {
            count += 1;
            if count == 2 { Ok(7) } else { Err("not yet".into()) }
        });
        assert_eq!(answer.unwrap(), 7);
        let error = super::until::<()>("rain", 0, &[], || Err("dry".into()))
            .unwrap_err()
            .to_string();
        assert!(error.contains("rain") && error.contains("dry"), "{error}");
    }
}
