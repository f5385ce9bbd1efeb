//! What a run consists of, in order, before anything goes wrong.

use conform_crds::{ConformanceRunSpec, Mode, Order, Parallelism, Scope};
use conform_suite::{OwnProfile, Stage};

use super::own_suites;

/// A stage of the run, and the suite runs that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The stage; of both together, the present one.
    pub stage: Stage,
    /// True if both stages run together.
    pub combined: bool,
    /// The suite runs, one after the other.
    pub phases: Vec<Phase>,
    /// Runs only if the combined chapter before it did not pass as a whole.
    pub only_after_failure: bool,
    /// The suite of a user's own that it runs; none if it runs the Kubernetes suite.
    pub own: Option<OwnChapter>,
}

/// A suite of a user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnChapter {
    /// Its place among the run's, from 1.
    pub number: usize,
    /// What it is called: `platform/storage`.
    pub label: String,
}

/// One suite run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Which tests.
    pub scope: Scope,
    /// Pods that share them.
    pub shards: i32,
    /// Test processes in each.
    pub processes: i32,
}

/// One process in one pod.
const SERIAL: Parallelism = Parallelism {
    shards: 1,
    processes: 1,
};

/// The chapters of a run of `spec`; `parallelism` is what a Fast run was given at its start, and `profiles` are its own.
pub fn chapters(
    spec: &ConformanceRunSpec,
    parallelism: Option<Parallelism>,
    profiles: &[OwnProfile],
) -> Vec<Chapter> {
    let parallelism = match spec.execution.mode {
        Mode::Certified => SERIAL,
        Mode::Fast => parallelism.unwrap_or(SERIAL),
    };
    let chapter = |stage, combined, only_after_failure| Chapter {
        stage,
        combined,
        phases: phases(parallelism),
        only_after_failure,
        own: None,
    };
    let mut chapters: Vec<Chapter> = match spec.order {
        Order::Separate => {
            let stages = spec.stages.in_order().iter();
            stages.map(|stage| chapter(*stage, false, false)).collect()
        }
        Order::CombinedThenPresent => vec![
            chapter(Stage::Present, true, false),
            chapter(Stage::Present, false, true),
        ],
    };
    if own_suites::are_run(spec) {
        chapters.extend(own_suites::all(profiles).map(|found| Chapter {
            phases: phases(SERIAL),
            own: Some(OwnChapter {
                number: found.number,
                label: found.label(),
            }),
            ..chapter(Stage::Future, false, false)
        }));
    }
    chapters
}

/// One pod sees to it itself that tests that run alone do. Several pods cannot, so these tests get a suite run of their
/// own.
fn phases(parallelism: Parallelism) -> Vec<Phase> {
    let Parallelism { shards, processes } = parallelism;
    let phase = |scope, shards, processes| Phase {
        scope,
        shards,
        processes,
    };
    if shards <= 1 {
        return vec![phase(Scope::All, 1, processes)];
    }
    vec![
        phase(Scope::Parallel, shards, processes),
        phase(Scope::Serial, 1, 1),
    ]
}

#[cfg(test)]
mod tests {
    use conform_crds::{Execution, Stages};

    use super::*;

    fn told(spec: &ConformanceRunSpec, shards: i32, processes: i32) -> Vec<String> {
        let chapters = chapters(spec, Some(Parallelism { shards, processes }), &[]);
        chapters
            .iter()
            .flat_map(|chapter| {
                let word = if chapter.combined {
                    "combined"
                } else {
                    chapter.stage.word()
                };
                let phases = chapter.phases.iter();
                phases.map(move |phase| {
                    format!("{word} {:?} {}x{}", phase.scope, phase.shards, phase.processes)
                })
            })
            .collect()
    }

    fn fast(order: Order) -> ConformanceRunSpec {
        ConformanceRunSpec {
            order,
            execution: Execution {
                mode: Mode::Fast,
                ..Execution::default()
            },
            ..ConformanceRunSpec::default()
        }
    }

    #[test]
    fn a_certified_run_is_serial_whatever_the_cluster_could_bear() {
        let spec = ConformanceRunSpec::default();
        assert_eq!(told(&spec, 4, 8), ["present All 1x1", "future All 1x1"]);
    }

    #[test]
    fn one_stage_is_one_chapter() {
        let spec = ConformanceRunSpec {
            stages: Stages::Future,
            ..ConformanceRunSpec::default()
        };
        assert_eq!(told(&spec, 1, 1), ["future All 1x1"]);
    }

    #[test]
    fn a_fast_run_in_one_pod_needs_no_second_one_for_serial_tests() {
        assert_eq!(
            told(&fast(Order::Separate), 1, 8),
            ["present All 1x8", "future All 1x8"]
        );
    }

    #[test]
    fn several_pods_leave_serial_tests_to_one_afterwards() {
        assert_eq!(
            told(&fast(Order::CombinedThenPresent), 3, 8),
            [
                "combined Parallel 3x8",
                "combined Serial 1x1",
                "present Parallel 3x8",
                "present Serial 1x1"
            ]
        );
    }
}
