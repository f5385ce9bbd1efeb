//! Whether the profiles of a run say anything of a cluster with these nodes.

use conform_crds::{NotApplicable, conditions::reasons, nodes::schedulable_systems};
use conform_suite::{Applicability, Applicable, SelectionError};
use k8s_openapi::api::core::v1::Node;

use super::fault::{Fault, sentence};

/// Those that do not, with the reason. A fault if none does: their tests would all skip, or pass on nodes that the
/// profiles are not about.
pub fn of(profiles: &[String], nodes: &[Node]) -> Result<Vec<NotApplicable>, Fault> {
    let applicable = Applicable::of(profiles, schedulable_systems(nodes)).map_err(|error| unknown(&error))?;
    if let Applicability::NotApplicable { because } = applicable.run() {
        return Err(Fault::new(reasons::NOT_APPLICABLE, sentence(&because)));
    }
    let told = applicable.not_applicable.into_iter();
    Ok(told
        .map(|(profile, because)| NotApplicable {
            profile: profile.name.to_owned(),
            because,
        })
        .collect())
}

/// What is said of them when a run starts without them.
pub fn notes(not_applicable: &[NotApplicable]) -> impl Iterator<Item = String> {
    not_applicable.iter().map(|one| sentence(&one.because))
}

/// The profiles that are left.
pub fn left(profiles: &[String], not_applicable: &[NotApplicable]) -> Vec<String> {
    let applies = |name: &&String| not_applicable.iter().all(|one| one.profile != **name);
    profiles.iter().filter(applies).cloned().collect()
}

fn unknown(error: &SelectionError) -> Fault {
    Fault::new(reasons::UNKNOWN_PROFILE, sentence(&error.to_string()))
}
