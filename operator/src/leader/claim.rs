//! Who may lead, told from the Lease and from how long it has not changed.

use std::time::Duration;

use k8s_openapi::{api::coordination::v1::Lease, apimachinery::pkg::apis::meta::v1::MicroTime};
use tokio::time::Instant;

/// No Lease is waited for longer, whatever it says of itself.
const LONGEST: Duration = Duration::from_mins(5);

/// What an operator may do about the Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Take it, by replacing this version; none if there is no Lease yet.
    Take(Option<String>),
    /// Wait: this operator holds it, for so long if it does not renew it.
    Wait {
        /// The holder.
        holder: String,
        /// How long the Lease holds, if it does not change.
        left: Duration,
    },
}

/// What was seen of the Lease, and since when it has not changed. The times in a Lease are of another machine's clock,
/// which may be wrong; only this machine's own clock is asked, and only for how much time has passed.
#[derive(Debug, Default)]
pub struct Watched {
    seen: Option<(Seen, Instant)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    holder: String,
    renewed: Option<MicroTime>,
}

impl Watched {
    /// Looks at the Lease, as it is `now`. A Lease that names `me` is mine: the process that took it in my name is dead,
    /// since no two live processes have one name.
    pub fn look(&mut self, lease: Option<&Lease>, me: &str, now: Instant) -> Claim {
        let version = lease.and_then(|lease| lease.metadata.resource_version.clone());
        let spec = lease.and_then(|lease| lease.spec.as_ref());
        let holder = spec
            .and_then(|spec| spec.holder_identity.as_deref())
            .unwrap_or_default();
        if holder.is_empty() || holder == me {
            self.seen = None;
            return Claim::Take(version);
        }
        let seen = Seen {
            holder: holder.to_owned(),
            renewed: spec.and_then(|spec| spec.renew_time.clone()),
        };
        let since = match &self.seen {
            Some((before, since)) if *before == seen => *since,
            _ => now,
        };
        self.seen = Some((seen, since));
        let seconds = spec.and_then(|spec| spec.lease_duration_seconds).unwrap_or(0);
        let holds = Duration::from_secs(u64::try_from(seconds).unwrap_or(0)).min(LONGEST);
        let left = holds.saturating_sub(now.saturating_duration_since(since));
        if left.is_zero() {
            return Claim::Take(version);
        }
        Claim::Wait {
            holder: holder.to_owned(),
            left,
        }
    }
}
