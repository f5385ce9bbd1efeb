//! One behaviour that is probed.

use conform_suite::Area;
use serde_json::Value;

use super::{ground::Ground, objects::FEATURE};

/// One behaviour that is probed.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// A word for labels and names, such as `internal-traffic-policy`.
    pub id: &'static str,
    /// Who asks for it: `KEP-2086`, or an issue.
    pub source: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Whose it is.
    pub area: Area,
    /// Why it cannot be probed on this ground.
    pub fit: fn(&Ground) -> Result<(), Unfit>,
    /// The objects that show it: Services and EndpointSlices, without namespace and labels of the probe. They select the
    /// probe's pods by the labels of [`super::objects`].
    pub objects: fn(&Ground) -> Vec<Value>,
    /// When it is asked about.
    pub moment: Moment,
    /// How an object looks to somebody who does not know the feature; true if that is to be passed over.
    pub unaware: fn(&mut Value) -> bool,
}

impl Feature {
    /// True for an object of this kind that is the feature's.
    pub fn owns(&self, object: &Value, kind: &str) -> bool {
        let label = object
            .pointer("/metadata/labels")
            .and_then(|labels| labels.get(FEATURE));
        object.get("kind").and_then(Value::as_str) == Some(kind)
            && label.and_then(Value::as_str) == Some(self.id)
    }

    /// The objects as somebody sees them who does not know the feature. EndpointSlices have the labels of their Services.
    pub fn unaware_of(&self, objects: &[Value]) -> Vec<Value> {
        let mut seen = objects.to_vec();
        seen.retain_mut(|object| {
            let is_its = self.owns(object, "Service") || self.owns(object, "EndpointSlice");
            !(is_its && (self.unaware)(object))
        });
        seen
    }
}

/// When a feature is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// While all pods run.
    Calm,
    /// While there is a further range of Service addresses.
    Ranged,
    /// Again and again, each time after a time-out.
    Patient,
    /// While the leaving pods leave.
    Leaving,
}

/// Why a feature is not probed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It has no meaning in this cluster.
    NotApplicable(String),
    /// It has, and cannot be measured here.
    Unevaluated(String),
}

/// Fits everywhere.
#[expect(
    clippy::unnecessary_wraps,
    reason = "one of the answers that a feature may give"
)]
pub fn anywhere(_: &Ground) -> Result<(), Unfit> {
    Ok(())
}

/// Fits where two nodes have agents.
pub fn on_two_nodes(ground: &Ground) -> Result<(), Unfit> {
    let nodes = ground.manned().count();
    if nodes < 2 {
        let message = format!("it takes two nodes with agents, and there are {nodes}");
        return Err(Unfit::Unevaluated(message));
    }
    Ok(())
}
