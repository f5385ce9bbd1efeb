//! What AI conformance asks for, release by release.

/// How much a requirement is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Demand {
    /// It may be missing, and comes to be asked for later.
    Should,
    /// It has to be there.
    Must,
}

/// A requirement and the releases of Kubernetes for which it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Its name.
    pub id: &'static str,
    /// The part of the checklist that it is in.
    pub category: &'static str,
    /// The first minor release in which a platform should meet it, if there is one.
    pub should: Option<u16>,
    /// The first minor release in which it must, if there is one.
    pub must: Option<u16>,
    /// The first minor release that does not ask for it any more.
    pub until: Option<u16>,
}

impl Requirement {
    /// How much a minor release asks for it; nothing if it does not.
    pub fn in_release(&self, minor: u16) -> Option<Demand> {
        if self.until.is_some_and(|until| minor >= until) {
            return None;
        }
        let from = |first: Option<u16>| first.is_some_and(|first| minor >= first);
        if from(self.must) {
            Some(Demand::Must)
        } else {
            from(self.should).then_some(Demand::Should)
        }
    }
}

impl Demand {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Should => "SHOULD",
            Self::Must => "MUST",
        }
    }
}

/// Every requirement that a release since v1.33 asks for, from the lists of kubernetes-sigs/ai-conformance.
pub const fn requirements() -> &'static [Requirement] {
    REQUIREMENTS
}

/// The releases whose lists are known.
pub(super) const KNOWN: std::ops::RangeInclusive<u16> = 33..=37;

const REQUIREMENTS: &[Requirement] = &[
    // From v1.35 on four conformance tests of Kubernetes itself ask for it, and the list no more since v1.36.
    Requirement {
        id: "dra_support",
        category: "accelerators",
        should: Some(33),
        must: Some(34),
        until: Some(36),
    },
    should("driver_runtime_management", "accelerators", 35),
    should("gpu_sharing", "accelerators", 35),
    should("virtualized_accelerator", "accelerators", 35),
    must("ai_inference", "networking"),
    should("advanced_inference_ingress", "networking", 36),
    should("high_performance_networking", "networking", 36),
    should("disaggregated_inference", "networking", 36),
    must("gang_scheduling", "schedulingOrchestration"),
    must("cluster_autoscaling", "schedulingOrchestration"),
    must("pod_autoscaling", "schedulingOrchestration"),
    must("accelerator_metrics", "observability"),
    must("ai_service_metrics", "observability"),
    must("secure_accelerator_access", "security"),
    should("workload_sandboxing", "security", 37),
    must("robust_controller", "operator"),
];

const fn must(id: &'static str, category: &'static str) -> Requirement {
    Requirement {
        id,
        category,
        should: None,
        must: Some(33),
        until: None,
    }
}

const fn should(id: &'static str, category: &'static str, first: u16) -> Requirement {
    Requirement {
        id,
        category,
        should: Some(first),
        must: None,
        until: None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(33, 8, 1)]
    #[case(34, 9, 0)]
    #[case(35, 9, 3)]
    #[case(36, 8, 6)]
    #[case(37, 8, 7)]
    fn as_many_as_upstream_s_lists_have(#[case] minor: u16, #[case] must: usize, #[case] should: usize) {
        let count = |demand| {
            let asked = requirements().iter().filter_map(|one| one.in_release(minor));
            asked.filter(|one| *one == demand).count()
        };
        assert_eq!((count(Demand::Must), count(Demand::Should)), (must, should));
    }
}
