//! How long a leader leads without a word, and how often it is asked.

use std::time::Duration;

/// Times of an election; all of them follow from how long a Lease holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Others take the Lease if they have seen no change of it for so long.
    pub lease: Duration,
    /// How often the leader renews it.
    pub renew: Duration,
    /// A leader that could not renew for so long stops. The rest of `lease` is for requests that are on their way and
    /// for clocks that do not run alike.
    pub give_up: Duration,
    /// How often it is tried or looked at again.
    pub retry: Duration,
    /// How long one request may take.
    pub request: Duration,
}

impl Terms {
    /// The times that go with a Lease of this length.
    pub fn of(lease: Duration) -> Self {
        Self {
            lease,
            renew: lease / 3,
            give_up: lease * 2 / 3,
            retry: lease / 8,
            request: lease / 5,
        }
    }

    /// What the Lease says of its length, in seconds.
    pub fn seconds(&self) -> i32 {
        i32::try_from(self.lease.as_secs()).unwrap_or(i32::MAX)
    }
}
