//! `bundle` of a run in the cluster.

use std::{collections::BTreeMap, io::Write};

use clap::Parser;
use conform_report::files::hex;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

use super::{
    super::{
        cli::Cli,
        exit::ExitStatus,
        printer::Printer,
        test_support::{Files, junit},
        verbs::{Verb, bundle_for_test},
    },
    Asked, Cluster, Method, Value, cluster, json, missing,
};

const PRODUCT: &str = "vendor: Example\nname: Example Kubernetes\nversion: v7\nwebsite_url: https://example.org\n\
    documentation_url: https://docs.example.org\ntype: distribution\ndescription: x\ncontact_email_address: a@example.org\n";

/// What stands before the tests in the file of a certified run.
const HEAD: &str = " timestamp=\"2026-11-01T00:21:54\"><properties><property name=\"SuiteSucceeded\" value=\"true\"/>\
    <property name=\"RandomSeed\" value=\"17\"/><property name=\"FocusStrings\" value=\"\\[Conformance\\]\"/>\
    <property name=\"SkipStrings\" value=\"\"/><property name=\"FlakeAttempts\" value=\"0\"/>\
    <property name=\"DryRun\" value=\"false\"/><property name=\"ParallelTotal\" value=\"1\"/></properties>";

/// A run of v1.36 with its files: the API server's answers by path.
struct Run {
    certifiable: &'static str,
    files: BTreeMap<&'static str, Vec<u8>>,
}

impl Run {
    fn new(status: fn(&str) -> &'static str) -> Self {
        let file = junit(36, HEAD, status);
        let count = file.matches("<testcase ").count();
        let log = format!(
            "Random Seed: 17 - will randomize all specs\n\nWill run {count} of {count} specs\n\nRan {count} of {count} Specs in 1.0 seconds\n\
             SUCCESS! -- {count} Passed | 0 Failed | 0 Pending | 0 Skipped\nPASS\n"
        );
        Self {
            certifiable: "True",
            files: BTreeMap::from([("junit_01.xml", file.into_bytes()), ("e2e.log", log.into_bytes())]),
        }
    }

    fn answer(&self, path: &str) -> (u16, String) {
        if path.contains("/configmaps?") {
            let found = self
                .files
                .iter()
                .find(|(name, _)| path.contains(&format!("artifact%3D{name}")));
            let maps: Vec<Value> = found.map(|(_, bytes)| chunk(bytes)).into_iter().collect();
            let list = json!({ "apiVersion": "v1", "kind": "ConfigMapList", "metadata": {}, "items": maps });
            return (200, list.to_string());
        }
        if path.contains("/conformanceresults/") {
            return (200, self.result().to_string());
        }
        if path.ends_with("/conformanceruns/x") {
            return (200, self.run().to_string());
        }
        missing("conformanceruns", "x")
    }

    fn run(&self) -> Value {
        json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceRun", "metadata": { "name": "x", "uid": "1" },
            "spec": {},
            "status": {
                "serverVersion": "v1.36.3",
                "conditions": [{
                    "type": "Certifiable", "status": self.certifiable, "reason": "Narrowed",
                    "message": "profile quick leaves out 428 tests", "lastTransitionTime": "2026-11-22T10:00:00Z",
                }],
            },
        })
    }

    fn result(&self) -> Value {
        let artifacts: Vec<Value> = self
            .files
            .iter()
            .map(|(name, bytes)| {
                let digest = hex(&Sha256::digest(bytes));
                json!({ "name": name, "bytes": bytes.len(), "compressedBytes": 1, "sha256": digest, "chunks": 1 })
            })
            .collect();
        json!({
            "apiVersion": "conform.dev/v1alpha1", "kind": "ConformanceResult", "metadata": { "name": "x" },
            "spec": { "runName": "x" },
            "status": { "attempts": [{
                "name": "present-1", "stage": "Present", "startTime": "2026-11-01T00:21:54Z", "artifacts": artifacts,
            }] },
        })
    }
}

/// A file as the runner stores it.
fn chunk(bytes: &[u8]) -> Value {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    let packed = k8s_openapi::ByteString(gzip.finish().unwrap());
    json!({
        "metadata": { "name": "chunk", "annotations": { conform_crds::names::ANNOTATION_CHUNK: "0" } },
        "binaryData": { conform_crds::names::CHUNK_KEY: packed },
    })
}

/// Bundles run x; tells how that ended, the paths of what was written, and what was asked.
async fn bundled(run: Run) -> (Result<ExitStatus, String>, Vec<String>, Asked) {
    let (cluster, asked): (Cluster, Asked) = cluster(move |_: &Method, path, _| run.answer(path));
    let files = Files::new();
    let (product, out) = (files.put("PRODUCT.yaml", PRODUCT), files.path("out"));
    let words = [
        "conform",
        "bundle",
        "x",
        "--product",
        &product,
        "--out",
        &out,
        "--day",
        "2026-11-22",
        "--newest",
        "1.36",
    ];
    let cli = Cli::try_parse_from(words).unwrap();
    let Verb::Bundle(args) = cli.verb else {
        unreachable!("bundle was asked for")
    };
    let ended = bundle_for_test(&args, &cluster, &Printer::new()).await;
    let folder = files.folder().join("out/v1.36/example-kubernetes");
    let written = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut written: Vec<String> = written
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    written.sort();
    (ended.map_err(|error| error.to_string()), written, asked)
}

#[tokio::test]
async fn the_files_of_a_certifiable_run_are_fetched_checked_and_written() {
    let (ended, written, asked) = bundled(Run::new(|_| "passed")).await;
    assert_eq!(ended, Ok(ExitStatus::Done));
    assert_eq!(written, ["PRODUCT.yaml", "README.md", "e2e.log", "junit_01.xml"]);
    let asked = asked.lock().unwrap();
    assert!(asked.iter().all(|(method, ..)| method == Method::GET));
}

#[tokio::test]
async fn a_run_that_is_not_certifiable_is_refused_before_anything_is_fetched() {
    let run = Run {
        certifiable: "False",
        ..Run::new(|_| "passed")
    };
    let (ended, written, asked) = bundled(run).await;
    assert_eq!((ended, written.len()), (Ok(ExitStatus::NotConformant), 0));
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn the_files_have_the_last_word() {
    // Its condition says that it is certifiable, and its file that a test failed.
    let failed = |name: &str| {
        if name.contains("DNS for services") {
            "failed"
        } else {
            "passed"
        }
    };
    let (ended, written, _) = bundled(Run::new(failed)).await;
    assert_eq!((ended, written.len()), (Ok(ExitStatus::NotConformant), 0));
    let mut lost = Run::new(|_| "passed");
    lost.files.remove("e2e.log");
    let (ended, written, _) = bundled(lost).await;
    assert_eq!(ended, Err("run \"x\" has left no e2e.log".to_owned()));
    assert!(written.is_empty());
}
