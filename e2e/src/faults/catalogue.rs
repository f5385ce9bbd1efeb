//! All faults, in the order of the table.

use super::{
    control_plane, deletion,
    fault::{Ends, Fault, Story},
    node, operator, pod, queue, size,
};

/// A fault in the middle of a run, after which every test is to have an outcome all the same.
const fn middle(
    name: &'static str,
    strike: fn(&super::World, &super::subject::Subject) -> anyhow::Result<()>,
) -> Fault {
    Fault {
        name,
        when: "some tests measured",
        short: false,
        story: Story::Middle {
            strike,
            mend: None,
            ends: Ends::Measured,
        },
    }
}

const fn own(
    name: &'static str,
    when: &'static str,
    story: fn(&super::World, &Fault) -> anyhow::Result<super::Row>,
) -> Fault {
    Fault {
        name,
        when,
        short: false,
        story: Story::Own(story),
    }
}

const fn short(fault: Fault) -> Fault {
    Fault { short: true, ..fault }
}

const FAULTS: [Fault; 22] = [
    own("operator-each-step", "at each step", operator::kill_at_each_step),
    middle("operator-killed", operator::kill_once),
    short(middle("runner-killed", pod::kill_runner)),
    middle("ginkgo-killed", pod::kill_ginkgo),
    short(middle("suite-killed", pod::kill_suite)),
    short(middle("pod-evicted", pod::evict)),
    middle("pod-deleted", pod::delete),
    middle("pod-deleted-by-force", pod::delete_by_force),
    middle("tmp-full", pod::fill_tmp),
    own(
        "image-without-ginkgo",
        "from the start",
        pod::image_without_ginkgo,
    ),
    short(middle("kubelet-killed", node::kill_kubelet)),
    middle("containerd-killed", node::kill_containerd),
    middle("network-cut", node::cut_network),
    middle("node-restarted", node::restart_node),
    middle("node-gone", node::kill_node),
    middle("api-server-stopped", control_plane::stop_api_server),
    middle("etcd-paused", control_plane::pause_etcd),
    Fault {
        name: "result-too-large",
        when: "some tests measured",
        short: false,
        story: Story::Middle {
            strike: size::shrink_limit,
            mend: Some(size::restore_limit),
            ends: Ends::With(&["SuiteError", "Incomplete", "ResultTooLarge", "PodLost"]),
        },
    },
    own("two-operators", "from the start", queue::two_operators),
    own("fifty-runs", "50 at once", queue::fifty_runs),
    own("api-deleted", "some tests measured", deletion::delete_api),
    own(
        "run-deleted",
        "in each of 7 states",
        deletion::delete_in_each_state,
    ),
];

/// All of them.
pub fn all() -> &'static [Fault] {
    &FAULTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_different_and_fit_into_a_runs_name() {
        let mut names: Vec<&str> = all().iter().map(|fault| fault.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().len());
        assert!(names.iter().all(|name| name.len() <= 32));
        assert!(all().iter().filter(|fault| fault.short).count() >= 4);
    }
}
