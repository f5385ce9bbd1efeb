//! What is hurt can be mended with its data, and `down` leaves nothing of a cluster however it was hurt.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::path::Path;

use conform_testbed::{PodProgram, Testbed, state_dir};
use support::{Down, kubectl, one_node, until};

const CONTROL: &str = "control-plane";

fn running(testbed: &Testbed, place: &str, component: &str) -> bool {
    let found = testbed.status().components.into_iter();
    found
        .filter(|one| one.place == place && one.name == component)
        .any(|one| one.running)
}

fn coredns() -> PodProgram {
    PodProgram {
        container: "coredns".into(),
        program: "coredns".into(),
        namespace: Some("kube-system".into()),
        pod: None,
    }
}

/// Everything of the cluster that the machine still has.
fn left(name: &str) -> Vec<String> {
    let mut left = vec![];
    if state_dir(name).exists() {
        left.push(state_dir(name).display().to_string());
    }
    let namespaces = std::fs::read_dir("/run/netns").into_iter().flatten().flatten();
    let ours = format!("conform.{name}");
    left.extend(
        namespaces
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|found| *found == ours || found.starts_with(&format!("{ours}."))),
    );
    let groups = std::fs::read_dir("/sys/fs/cgroup")
        .into_iter()
        .flatten()
        .flatten();
    let groups = groups
        .map(|entry| entry.path())
        .chain([Path::new("/sys/fs/cgroup").into()]);
    left.extend(
        groups
            .map(|root| root.join("conform-testbed").join(name))
            .filter(|path| path.exists())
            .map(|path| path.display().to_string()),
    );
    let state = format!("{}/", state_dir(name).display());
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    left.extend(processes.filter_map(|entry| {
        let line = std::fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.contains(&state).then_some(line)
    }));
    left
}

#[test]
#[ignore = "needs root and a built testbed: cargo xtask test"]
fn what_is_hurt_can_be_mended() {
    let name = "fault-mend";
    let _down = Down(name);
    let testbed = Testbed::up(&one_node(name)).unwrap();
    let node = format!("{name}-1");
    let ready = || testbed.status().healthy;
    kubectl(&testbed, &["create", "namespace", "kept"]).unwrap();

    for (place, component) in [
        (CONTROL, "etcd"),
        (CONTROL, "kube-apiserver"),
        (CONTROL, "kube-scheduler"),
        (CONTROL, "kube-controller-manager"),
        (node.as_str(), "containerd"),
        (node.as_str(), "kubelet"),
        (node.as_str(), "kube-proxy"),
    ] {
        testbed.kill(place, component).unwrap();
        testbed.kill(place, component).unwrap();
        assert!(!running(&testbed, place, component), "{component} was killed");
        testbed.start(place, component, &[]).unwrap();
        testbed.start(place, component, &[]).unwrap();
        assert!(running(&testbed, place, component), "{component} was started");
    }
    until(&testbed, "ready after each process was killed", ready);
    assert!(
        kubectl(&testbed, &["get", "namespace", "kept"]).is_some(),
        "etcd kept its data"
    );

    testbed.stop(CONTROL, "kube-apiserver").unwrap();
    assert!(kubectl(&testbed, &["get", "nodes"]).is_none());
    testbed.stop(CONTROL, "kube-apiserver").unwrap();
    testbed.start(CONTROL, "kube-apiserver", &[]).unwrap();

    testbed.pause(CONTROL, "etcd").unwrap();
    testbed.pause(CONTROL, "etcd").unwrap();
    assert!(!testbed.status().healthy);
    assert!(kubectl(&testbed, &["create", "namespace", "never"]).is_none());
    testbed.resume(CONTROL, "etcd").unwrap();
    testbed.mend().unwrap();
    assert!(kubectl(&testbed, &["get", "namespace", "kept"]).is_some());

    testbed.cut_off(&node).unwrap();
    testbed.cut_off(&node).unwrap();
    until(&testbed, "a node that is cut off is missed", || {
        !testbed.status().healthy
    });
    testbed.join(&node).unwrap();
    until(&testbed, "ready after the node was joined", ready);

    let first = testbed.pod_processes(&coredns()).unwrap();
    assert_eq!(first.len(), 1, "{first:?}");
    first.iter().for_each(conform_testbed::PodProcess::kill);
    until(&testbed, "the kubelet starts the container again", || {
        let now = testbed.pod_processes(&coredns()).unwrap();
        now.iter().any(|process| process.pid != first[0].pid)
    });

    testbed.kill_node(&node).unwrap();
    testbed.kill_node(&node).unwrap();
    assert!(testbed.pod_processes(&coredns()).unwrap().is_empty());
    let error = testbed.start(&node, "kubelet", &[]).unwrap_err().to_string();
    assert!(error.contains("start-node"), "{error}");
    until(&testbed, "a killed node is missed", || !testbed.status().healthy);
    testbed.start_node(&node).unwrap();
    testbed.start_node(&node).unwrap();
    until(&testbed, "ready after the node came back", ready);
    until(&testbed, "its pods run again", || {
        !testbed.pod_processes(&coredns()).unwrap().is_empty()
    });

    let error = testbed.kill(CONTROL, "kubelet").unwrap_err().to_string();
    assert!(error.contains("kube-scheduler"), "{error}");
    testbed.down().unwrap();
    assert_eq!(left(name), Vec::<String>::new());
}

#[test]
#[ignore = "needs root and a built testbed: cargo xtask test"]
fn down_removes_a_hurt_cluster() {
    let name = "fault-down";
    let _down = Down(name);
    let node = format!("{name}-1");
    let hurt: [&dyn Fn(&Testbed); 2] = [
        &|testbed| {
            testbed.pause(CONTROL, "etcd").unwrap();
            testbed.pause(&node, "kubelet").unwrap();
            testbed.kill(&node, "containerd").unwrap();
            testbed
                .pod_processes(&coredns())
                .unwrap()
                .iter()
                .for_each(conform_testbed::PodProcess::pause);
            testbed.cut_off(&node).unwrap();
        },
        &|testbed| {
            testbed.kill_node(&node).unwrap();
            testbed.stop(CONTROL, "kube-apiserver").unwrap();
        },
    ];
    for hurt in hurt {
        let testbed = Testbed::up(&one_node(name)).unwrap();
        hurt(&testbed);
        testbed.down().unwrap();
        assert_eq!(left(name), Vec::<String>::new());
    }
}
