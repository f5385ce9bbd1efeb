//! Takes the Lease, keeps it while work is done, and gives it back.

use std::{collections::BTreeMap, future::Future, time::Duration};

use conform_crds::names;
use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{Api, Client};
use tokio::{
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{
    claim::{Claim, Watched},
    fence::Fence,
    terms::Terms,
};
use crate::{
    error::optional,
    lease::{lease, write},
    stop::Stop,
};

/// What an operator is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits until the API server serves conform's API.
    NoApi,
    /// It has not been able to look at the Lease.
    NoLease,
    /// It waits until it may lead.
    StandsBy,
    /// It acts.
    Leads,
}

/// One operator's part in the election.
pub struct Election {
    leases: Api<Lease>,
    me: String,
    terms: Terms,
    fence: Fence,
    standing: watch::Sender<Standing>,
}

/// The Lease as this operator wrote it last.
struct Term {
    lease: Lease,
    /// When its renewal was asked for.
    since: Instant,
}

/// The Lease is somebody else's: look again after this time.
struct Later(Duration);

impl Election {
    /// An election in `namespace`. `me` names this process, and no other one that lives. `client` is not to be behind
    /// `fence`, which is open while this operator leads.
    pub fn new(
        client: Client,
        namespace: &str,
        me: String,
        terms: Terms,
        fence: Fence,
        standing: watch::Sender<Standing>,
    ) -> Self {
        Self {
            leases: Api::namespaced(client, namespace),
            me,
            terms,
            fence,
            standing,
        }
    }

    /// Does the work whenever this operator leads, until it is asked to stop or the work is done. Work that loses its
    /// Lease is dropped where it stands, and begins anew when the Lease was won again.
    pub async fn lead<Work: Future<Output = ()>>(&self, stop: &Stop, work: impl Fn() -> Work) {
        loop {
            let mut term = tokio::select! {
                term = self.acquire() => term,
                () = stop.asked() => return,
            };
            self.standing.send_replace(Standing::Leads);
            tracing::info!(identity = self.me, "leads");
            let done = tokio::select! {
                () = work() => true,
                // What is under way when the process is asked to stop is brought to its end, if that comes soon.
                () = stop.overdue() => true,
                why = self.keep(&mut term) => {
                    tracing::warn!(identity = self.me, why, "leads no longer");
                    false
                }
            };
            self.fence.close();
            self.standing.send_replace(Standing::StandsBy);
            if done {
                self.release(&term).await;
                return;
            }
        }
    }

    async fn acquire(&self) -> Term {
        let mut watched = Watched::default();
        loop {
            let attempt = timeout(self.terms.request, self.attempt(&mut watched)).await;
            let pause = match attempt {
                Ok(Ok(Ok(term))) => return term,
                Ok(Ok(Err(Later(pause)))) => pause,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "cannot take Lease {}", names::OPERATOR_LEASE);
                    self.terms.retry
                }
                Err(_) => {
                    tracing::warn!("the API server does not answer in time");
                    self.terms.retry
                }
            };
            sleep(pause).await;
        }
    }

    /// Takes the Lease, or says when to look again.
    async fn attempt(&self, watched: &mut Watched) -> Result<Result<Term, Later>, kube::Error> {
        let found = optional(self.leases.get(names::OPERATOR_LEASE).await)?;
        let asked = Instant::now();
        self.standing.send_replace(Standing::StandsBy);
        let version = match watched.look(found.as_ref(), &self.me, asked) {
            Claim::Take(version) => version,
            Claim::Wait { holder, left } => {
                tracing::debug!(holder, ?left, "stands by");
                return Ok(Err(Later(left.min(self.terms.retry))));
            }
        };
        let wanted = self.taken(found.and_then(|lease| lease.spec), version.as_deref());
        let taken = write(&self.leases, &wanted).await?;
        Ok(taken
            .map(|lease| self.holds(lease, asked))
            .ok_or(Later(self.terms.retry)))
    }

    /// Renews the Lease until that is not possible any more, and tells why not.
    async fn keep(&self, term: &mut Term) -> &'static str {
        let mut next = term.since + self.terms.renew;
        loop {
            let end = term.since + self.terms.give_up;
            sleep_until(next.min(end)).await;
            let asked = Instant::now();
            if asked >= end {
                return "the Lease could not be renewed in time";
            }
            let limit = self.terms.request.min(end - asked);
            match timeout(limit, self.renew(term)).await {
                Ok(Ok(Some(lease))) => {
                    *term = self.holds(lease, asked);
                    next = asked + self.terms.renew;
                }
                Ok(Ok(None)) => return "somebody else took the Lease",
                Ok(Err(error)) => {
                    tracing::warn!(%error, "cannot renew Lease {}", names::OPERATOR_LEASE);
                    next = Instant::now() + self.terms.retry;
                }
                Err(_) => next = Instant::now(),
            }
        }
    }

    /// The Lease, renewed; nothing if it is somebody else's or gone.
    async fn renew(&self, term: &Term) -> Result<Option<Lease>, kube::Error> {
        let renewed = write(&self.leases, &self.renewed(&term.lease)).await?;
        if renewed.is_some() {
            return Ok(renewed);
        }
        // It was changed: perhaps by a renewal of which no answer came, or by who may write a label.
        let found = optional(self.leases.get(names::OPERATOR_LEASE).await)?;
        match found.filter(|lease| holder(lease) == Some(&self.me)) {
            Some(mine) => write(&self.leases, &self.renewed(&mine)).await,
            None => Ok(None),
        }
    }

    /// Gives the Lease back, so that nobody has to wait for its end.
    async fn release(&self, term: &Term) {
        let spec = LeaseSpec {
            lease_transitions: term.lease.spec.as_ref().and_then(|spec| spec.lease_transitions),
            ..LeaseSpec::default()
        };
        let version = term.lease.metadata.resource_version.as_deref();
        let free = written(version, spec);
        match timeout(self.terms.request, write(&self.leases, &free)).await {
            Ok(Ok(_)) => tracing::info!(identity = self.me, "gave its Lease back"),
            Ok(Err(error)) => tracing::warn!(%error, "cannot give the Lease back, so it has to run out"),
            Err(_) => tracing::warn!("cannot give the Lease back in time, so it has to run out"),
        }
    }

    fn holds(&self, lease: Lease, since: Instant) -> Term {
        self.fence.open_until(since + self.terms.give_up);
        Term { lease, since }
    }

    fn taken(&self, before: Option<LeaseSpec>, version: Option<&str>) -> Lease {
        let now = MicroTime(Timestamp::now());
        let before = before.unwrap_or_default();
        let again = before.holder_identity.as_ref() == Some(&self.me);
        let transitions = before.lease_transitions.unwrap_or(0);
        let spec = LeaseSpec {
            holder_identity: Some(self.me.clone()),
            lease_duration_seconds: Some(self.terms.seconds()),
            acquire_time: Some(now.clone()),
            renew_time: Some(now),
            lease_transitions: Some(transitions.saturating_add(i32::from(!again))),
            ..LeaseSpec::default()
        };
        written(version, spec)
    }

    fn renewed(&self, before: &Lease) -> Lease {
        let spec = LeaseSpec {
            lease_duration_seconds: Some(self.terms.seconds()),
            renew_time: Some(MicroTime(Timestamp::now())),
            ..before.spec.clone().unwrap_or_default()
        };
        written(before.metadata.resource_version.as_deref(), spec)
    }
}

fn written(version: Option<&str>, spec: LeaseSpec) -> Lease {
    lease(names::OPERATOR_LEASE, version, BTreeMap::new(), spec)
}

fn holder(lease: &Lease) -> Option<&String> {
    lease.spec.as_ref()?.holder_identity.as_ref()
}
