//! Objects that are one run's own. Names are deterministic, so that making one twice is one; but somebody else may have
//! made an object of that name, and what is not owned by the run is neither used nor deleted.

use std::fmt::Debug;

use conform_crds::ConformanceRun;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api, Resource, ResourceExt,
    api::{DeleteParams, PostParams, Preconditions},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Context, Error, Result, optional};

/// Whose an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This very run's.
    This,
    /// A run's that had the same name. It is being garbage-collected.
    Predecessor,
    /// Nobody's of whom conform knows.
    Stranger,
}

/// Whose the object with this metadata is, seen from `run`.
pub fn owner(run: &ConformanceRun, metadata: &ObjectMeta) -> Owner {
    let mut owners = metadata.owner_references.iter().flatten();
    let is_run = |kind: &str, api: &str| {
        kind == ConformanceRun::kind(&()) && api.split('/').next() == Some(&*ConformanceRun::group(&()))
    };
    match owners.find(|owner| owner.controller == Some(true) && is_run(&owner.kind, &owner.api_version)) {
        Some(owner) if run.metadata.uid.as_ref() == Some(&owner.uid) => Owner::This,
        Some(_) => Owner::Predecessor,
        None => Owner::Stranger,
    }
}

/// Creates an object of `run`. One that an earlier try made is as good.
pub async fn create<K>(api: &Api<K>, run: &ConformanceRun, object: &K) -> Result<()>
where
    K: Resource<DynamicType = ()> + Serialize + DeserializeOwned + Clone + Debug,
{
    let name = object.name_any();
    let kind = K::kind(&());
    match api.create(&PostParams::default(), object).await {
        Ok(_) => return Ok(()),
        Err(kube::Error::Api(status)) if status.code == 409 && status.reason == "AlreadyExists" => {}
        Err(error) => return Err(error).context(|| format!("create {kind} {name}")),
    }
    let found = optional(api.get_metadata(&name).await).context(|| format!("get {kind} {name}"))?;
    let object = format!("{kind} {name}");
    match found.map(|found| owner(run, &found.metadata)) {
        Some(Owner::This) => Ok(()),
        Some(Owner::Stranger) => Err(Error::Taken { object }),
        Some(Owner::Predecessor) | None => Err(Error::Leaving { object }),
    }
}

/// Deletes the object of this name if it is `run`'s.
pub async fn delete<K>(api: &Api<K>, run: &ConformanceRun, name: &str) -> Result<()>
where
    K: Resource<DynamicType = ()> + DeserializeOwned + Clone + Debug,
{
    let kind = K::kind(&());
    let found = optional(api.get_metadata(name).await).context(|| format!("get {kind} {name}"))?;
    let Some(found) = found.filter(|found| owner(run, &found.metadata) == Owner::This) else {
        return Ok(());
    };
    let same = Preconditions {
        uid: found.metadata.uid,
        resource_version: None,
    };
    let deleted = api
        .delete(name, &DeleteParams::background().preconditions(same))
        .await;
    optional(deleted)
        .map(drop)
        .context(|| format!("delete {kind} {name}"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::run::{children, fixtures};

    fn run(uid: &str) -> ConformanceRun {
        let mut run = ConformanceRun::new("demo", conform_crds::ConformanceRunSpec::default());
        run.metadata.uid = Some(uid.to_owned());
        run
    }

    #[rstest]
    #[case(children::result(&run("one")).metadata)]
    #[case(children::binding(&run("one"), &fixtures::settings()).metadata)]
    #[case(children::service_account(&run("one"), &fixtures::settings()).metadata)]
    fn what_the_operator_makes_is_its_runs(#[case] made: ObjectMeta) {
        assert_eq!(owner(&run("one"), &made), Owner::This);
        assert_eq!(owner(&run("two"), &made), Owner::Predecessor);
    }

    #[test]
    fn a_name_and_a_label_make_no_owner() {
        let mut forged = children::result(&run("one")).metadata;
        forged.owner_references = None;
        assert_eq!(owner(&run("one"), &forged), Owner::Stranger);
    }

    #[test]
    fn an_owner_that_does_not_control_is_none() {
        let mut forged = children::result(&run("one")).metadata;
        for owner in forged.owner_references.iter_mut().flatten() {
            owner.controller = None;
        }
        assert_eq!(owner(&run("one"), &forged), Owner::Stranger);
    }
}
