//! Profiles of a run that users wrote.

use conform_crds::{ConformanceProfile, ConformanceRunSpec, conditions::reasons};
use conform_suite::{OwnProfile, Stage, profile};
use kube::ResourceExt;

use super::fault::{Fault, sentence};

/// How large users' profiles of one run may be together, as JSON, in bytes: they travel in the environment of its pods.
const MAX_BYTES: usize = 32 * 1024;

/// Names of the run's profiles that are not built in.
pub fn foreign(spec: &ConformanceRunSpec) -> impl Iterator<Item = &String> {
    spec.profiles.iter().filter(|name| profile(name).is_err())
}

/// Names of the run's profiles that are.
pub fn built_in(spec: &ConformanceRunSpec) -> Vec<String> {
    let names = spec.profiles.iter();
    names.filter(|name| profile(name).is_ok()).cloned().collect()
}

/// What users' profiles say now; a fault if one is not there or cannot be gone by.
pub fn resolve(spec: &ConformanceRunSpec, found: &[ConformanceProfile]) -> Result<Vec<OwnProfile>, Fault> {
    let mut own = Vec::new();
    for name in foreign(spec) {
        let Some(one) = found.iter().find(|one| one.name_any() == *name) else {
            let why = profile(name).err().map(|error| error.to_string());
            let why = format!(
                "{}, and the cluster has no ConformanceProfile of that name",
                why.unwrap_or_default()
            );
            return Err(Fault::new(reasons::UNKNOWN_PROFILE, sentence(&why)));
        };
        let one = one.own();
        if let Err(error) = one.check() {
            let why = format!("ConformanceProfile {name}: {error}");
            return Err(Fault::new(reasons::INVALID_PROFILE, sentence(&why)));
        }
        own.push(one);
    }
    let bytes = serde_json::to_vec(&own).map_or(usize::MAX, |json| json.len());
    if bytes > MAX_BYTES {
        let why = format!("The run's own profiles have {bytes} bytes together, and may have {MAX_BYTES}.");
        return Err(Fault::new(reasons::INVALID_PROFILE, why));
    }
    let present = spec.stages.in_order().contains(&Stage::Present);
    let nothing_present = built_in(spec).is_empty() && own.iter().all(|one| one.extends.is_empty());
    if present && nothing_present {
        let why = format!(
            "Of what upstream requires now, profile {} takes nothing: let it extend a built-in profile, or set stages: Future.",
            spec.profiles.join(", ")
        );
        return Err(Fault::new(reasons::EMPTY_SELECTION, why));
    }
    Ok(own)
}
