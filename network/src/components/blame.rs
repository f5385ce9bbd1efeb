//! Whose a behaviour is.

use conform_crds::{Component, MAX_COMPONENT_TEXT};
use conform_suite::Area;

use crate::text::bounded;

/// What is said where no component of the area is known.
pub const UNKNOWN: &str = "unknown";

/// The components that implement `area`, in words: one if there is one, all if it cannot be told which of them it is, and
/// [`UNKNOWN`] if none is known.
pub fn blame(area: Area, components: &[Component]) -> String {
    let mut labels: Vec<String> = Vec::new();
    for component in components.iter().filter(|component| component.area == area) {
        let label = label(component);
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    if labels.is_empty() {
        return UNKNOWN.to_owned();
    }
    bounded(&labels.join(" or "), MAX_COMPONENT_TEXT)
}

/// A component in words: `kube-proxy v1.36.3 (nftables)`.
pub fn label(component: &Component) -> String {
    let version = component.version.as_ref().map(|version| format!(" {version}"));
    let mode = component.mode.as_ref().map(|mode| format!(" ({mode})"));
    format!(
        "{}{}{}",
        component.name,
        version.unwrap_or_default(),
        mode.unwrap_or_default()
    )
}
