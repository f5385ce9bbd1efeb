//! Behaviours that every cluster should show and that no conformance test looks at.

use super::{Entry, LeadTime};
use crate::Area;

pub(super) const ENTRIES: &[Entry] = &[
    // One name, different numbers on different pods. Story 2 of KEP-5922, and meant to be the first marked test.
    Entry {
        name: "[sig-network] Services should support named targetPorts that resolve to different ports on different \
               endpoints",
        area: Area::ServiceProxy,
        reference: "kubernetes/kubernetes#132954",
        lead_time: LeadTime::YearOfNotice,
    },
];
