//! Wires the watch to the judgement.

use std::sync::Arc;

use conform_crds::{ConformanceProfile, names};
use futures::StreamExt;
use jiff::Timestamp;
use kube::{
    Api, Resource, ResourceExt,
    api::{Patch, PatchParams},
    runtime::{Controller, controller::Action, watcher},
};
use serde_json::json;

use super::judge::judge;
use crate::{
    error::{Context, Error, Result, optional},
    requeue,
    run::World,
};

/// Tells of each profile whether it can be used, until the process is asked to stop.
pub fn run(world: World) -> impl Future<Output = ()> {
    let profiles: Api<ConformanceProfile> = Api::all(world.client.clone());
    Controller::new(profiles, watcher::Config::default())
        .shutdown_on_signal()
        .run(reconcile, on_error, Arc::new(world))
        .for_each(async |outcome| {
            // Failures are told where they happen; what is left is an object that vanished from the cache.
            if let Err(error) = outcome {
                tracing::debug!(%error, "reconciliation");
            }
        })
}

async fn reconcile(profile: Arc<ConformanceProfile>, world: Arc<World>) -> Result<Action> {
    let _timer = world.metrics.begin();
    let status = judge(&profile, Timestamp::now());
    if profile.status.as_ref() != Some(&status) && profile.metadata.deletion_timestamp.is_none() {
        let name = profile.name_any();
        let patch = json!({
            "apiVersion": ConformanceProfile::api_version(&()),
            "kind": ConformanceProfile::kind(&()),
            "status": status,
        });
        let profiles: Api<ConformanceProfile> = Api::all(world.client.clone());
        let params = PatchParams::apply(names::FIELD_MANAGER).force();
        let patched = profiles.patch_status(&name, &params, &Patch::Apply(patch)).await;
        optional(patched).context(|| format!("write the status of ConformanceProfile {name}"))?;
    }
    Ok(Action::await_change())
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the controller hands over what it shares"
)]
fn on_error(profile: Arc<ConformanceProfile>, error: &Error, world: Arc<World>) -> Action {
    requeue::failed(&*profile, error, &world.metrics)
}
