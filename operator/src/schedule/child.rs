//! The runs that a schedule makes.

use std::collections::BTreeMap;

use conform_crds::{ConformanceRun, ConformanceSchedule, names};
use conform_timetable::Timetable;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;

use crate::digest::hex;

/// Why a run is made. Each has a name of its own, which is the same if it is asked for again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion<'a> {
    /// A slot of the schedule.
    Slot(Timestamp),
    /// The annotation's value.
    Request(&'a str),
    /// A change of the cluster: what changed, and since when.
    Change(&'a str, Timestamp),
}

/// The name of the run for an occasion: for a slot the schedule's name and the minutes since 1970, as a CronJob's.
pub fn name(schedule: &ConformanceSchedule, occasion: &Occasion<'_>) -> String {
    let own = schedule.metadata.name.as_deref().unwrap_or_default();
    match occasion {
        Occasion::Slot(slot) => format!("{own}-{}", slot.as_second().div_euclid(60)),
        Occasion::Request(value) => format!("{own}-r{}", hex(&[value], 4)),
        Occasion::Change(what, since) => format!("{own}-c{}", hex(&[what, &since.to_string()], 4)),
    }
}

/// The run for an occasion, as the template has it.
pub fn run(schedule: &ConformanceSchedule, timetable: &Timetable, occasion: &Occasion<'_>) -> ConformanceRun {
    let template = &schedule.spec.run_template;
    let mut run = ConformanceRun::new(&name(schedule, occasion), template.spec.clone());
    let mut labels = others(template.metadata.labels.as_ref());
    labels.insert(
        names::LABEL_SCHEDULE.to_owned(),
        schedule.metadata.name.clone().unwrap_or_default(),
    );
    labels.insert(names::MANAGED_BY.0.to_owned(), names::MANAGED_BY.1.to_owned());
    let mut annotations = others(template.metadata.annotations.as_ref());
    let (key, value) = match occasion {
        Occasion::Slot(slot) => {
            let local = slot.to_zoned(timetable.zone().clone());
            (
                names::ANNOTATION_SLOT,
                local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            )
        }
        Occasion::Request(value) => (
            names::ANNOTATION_TRIGGER,
            format!("Annotation {} is {value:?}.", names::ANNOTATION_RUN_NOW),
        ),
        Occasion::Change(what, _) => (names::ANNOTATION_TRIGGER, (*what).to_owned()),
    };
    annotations.insert(key.to_owned(), value);
    run.metadata = ObjectMeta {
        labels: Some(labels),
        annotations: Some(annotations),
        owner_references: Some(vec![owner(schedule)]),
        ..run.metadata
    };
    run
}

/// What a template may set: what is not conform's own.
fn others(given: Option<&BTreeMap<String, String>>) -> BTreeMap<String, String> {
    let own = format!("{}/", names::GROUP);
    let given = given.into_iter().flatten();
    given
        .filter(|(key, _)| !key.starts_with(&own))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn owner(schedule: &ConformanceSchedule) -> OwnerReference {
    OwnerReference {
        api_version: ConformanceSchedule::api_version(&()).into_owned(),
        kind: ConformanceSchedule::kind(&()).into_owned(),
        name: schedule.metadata.name.clone().unwrap_or_default(),
        uid: schedule.metadata.uid.clone().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}

/// The name of the schedule that made the object.
pub fn schedule_of(metadata: &ObjectMeta) -> Option<&str> {
    let mut owners = metadata.owner_references.iter().flatten();
    let controller = owners.find(|owner| owner.controller == Some(true))?;
    (controller.kind == ConformanceSchedule::kind(&())).then_some(controller.name.as_str())
}

/// True if this very schedule made the object.
pub fn is_own(schedule: &ConformanceSchedule, metadata: &ObjectMeta) -> bool {
    let mut owners = metadata.owner_references.iter().flatten();
    let controller = owners.find(|owner| owner.controller == Some(true));
    controller.is_some_and(|owner| Some(&owner.uid) == schedule.metadata.uid.as_ref())
}
