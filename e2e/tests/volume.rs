//! Files of runs on a volume that two operators share, on a real cluster.

#![expect(
    clippy::unwrap_used,
    reason = "clippy does not see that the helpers of tests are tests too"
)]

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use conform_e2e::{
    apply,
    charts::{self, done},
    json, plugin,
    run::{NAMESPACE, condition, deleted, ended},
    stored::{self, files},
    until,
};
use serde_json::{Value, json as object};

const RUN: &str = "e2e-volume";
const SOON: Duration = Duration::from_mins(2);

/// Two operators, and a folder of this machine as the volume that all its nodes have.
fn installed(folder: &Path) {
    charts::fresh_namespace();
    // A folder of a node belongs to whom it belongs to: Kubernetes gives it to nobody's group.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    let size = object!({ "storage": "1Gi" });
    for volume in [
        object!({
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": { "name": RUN },
            "spec": {
                "capacity": size, "accessModes": ["ReadWriteMany"], "persistentVolumeReclaimPolicy": "Retain",
                "claimRef": { "namespace": NAMESPACE, "name": RUN },
                "hostPath": { "path": folder, "type": "Directory" },
            },
        }),
        object!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": { "name": RUN, "namespace": NAMESPACE },
            "spec": {
                "storageClassName": "", "accessModes": ["ReadWriteMany"], "volumeName": RUN, "resources": { "requests": size },
            },
        }),
    ] {
        let made = apply(&volume);
        assert_eq!(made.code, 0, "{}", made.stderr);
    }
    let claim =
        format!("--set=replicas=2,artifacts.storage=filesystem,artifacts.filesystem.existingClaim={RUN}");
    charts::install(&[&claim]);
}

#[test]
#[ignore = "needs the testbed: cargo xtask test"]
fn files_live_on_a_volume_as_long_as_their_run() {
    let folder = tempfile::tempdir().unwrap();
    installed(folder.path());
    let made = apply(&object!({
        "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": RUN },
        "spec": { "profiles": ["quick"], "stages": "Present", "focus": "EndpointSlice should support creating" },
    }));
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(condition(&ended(RUN), "Succeeded").0, "True");
    let of_run = format!("conform.dev/run={RUN}");
    until(SOON, || {
        let result = json(&["conformanceresult", RUN]);
        let maps = json(&["configmaps", "-n", NAMESPACE, "-l", &of_run]);
        let maps = maps.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        (result.pointer("/status/stored").is_some() && maps == 0).then_some(())
    })
    .expect("the files are on the volume, and nowhere else");
    let kept = files(folder.path()).unwrap();
    let names: Vec<_> = kept.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(names, ["e2e.log.gz", "junit_01.xml.gz"]);

    let out = tempfile::tempdir().unwrap();
    let to = |name: &str| out.path().join(name).display().to_string();
    let got = plugin(&["retrieve", RUN, "--out", &to("first")]);
    assert_eq!(got.code, 0, "{}", got.stderr);
    let junit = fs::read_to_string(out.path().join("first/junit_01.xml")).unwrap();
    assert!(junit.contains("EndpointSlice"));

    // Somebody changes a file.
    fs::write(&kept[1], fs::read(&kept[0]).unwrap()).unwrap();
    stored::refused(RUN, &to("second"));

    assert_eq!(deleted(RUN), Vec::<String>::new());
    until(SOON, || files(folder.path()).unwrap().is_empty().then_some(())).expect("files go with their run");
    charts::remove();
    done(&["delete", "persistentvolume", RUN]);
}
