//! The one run that may be active holds a Lease, so that two operators never start two runs at once.
//!
//! The queue of a single operator is told from its cache of runs; the Lease is told by the API server, and is changed only
//! by who has seen its newest version. A holder that is finished or gone is replaced: nothing has to be released for the
//! next run to start, it only starts sooner.

use std::collections::BTreeMap;

use conform_crds::{ConformanceRun, names};
use jiff::Timestamp;
use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
};
use kube::{Api, ResourceExt};

use super::{observed::is_finished, world::World};
use crate::{
    error::{Context, Result, optional},
    lease::{lease, write},
};

/// Who may be active, as one run sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// Not looked at.
    #[default]
    Unread,
    /// This run.
    Mine,
    /// Nobody. To be taken from this version of the Lease; none if there is no Lease yet.
    Free(Option<String>),
    /// The run of this name.
    HeldBy(String),
}

/// Who holds the lock, told from the Lease and from what its holder's name stands for now.
fn standing(lease: Option<&Lease>, run: &ConformanceRun, holder: Option<&ConformanceRun>) -> Lock {
    let Some(lease) = lease else {
        return Lock::Free(None);
    };
    let free = || Lock::Free(lease.metadata.resource_version.clone());
    let Some((name, uid)) = held_by(lease) else {
        return free();
    };
    if run.metadata.name.as_deref() == Some(name) && run.metadata.uid.as_deref() == Some(uid) {
        return Lock::Mine;
    }
    // A run of the same name may be another one by now.
    let holder = holder.filter(|holder| holder.metadata.uid.as_deref() == Some(uid));
    match holder {
        Some(holder) if !is_finished(holder) => Lock::HeldBy(name.to_owned()),
        _ => free(),
    }
}

/// Name and uid of the run that the Lease names.
fn held_by(lease: &Lease) -> Option<(&str, &str)> {
    let name = lease.spec.as_ref()?.holder_identity.as_deref()?;
    let uid = lease
        .metadata
        .annotations
        .as_ref()?
        .get(names::ANNOTATION_RUN_UID)?;
    (!name.is_empty()).then_some((name, uid))
}

/// The Lease that says that `run` holds it, to replace `version`.
fn taken(run: &ConformanceRun, version: Option<&str>, now: Timestamp) -> Lease {
    let uid = run.metadata.uid.clone().unwrap_or_default();
    lease(
        names::RUN_LEASE,
        version,
        BTreeMap::from([(names::ANNOTATION_RUN_UID.to_owned(), uid)]),
        LeaseSpec {
            holder_identity: run.metadata.name.clone(),
            acquire_time: Some(MicroTime(now)),
            ..LeaseSpec::default()
        },
    )
}

/// The Lease that nobody holds, to replace `version`.
fn released(version: Option<&str>) -> Lease {
    lease(names::RUN_LEASE, version, BTreeMap::new(), LeaseSpec::default())
}

/// Asks the API server who holds the lock.
pub async fn observe(world: &World, run: &ConformanceRun) -> Result<Lock> {
    let leases = leases(world);
    let lease =
        optional(leases.get(names::RUN_LEASE).await).context(|| format!("get Lease {}", names::RUN_LEASE))?;
    let name = lease.as_ref().and_then(held_by).map(|(name, _)| name.to_owned());
    let holder = match name {
        Some(name) if run.metadata.name.as_ref() != Some(&name) => {
            let runs: Api<ConformanceRun> = Api::all(world.client.clone());
            optional(runs.get(&name).await).context(|| format!("get ConformanceRun {name}"))?
        }
        _ => None,
    };
    Ok(standing(lease.as_ref(), run, holder.as_ref()))
}

/// Takes the lock if nobody has changed it since `version`. Whether that worked, the next observation tells.
pub async fn take(world: &World, run: &ConformanceRun, version: Option<&str>) -> Result<()> {
    let lease = taken(run, version, Timestamp::now());
    let taken = write(&leases(world), &lease).await.map(drop);
    taken.context(|| format!("take Lease {} for run {}", names::RUN_LEASE, run.name_any()))
}

/// Gives the lock back if `run` holds it.
pub async fn release(world: &World, run: &ConformanceRun) -> Result<()> {
    let leases = leases(world);
    let lease =
        optional(leases.get(names::RUN_LEASE).await).context(|| format!("get Lease {}", names::RUN_LEASE))?;
    if standing(lease.as_ref(), run, None) != Lock::Mine {
        return Ok(());
    }
    let version = lease.and_then(|lease| lease.metadata.resource_version);
    let done = write(&leases, &released(version.as_deref())).await.map(drop);
    done.context(|| format!("release Lease {}", names::RUN_LEASE))
}

fn leases(world: &World) -> Api<Lease> {
    Api::namespaced(world.client.clone(), &world.settings.namespace)
}

#[cfg(test)]
mod tests {
    use conform_crds::{ConformanceRunSpec, ConformanceRunStatus, conditions};

    use super::*;
    use crate::run::conditions::{Truth, set};

    fn run(name: &str, uid: &str) -> ConformanceRun {
        let mut run = ConformanceRun::new(name, ConformanceRunSpec::default());
        run.metadata.uid = Some(uid.to_owned());
        run
    }

    fn finished(mut run: ConformanceRun) -> ConformanceRun {
        let mut status = ConformanceRunStatus::default();
        set(
            &mut status,
            Timestamp::UNIX_EPOCH,
            conditions::SUCCEEDED,
            Truth::False,
            "Cancelled",
            "",
        );
        run.status = Some(status);
        run
    }

    fn held(by: &ConformanceRun) -> Lease {
        taken(by, Some("7"), Timestamp::UNIX_EPOCH)
    }

    fn free() -> Lock {
        Lock::Free(Some("7".to_owned()))
    }

    #[test]
    fn a_lease_that_is_not_there_or_names_nobody_is_free() {
        let me = run("me", "1");
        assert_eq!(standing(None, &me, None), Lock::Free(None));
        assert_eq!(standing(Some(&released(Some("7"))), &me, None), free());
    }

    #[test]
    fn the_holder_keeps_it_as_long_as_it_runs() {
        let (me, other) = (run("me", "1"), run("other", "2"));
        assert_eq!(standing(Some(&held(&me)), &me, None), Lock::Mine);
        assert_eq!(
            standing(Some(&held(&other)), &me, Some(&other)),
            Lock::HeldBy("other".to_owned())
        );
    }

    #[test]
    fn a_holder_that_is_finished_or_gone_is_replaced() {
        let (me, other) = (run("me", "1"), run("other", "2"));
        assert_eq!(standing(Some(&held(&other)), &me, None), free());
        assert_eq!(
            standing(Some(&held(&other)), &me, Some(&finished(other.clone()))),
            free()
        );
        let successor = run("other", "3");
        assert_eq!(standing(Some(&held(&other)), &me, Some(&successor)), free());
        let former = run("me", "0");
        assert_eq!(standing(Some(&held(&former)), &me, None), free());
    }
}
